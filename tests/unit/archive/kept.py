"""Runs to keep: what the archive is tried with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, Launched, Origin
from patchgui.console.connection import SANDBOX, aws_connection
from patchgui.console.events import RunEnded
from patchgui.console.rows import RunSummary
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
PROD = aws_connection(label="Production", profile="prod", region="eu-central-1", is_guarded=True)
PHASES = (Phase.SCAN, Phase.BEFORE_INSTALL, Phase.INSTALL, Phase.REBOOT)
PIPELINE = Pipeline(tuple(PhaseSpec(phase, (f"{phase.value}Step",)) for phase in PHASES), "Install", "RebootIfNeeded")
OK, BAD, SKIP, RUN = PhaseState.SUCCESS, PhaseState.FAILED, PhaseState.SKIPPED, PhaseState.RUNNING
__all__ = ["BAD", "NOON", "OK", "PIPELINE", "PROD", "RUN", "SANDBOX", "SKIP"]


def a_run(run_id: str = "run-1", at: datetime = NOON, **changes: object) -> ArchivedRun:
    """One run as it begins; ``changes`` are of its summary."""
    summary = RunSummary(
        run_id,
        "Patch now, 2 nodes",
        "AWS-RunPatchBaselineWithHooks",
        "Install",
        "RebootIfNeeded",
        "InProgress",
        at,
        None,
        2,
        0,
        0,
        hooks=((Phase.BEFORE_INSTALL, "PatchingDemo-StopAppGracefully"),),
        command_ids=(f"command-of-{run_id}",),
        is_ours=True,
        connection=PROD,
    )
    origin = Origin(PROD, Launched.WINDOW, "123456789012", "arn:aws:iam::123456789012:user/alice", "desk", "alice")
    return ArchivedRun(replace(summary, **changes), origin, comment=f"patch-now {run_id} 1/1")  # type: ignore[arg-type]


def node(
    instance_id: str = "mi-1", name: str = "web-1", states: Sequence[PhaseState] = (OK, OK, OK, OK), at: datetime = NOON
) -> NodeProgress:
    """One node; each phase that ran took a minute."""
    phases, began = [], at
    for phase, state in zip(PHASES, states, strict=True):
        ran = state in {OK, BAD, RUN}
        ended = began + timedelta(minutes=1, milliseconds=250) if state in {OK, BAD} else None
        code = {OK: 0, BAD: 100}.get(state)
        step = StepProgress(f"{phase.value}Step", state, code, began if ran else None, ended)
        text = {OK: "1 min 00 s", BAD: "exit 100"}.get(state, state.label)
        reason = f"{phase.label} failed: exit 100. Unable to lock dpkg." if state is BAD else ""
        phases.append(PhaseProgress(phase, state, text, reason, code, step.started_at, ended, (step,)))
        began = ended or began
    is_final = all(state.is_final for state in states)
    status = ("Failed" if BAD in states else "Success") if is_final else "InProgress"
    headline = next((phase.reason for phase in phases if phase.state is BAD), "")
    return NodeProgress(
        instance_id, name, status, status, tuple(phases), headline, None, is_final, at, began if is_final else None
    )


async def keep(archive: Archive, run: ArchivedRun, *nodes: NodeProgress, headline: str = "All went well.") -> None:
    """Put a whole run into the archive, without outputs."""
    await archive.begin(run, '{"plan": 1}', [ArchivedCommand(each) for each in run.summary.command_ids], PIPELINE)
    await archive.take(run.run_id, nodes or [node()], {"mi-1": "Debian 12"})
    is_good = all(each.status == "Success" for each in nodes)
    ended_at = (run.summary.started_at or NOON) + timedelta(minutes=5)
    await archive.end(run.run_id, RunEnded("Success" if is_good else "Failed", ended_at, headline))
