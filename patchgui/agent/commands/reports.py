"""What a node's worker reports, put into the state file: each record once, whatever is sent again."""

from collections.abc import Mapping
from sqlite3 import Row
from typing import Any

from patchgui.agent.commands.outcome import FAILED, IN_PROGRESS, Outcome, of_document, of_step
from patchgui.agent.commands.repository import CommandRepository
from patchgui.agent.commands.spread import Stage
from patchgui.agent.engine.results import StepResult
from patchgui.agent.patch_store import PatchStore

Record = Mapping[str, Any]


class ReportBook:
    """Applies records to invocations and steps; the caller opens the transaction and settles the command after it."""

    def __init__(self, repository: CommandRepository, patches: PatchStore) -> None:
        self._repository = repository
        self._patches = patches

    def apply(self, invocation: Row, record: Record) -> str:
        """Apply one record and return the name of the step that it ended, if any.

        ``invocation`` must be the row as it is now. A record with a number that was applied before changes nothing.
        """
        if record["n"] <= invocation["applied"]:
            return ""
        key = {"command_id": invocation["command_id"], "instance_id": invocation["instance_id"]}
        self._repository.change("invocation", key, {"applied": record["n"]})
        is_over = invocation["stage"] == Stage.OVER
        match record["type"]:
            case "accepted" if not is_over:
                self._accepted(invocation, key, record)
            case "step_started" if not is_over:
                self._step_started(key, record)
            case "step_ended" | "interrupted":
                return self._step_ended(key, record, is_over=is_over)
            case "inventory":
                self._patches.record(invocation["instance_id"], record["report"])
            case "ended":
                outcome = of_document(record["status"])
                reason = record["reason"] or _without_status(record["status"], outcome)
                self.end(invocation, outcome, record["at"], reason)
            case _:
                pass
        return ""

    def end(self, invocation: Row, outcome: Outcome, at: float, reason: str = "") -> None:
        """End an invocation with all its steps; one that has ended before stays as it is."""
        if invocation["stage"] == Stage.OVER:
            return
        key = {"command_id": invocation["command_id"], "instance_id": invocation["instance_id"]}
        if reason:
            self._explain(key, reason, was_run=invocation["stage"] == Stage.RUNNING)
        self._repository.end_steps(key["command_id"], key["instance_id"], outcome, at)
        values = {"stage": Stage.OVER, "status": outcome.status, "status_details": outcome.details, "ended_at": at}
        self._repository.change("invocation", key, {**values, "trace": reason})

    def _accepted(self, invocation: Row, key: Mapping[str, Any], record: Record) -> None:
        values: dict[str, Any] = {"stage": Stage.RUNNING, "started_at": record["at"]}
        if not invocation["is_cancelled"]:
            values |= {"status": IN_PROGRESS.status, "status_details": IN_PROGRESS.details}
        self._repository.change("invocation", key, values)

    def _step_started(self, key: Mapping[str, Any], record: Record) -> None:
        step = self._repository.step(**key, name=record["step"])
        if step is None:
            return
        # After a reboot a step starts once more; it has been under way since the first time.
        started_at = step["started_at"] or record.get("started_at", record["at"])
        values = {"status": IN_PROGRESS.status, "status_details": IN_PROGRESS.details, "started_at": started_at}
        self._repository.change("step", _row_key(step), values)

    def _step_ended(self, key: Mapping[str, Any], record: Record, *, is_over: bool) -> str:
        result = StepResult.from_json(record["result"])
        step = self._repository.step(**key, name=result.name)
        if step is None:
            return ""
        outcome = of_step(result.status.value)
        reply = result.reply
        values: dict[str, Any] = {"output": reply.output, "stdout": result.stdout, "stderr": result.stderr}
        if is_over:
            # The node was given up meanwhile. A final status stays, but what came after all is worth reading.
            values = {name: text for name, text in values.items() if text}
        else:
            values |= {"status": outcome.status, "status_details": outcome.details}
        if outcome.is_final and not is_over:
            ended_at = result.ended_at.timestamp() if result.ended_at else record["at"]
            started_at = step["started_at"] or (result.started_at.timestamp() if result.started_at else ended_at)
            values |= {"code": reply.code, "started_at": started_at, "ended_at": ended_at}
        if values:
            self._repository.change("step", _row_key(step), values)
        return result.name

    def _explain(self, key: Mapping[str, Any], reason: str, *, was_run: bool) -> None:
        """Put the reason where people look: at the first step that did not come to an end of its own."""
        for step in self._repository.steps(key["command_id"], key["instance_id"]):
            if not Outcome(step["status"], "").is_final:
                output = f"{step['output']}\n{reason}" if step["output"] else reason
                values: dict[str, Any] = {"output": output[-2500:], "stderr": reason}
                self._repository.change("step", _row_key(step), {**values, "code": 1 if was_run else -1})
                return


def _row_key(step: Row) -> dict[str, Any]:
    return {name: step[name] for name in ("command_id", "instance_id", "position")}


def _without_status(status: str, outcome: Outcome) -> str:
    if outcome == FAILED and status != "Failed":
        return f"The document ended without a final status ({status})."
    return ""
