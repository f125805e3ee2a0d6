"""Commands of the fleet as the shapes that the API answers with."""

import json
from typing import Any

from patchgui.agent.commands.outcome import CANCELLED, IN_PROGRESS, PENDING, SUCCESS, Outcome
from patchgui.agent.commands.spread import Stage
from patchgui.agent.commands.views import OUTPUT_LIMIT, STDERR_LIMIT, STDOUT_LIMIT, elapsed, iso, shared
from patchgui.simulator.answer import text_of
from patchgui.simulator.command import FleetCommand
from patchgui.simulator.fleet import Fleet
from patchgui.simulator.population import SyntheticNode
from patchgui.simulator.script import ScriptStep
from patchgui.simulator.story import StepStory
from patchgui.simulator.words import ERROR_TITLE, skipped, stderr_of, stdout_of
from patchgui.ssm.shapes import (
    Command,
    GetCommandInvocationResult,
)

_WORDS = {
    "Undeliverable": "The node does not exist any more.",
    "DeliveryTimedOut": "The command was not delivered: the node could not be reached before the delivery time-out.",
    "Terminated": "Not run: more nodes failed than the command allows (MaxErrors).",
    "InvalidPlatform": "The document does not run on the node's platform.",
}


class StepView:
    """One step on one node at one moment. Times are epoch seconds as callers are told them, None before they are."""

    __slots__ = ("code", "ended_at", "name", "outcome", "started_at", "stderr", "stdout")

    def __init__(self, name: str, outcome: Outcome = PENDING) -> None:
        self.name = name
        self.outcome = outcome
        self.code = -1
        self.started_at: float | None = None
        self.ended_at: float | None = None
        self.stdout = ""
        self.stderr = ""

    @property
    def output(self) -> str:
        """What ListCommandInvocations shows: both streams in one."""
        return f"{self.stdout}{ERROR_TITLE}{self.stderr}" if self.stderr else self.stdout


class CommandViews:
    """Views of one fleet's commands as they are at ``now``."""

    def __init__(self, fleet: Fleet, now: float) -> None:
        self._fleet = fleet
        self._now = now

    def command(self, command: FleetCommand) -> Command:
        """Return a command as ListCommands shows it."""
        sent, request, outcome = command.sent, command.sent.request, command.outcome
        return Command.from_wire(
            {
                **shared(sent.command_id, request),
                "ExpiresAfter": self._shown(sent.expires_at),
                "Parameters": request.get("Parameters", {}),
                "InstanceIds": request.get("InstanceIds", []),
                "Targets": request.get("Targets", []),
                "RequestedDateTime": self._shown(sent.requested_at),
                "Status": outcome.status,
                "StatusDetails": outcome.details,
                "OutputS3Region": request.get("OutputS3Region", ""),
                "OutputS3BucketName": request.get("OutputS3BucketName", ""),
                "OutputS3KeyPrefix": request.get("OutputS3KeyPrefix", ""),
                "MaxConcurrency": request.get("MaxConcurrency", "50"),
                "MaxErrors": request.get("MaxErrors", "0"),
                "TargetCount": len(command),
                "CompletedCount": command.completed_count,
                "ErrorCount": command.error_count,
                "DeliveryTimedOutCount": command.delivery_timed_out_count,
                "TimeoutSeconds": int(sent.deliver_until - sent.requested_at + 0.5),
                "AlarmConfiguration": request.get("AlarmConfiguration"),
                "TriggeredAlarms": [],
            }
        )

    def invocation(self, command: FleetCommand, position: int, *, with_steps: bool) -> str:
        """Return a node's invocation as ListCommandInvocations shows it, as JSON text."""
        if command.stage(position) is not Stage.OVER:
            return self._invocation(command, position, with_steps=with_steps)
        kept, key = self._fleet.ended_invocations, (command.sent.number, position, with_steps)
        return kept.get(key) or kept.put(key, self._invocation(command, position, with_steps=with_steps))

    def _invocation(self, command: FleetCommand, position: int, *, with_steps: bool) -> str:
        node = self._fleet.population.node(command.members[position])
        outcome = command.outcome_of(position, self._now)
        head = text_of(
            {
                **shared(command.sent.command_id, command.sent.request),
                "InstanceId": node.instance_id,
                "InstanceName": node.computer_name,
                "RequestedDateTime": self._shown(command.sent.requested_at),
                "Status": outcome.status,
                "StatusDetails": outcome.details,
                "TraceOutput": _WORDS.get(outcome.details, ""),
                "StandardOutputUrl": "",
                "StandardErrorUrl": "",
            }
        )
        plugins = self._plugins(command, position, node) if with_steps else "[]"
        return f'{head[:-1]},"CommandPlugins":{plugins}}}'

    def _plugins(self, command: FleetCommand, position: int, node: SyntheticNode) -> str:
        if command.began_at[position] >= 0:
            steps = self.steps(command, position, node)
            return json.dumps([self._plugin(command, step) for step in steps])
        # Most nodes of a large run wait, and all of them look alike.
        kept, key = self._fleet.unbegun_steps, (command.sent.number, command.outcome_of(position, self._now))
        found = kept.get(key)
        if found is None:
            steps = self.steps(command, position, node)
            found = kept.put(key, json.dumps([self._plugin(command, step) for step in steps]))
        return found

    def steps(self, command: FleetCommand, position: int, node: SyntheticNode) -> tuple[StepView, ...]:
        """Return all steps of a node as they are now."""
        stage = command.stage(position)
        outcome = command.outcome_of(position, self._now)
        if command.began_at[position] < 0:
            # An invocation that ends before it began takes its steps along.
            words = _WORDS.get(outcome.details, "") if stage is Stage.OVER else ""
            return tuple(_unrun(step, outcome if stage is Stage.OVER else PENDING, words) for step in _steps(command))
        is_over = stage is Stage.OVER
        until = command.ended_at[position] if is_over else self._now
        since = command.began_at[position]
        rest = (CANCELLED if outcome.status == "Cancelled" else outcome) if is_over else PENDING
        story = self._fleet.story(command, position)
        return tuple(self._step(each, node, since, until, rest) for each in story.steps)

    def step(self, command: FleetCommand, node: SyntheticNode, step: StepView) -> GetCommandInvocationResult:
        """Return one step as GetCommandInvocation shows it."""
        return GetCommandInvocationResult.from_wire(
            {
                **shared(command.sent.command_id, command.sent.request),
                "InstanceId": node.instance_id,
                "PluginName": step.name,
                "ResponseCode": step.code,
                "ExecutionStartDateTime": iso(step.started_at),
                "ExecutionElapsedTime": elapsed(step.started_at, step.ended_at),
                "ExecutionEndDateTime": iso(step.ended_at),
                "Status": step.outcome.status,
                "StatusDetails": step.outcome.details,
                "StandardOutputContent": step.stdout[:STDOUT_LIMIT],
                "StandardOutputUrl": "",
                "StandardErrorContent": step.stderr[:STDERR_LIMIT],
                "StandardErrorUrl": "",
            }
        )

    def _step(self, story: StepStory, node: SyntheticNode, since: float, until: float, rest: Outcome) -> StepView:
        begins_at, ends_at = since + story.begins_s, since + story.ends_s
        if begins_at > until or (begins_at == until < ends_at):
            return StepView(story.step.name, rest)
        view = StepView(story.step.name, story.outcome)
        view.started_at = self._shown(begins_at)
        if ends_at > until:
            view.outcome = IN_PROGRESS if rest is PENDING else rest
            view.ended_at = None if rest is PENDING else self._shown(until)
            return view
        view.ended_at = self._shown(ends_at)
        view.code = story.code
        view.stdout = skipped(story) or stdout_of(story, node)
        view.stderr = stderr_of(story, node)
        return view

    def _plugin(self, command: FleetCommand, step: StepView) -> dict[str, Any]:
        request = command.sent.request
        members = {
            "Name": step.name,
            "Status": step.outcome.status,
            "StatusDetails": step.outcome.details,
            "ResponseCode": step.code,
            "Output": step.output[:OUTPUT_LIMIT],
            "StandardOutputUrl": "",
            "StandardErrorUrl": "",
            "OutputS3Region": request.get("OutputS3Region", ""),
            "OutputS3BucketName": request.get("OutputS3BucketName", ""),
            "OutputS3KeyPrefix": request.get("OutputS3KeyPrefix", ""),
        }
        if step.started_at is not None:
            members["ResponseStartDateTime"] = step.started_at
        if step.ended_at is not None:
            members["ResponseFinishDateTime"] = step.ended_at
        return members

    def _shown(self, fleet_at: float) -> float:
        return self._fleet.clock.shown(fleet_at)


def _unrun(step: ScriptStep, outcome: Outcome, words: str) -> StepView:
    view = StepView(step.name, CANCELLED if outcome.status == "Cancelled" else outcome)
    view.stderr = words if outcome != SUCCESS else ""
    return view


def _steps(command: FleetCommand) -> tuple[ScriptStep, ...]:
    return command.sent.script.steps
