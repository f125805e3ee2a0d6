"""Runs as they look at one moment, and a console that follows a script: what the run view is tried with."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.events import RunEvent, RunOpened
from patchgui.console.rows import NodeRow, RunCounts, RunRecord, RunSummary, RunView, StepOutput
from patchgui.patching.fitness import Finding
from patchgui.patching.forecast import Forecast, PhaseForecast
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline
from patchgui.patching.plan import PatchPlan
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress
from patchgui.ssm.errors import PatchError

MADE_AT = datetime.now(UTC)
"""The moment that the scenes are of."""
START = MADE_AT - timedelta(seconds=48)
PHASES = (Phase.SCAN, Phase.BEFORE_INSTALL, Phase.INSTALL, Phase.AFTER_INSTALL, Phase.REBOOT, Phase.ON_EXIT)
HOOKS = {
    Phase.BEFORE_INSTALL: "PatchingDemo-StopAppGracefully",
    Phase.AFTER_INSTALL: "PatchingDemo-UpdateApp",
    Phase.ON_EXIT: "PatchingDemo-StartAppandVerify",
}
STEPS = {
    Phase.SCAN: ("PreInstallScan", "VerifyLocalPatchStates"),
    Phase.REBOOT: ("VerifyIfShouldReboot", "RebootHandlingAndReporting"),
}
PIPELINE = Pipeline(
    tuple(PhaseSpec(phase, STEPS.get(phase, (phase.value,)), HOOKS.get(phase)) for phase in PHASES),
    operation="Install",
    reboot_option="RebootIfNeeded",
)
OK, RUN, AWAY, WAIT = PhaseState.SUCCESS, PhaseState.RUNNING, PhaseState.REBOOTING, PhaseState.WAITING
BAD, SKIP, NONE = PhaseState.FAILED, PhaseState.SKIPPED, PhaseState.NOT_NEEDED
WORDS = 'migration 42: column "sku" already exists'
OUTPUT = StepOutput(
    stdout="+ storefront-update --channel stable\nResolving storefront 2.4.1 … ok\nMigrating schema 41 → 42\n",
    stderr=f"{WORDS}\nfailed to run commands: exit status 4",
    is_complete=True,
)
_REASONS = {SKIP: "Skipped because After install failed.", NONE: "Not needed: nothing was missing."}


def phase_at(phase: Phase, state: PhaseState, began_s: float, took_s: float, exit_code: int = 4) -> PhaseProgress:
    """One phase; ``began_s`` counts from START."""
    ran = state in {OK, BAD, RUN, AWAY}
    started = START + timedelta(seconds=began_s) if ran else None
    ended = started + timedelta(seconds=took_s) if started and state in {OK, BAD} else None
    code = {OK: 0, BAD: exit_code}.get(state)
    reason = _REASONS.get(state, f"{phase.label} failed: exit {exit_code}." if state is BAD else "")
    text = {OK: f"{took_s:.0f} s", BAD: f"exit {exit_code}", WAIT: "waits"}.get(state, state.label)
    names = STEPS.get(phase, (phase.value,))
    steps = tuple(StepProgress(name, state, code, started, ended, _REASONS.get(state, "")) for name in names)
    return PhaseProgress(phase, state, text, reason, code, started, ended, steps, HOOKS.get(phase))


def node_at(
    instance_id: str, name: str, *states: PhaseState, times: Sequence[int] = (2, 1, 12, 3, 18, 2)
) -> NodeProgress:
    """One node; its phases follow each other and take ``times`` seconds."""
    phases: list[PhaseProgress] = []
    began_s = 1.0
    for phase, state, took_s in zip(PHASES, states, times, strict=False):
        phases.append(phase_at(phase, state, began_s, took_s))
        began_s += took_s if state in {OK, BAD} else 0
    is_final = all(state.is_final for state in states)
    headline = ""
    if BAD in states:
        failed = phases[states.index(BAD)]
        headline = (
            f"{failed.phase.label} failed: exit {failed.exit_code}. Reboot was skipped because of it; on exit ran."
        )
    return NodeProgress(
        instance_id,
        name,
        status=("Failed" if BAD in states else "Success") if is_final else "InProgress",
        status_details="Failed" if BAD in states else "Success",
        phases=tuple(phases),
        headline=headline,
        away_since=MADE_AT - timedelta(seconds=18) if AWAY in states else None,
        is_final=is_final,
    )


WEB_1 = node_at("mi-0f3c9a1b2c3d491a2", "web-1", OK, OK, OK, OK, AWAY, WAIT)
WEB_2 = node_at("mi-07b1c2d3e4f5ac2d0", "web-2", OK, OK, OK, BAD, SKIP, OK)
DB_1 = node_at("mi-0a9e1122334477f3a", "db-1", OK, OK, RUN, WAIT, WAIT, WAIT, times=(3, 4, 30, 1, 1, 1))
APP_1 = node_at("mi-0d21aabbccdd5b10f", "app-el-1", OK, NONE, NONE, NONE, NONE, OK)
LATE_1 = node_at("mi-04d4aabbccdd0b7ca", "legacy-1", *[WAIT] * 6)
NODES = (WEB_1, WEB_2, DB_1, APP_1)
PLATFORMS = {node.instance_id: "Debian 12" for node in NODES}
SUMMARY = RunSummary(
    run_id="run-1",
    title="Patch now, 4 nodes",
    document="AWS-RunPatchBaselineWithHooks",
    operation="Install",
    reboot="RebootIfNeeded",
    status="InProgress",
    started_at=START,
    ended_at=None,
    node_count=4,
    completed_count=1,
    error_count=0,
    hooks=tuple(HOOKS.items()),
    command_ids=("11111111-2222-3333-4444-555555555555",),
    is_ours=True,
)


def opened(nodes: Sequence[NodeProgress] = NODES, summary: RunSummary = SUMMARY) -> RunOpened:
    """The first event of a run with these nodes."""
    return RunOpened(RunView(summary, PIPELINE, tuple(nodes), RunCounts(total=len(nodes)), PLATFORMS))


def ended_summary(status: str = "Failed", **changes: object) -> RunSummary:
    """The same run after its end."""
    return replace(SUMMARY, status=status, ended_at=START + timedelta(seconds=61), **changes)  # type: ignore[arg-type]


class ScriptedService:
    """Answers from what it was given; says what it was asked."""

    def __init__(self, runs: Sequence[RunSummary] = (), events: Sequence[RunEvent] = ()) -> None:
        self.listed: tuple[RunSummary, ...] = tuple(runs)
        self.events = list(events)
        self.outputs: Mapping[str, StepOutput] = {Phase.AFTER_INSTALL.value: OUTPUT}
        self.error: PatchError | None = None
        self.output_error: PatchError | None = None
        self.cancel_error: PatchError | None = None
        self.asked: list[tuple[str, ...]] = []
        self.stays = True
        self.tagged: Mapping[str, Mapping[str, str]] = {}
        self.connection: Connection | None = Connection("local", "Sandbox", ConnectionKind.SANDBOX, "local")
        self.plan = PatchPlan(instance_ids=tuple(node.instance_id for node in NODES))
        self.findings: tuple[Finding, ...] = ()
        self.launch_error: PatchError | None = None
        self.launched: list[PatchPlan] = []

    async def runs(self) -> tuple[RunSummary, ...]:
        self.asked.append(("runs",))
        if self.error is not None:
            raise self.error
        return self.listed

    def tags(self, run_id: str) -> Mapping[str, Mapping[str, str]]:
        return self.tagged

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        self.asked.append(("watch", run_id))
        if self.error is not None:
            raise self.error
        for event in self.events:
            emit(event)
        if self.stays:
            await asyncio.Event().wait()

    def connection_of(self, run_id: str) -> Connection | None:
        return self.connection

    def rows_of(self, run_id: str, instance_ids: Sequence[str]) -> tuple[NodeRow, ...]:
        return tuple(NodeRow(each, f"node {each[-3:]}", ping="Online", missing_count=3) for each in instance_ids)

    async def plan_of(self, run_id: str) -> PatchPlan:
        self.asked.append(("plan", run_id))
        return self.plan

    async def foretell_again(self, run_id: str, plan: PatchPlan) -> Forecast:
        self.asked.append(("forecast", run_id))
        phases = (PhaseForecast(Phase.SCAN, f"{plan.node_count} nodes"), PhaseForecast(Phase.INSTALL, "3 patches"))
        return Forecast(phases, plan.node_count, findings=self.findings)

    async def launch_again(self, run_id: str, plan: PatchPlan, tell: Callable[[str], None]) -> RunRecord:
        if self.launch_error is not None:
            raise self.launch_error
        self.launched.append(plan)
        return RunRecord("20261126-140211-4f9c2a1b", ("c1",), datetime.now(UTC))

    async def cancel(self, run_id: str) -> None:
        self.asked.append(("cancel", run_id))
        if self.cancel_error is not None:
            raise self.cancel_error

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        self.asked.append(("output", run_id, instance_id, step))
        if self.output_error is not None:
            raise self.output_error
        return self.outputs.get(step, StepOutput("ok\n", is_complete=True))
