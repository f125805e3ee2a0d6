"""Puts commands together to runs: one click may be several commands, and other people send commands too."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from patchgui.console.rows import RunCounts, RunSummary
from patchgui.console.store import RecordedRun
from patchgui.patching.document_steps import NO_HOOK
from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.plan import PatchPlan, find_run
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.patching.wording import counted
from patchgui.ssm.shapes import Command

_WORST_FIRST = ("Failed", "TimedOut", "Cancelled", "Success")
_HOOKS = {
    "PreInstallHookDocName": Phase.BEFORE_INSTALL,
    "PostInstallHookDocName": Phase.AFTER_INSTALL,
    "OnExitHookDocName": Phase.ON_EXIT,
}
_NOT_PUT_OFF = '"scheduled_reboot":null'
_NEVER = datetime.fromtimestamp(0, UTC)
_EXPECTED_WITHIN = timedelta(days=30)
"""After that AWS forgets a command: a run not seen any more is then no news."""


def summarise(commands: Iterable[Command], records: Iterable[RecordedRun]) -> tuple[RunSummary, ...]:
    """Return one row per run, newest first: runs of this console, and commands of everybody else."""
    recorded = {run.run_id: run for run in records}
    grouped: dict[str, list[Command]] = {}
    for command in commands:
        mark = find_run(command.comment)
        grouped.setdefault(mark[0] if mark else command.command_id, []).append(command)
    rows = [summary(run_id, group, recorded.pop(run_id, None)) for run_id, group in grouped.items()]
    rows.extend(remembered(run) for run in recorded.values())
    return tuple(sorted(rows, key=lambda row: row.started_at or _NEVER, reverse=True))


def summary(run_id: str, commands: Sequence[Command], record: RecordedRun | None) -> RunSummary:
    """Return one run from its commands as SSM tells of them now."""
    first = commands[0]
    moments = [command.requested_date_time for command in commands if command.requested_date_time]
    nodes = sum(command.target_count or len(command.instance_ids) for command in commands)
    operation = _parameter(first, "Operation")
    status = merged_status([str(command.status) for command in commands])
    return RunSummary(
        run_id=run_id,
        title=title(first.document_name, operation, nodes),
        document=first.document_name,
        operation=operation,
        reboot=_parameter(first, "RebootOption"),
        status=status,
        started_at=min(moments, default=record.started_at if record else None),
        ended_at=record.ended_at if record and status in _WORST_FIRST else None,
        node_count=nodes,
        completed_count=sum(command.completed_count for command in commands),
        error_count=sum(command.error_count + command.delivery_timed_out_count for command in commands),
        hooks=_hooks(first.parameters),
        command_ids=tuple(command.command_id for command in commands),
        is_ours=record is not None,
        retry_of=record.retry_of if record else "",
        retried_by=record.retried_by if record else (),
        reboot_at=_put_off_to(record) if record else None,
    )


def title(document: str, operation: str, nodes: int) -> str:
    """Return what a run is called: ``Patch now, 3 nodes``."""
    what = {"Install": "Patch now", "Scan": "Scan"}.get(operation, document)
    return f"{what}, {counted(nodes, 'node')}"


def merged_status(statuses: Sequence[str]) -> str:
    """Return one SSM command status for several commands: what still moves first, then the worst."""
    if any(status not in _WORST_FIRST for status in statuses):
        moving = {status for status in statuses if status not in _WORST_FIRST}
        if len(moving) == 1 and len(set(statuses)) == 1:
            return moving.pop()
        return "Cancelling" if "Cancelling" in moving else "InProgress"
    return next(status for status in _WORST_FIRST if status in statuses)


def count(nodes: Iterable[NodeProgress], pipeline: Pipeline) -> RunCounts:
    """Count where the nodes of a run stand, as a whole and phase by phase."""
    counting = Counting(pipeline)
    for node in nodes:
        counting.replace(None, node)
    return counting.counts()


class Counting:
    """Counts where nodes stand as they change: counting ten thousand anew takes two frames of the window."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._total = 0
        self._standing: Counter[str] = Counter()
        self._per_phase: dict[Phase, Counter[PhaseState]] = {spec.phase: Counter() for spec in pipeline.phases}

    def replace(self, old: NodeProgress | None, new: NodeProgress) -> None:
        """Count a node as it is now instead of as it was; ``old`` is None for one that was not counted yet."""
        if old is None:
            self._total += 1
        else:
            self._add(old, -1)
        self._add(new, 1)

    def counts(self) -> RunCounts:
        """Return the counts as they are now."""
        ordered = tuple(
            (phase, tuple(sorted((state, number) for state, number in numbers.items() if number)))
            for phase, numbers in self._per_phase.items()
        )
        return RunCounts(total=self._total, per_phase=ordered, **self._standing)

    def _add(self, node: NodeProgress, number: int) -> None:
        self._standing[_standing(node)] += number
        for phase in node.phases:
            self._per_phase.setdefault(phase.phase, Counter())[phase.state] += number


def _standing(node: NodeProgress) -> str:
    if node.is_final:
        ends = {"Success": "success", "TimedOut": "timed_out", "Cancelled": "cancelled"}
        return ends.get(node.status, "failed")
    if any(phase.state is PhaseState.REBOOTING for phase in node.phases):
        return "rebooting"
    return "running" if node.status in {"InProgress", "Cancelling"} else "waiting"


def headline(nodes: Sequence[NodeProgress]) -> str:
    """Return how a run ended, in one sentence with the first cause."""
    bad = [node for node in nodes if node.status != "Success"]
    if not nodes:
        return "No node matched."
    if not bad:
        who = {1: "The node", 2: "Both nodes"}.get(len(nodes), f"All {counted(len(nodes), 'node')}")
        return f"{who} succeeded."
    cause = bad[0].headline or bad[0].status_details
    return f"{len(bad)} of {counted(len(nodes), 'node')} did not succeed: {bad[0].name}, {cause}"


def _hooks(parameters: Mapping[str, Sequence[str]]) -> tuple[tuple[Phase, str], ...]:
    pairs = ((phase, parameters.get(name) or ()) for name, phase in _HOOKS.items())
    return tuple((phase, values[0]) for phase, values in pairs if values and values[0] not in {"", NO_HOOK})


def _parameter(command: Command, name: str) -> str:
    values = command.parameters.get(name)
    return values[0] if values else ""


def _put_off_to(run: RecordedRun) -> datetime | None:
    # Most plans put nothing off, and that of a large run takes long to read.
    if _NOT_PUT_OFF in run.plan_json or "scheduled_reboot" not in run.plan_json:
        return None
    put_off = PatchPlan.model_validate_json(run.plan_json).scheduled_reboot
    return put_off.at if put_off else None


def remembered(run: RecordedRun) -> RunSummary:
    """Return a run that the endpoint does not list: sent long ago, never sent, or lost on the way."""
    plan = PatchPlan.model_validate_json(run.plan_json)
    return RunSummary(
        run_id=run.run_id,
        title=title(plan.document_name, plan.operation.value, plan.node_count),
        document=plan.document_name,
        operation=plan.operation.value,
        reboot=plan.reboot.value if plan.operation.value == "Install" else "",
        status=_remembered_status(run),
        started_at=run.started_at,
        ended_at=run.ended_at,
        node_count=plan.node_count,
        completed_count=0,
        error_count=0,
        hooks=plan.hooks.chosen(),
        command_ids=tuple(command.command_id for command in run.commands if command.command_id),
        is_ours=True,
        retry_of=run.retry_of,
        retried_by=run.retried_by,
        reboot_at=_put_off_to(run),
    )


def _remembered_status(run: RecordedRun) -> str:
    if run.status in _WORST_FIRST:
        return run.status
    is_old = datetime.now(UTC) - run.started_at > _EXPECTED_WITHIN
    return "Unknown" if is_old or run.status in {"InProgress", "Sending"} else run.status
