"""A run with one node that failed, as the archive would give it to a report."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from patchgui.console.archive.entries import ArchivedRun, Launched, Origin, PatchCounts, PatchStateChange
from patchgui.console.connection import SANDBOX
from patchgui.console.rows import RunSummary, RunView, StepOutput
from patchgui.console.summaries import count
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress

ARN = "arn:aws:iam::123456789012:user/jo"
START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
HOOKS = {Phase.BEFORE_INSTALL: "Stop-App", Phase.AFTER_INSTALL: "Update-App:3", Phase.ON_EXIT: "Start-App"}
PHASES = (Phase.SCAN, Phase.BEFORE_INSTALL, Phase.INSTALL, Phase.AFTER_INSTALL, Phase.REBOOT, Phase.ON_EXIT)
PIPELINE = Pipeline(tuple(PhaseSpec(phase, (f"Step{phase.value}",), HOOKS.get(phase)) for phase in PHASES), "Install")
FAILING = StepOutput("Updating the storefront\n", "curl: (28) Connection timed out\n", is_complete=True)
LASTS_S = {phase: 4.0 + 3 * number for number, phase in enumerate(PHASES)}


def node(number: int, *, fails_in: Phase | None = None, name: str = "") -> NodeProgress:
    """Return a node that went through all phases, or up to one; it begins two seconds after the one before."""
    begins, phases = START + timedelta(seconds=2 * number), []
    for phase in PHASES:
        ends = begins + timedelta(seconds=LASTS_S[phase])
        is_after = fails_in is not None and PHASES.index(phase) > PHASES.index(fails_in)
        if is_after and phase is not Phase.ON_EXIT:
            because = f"{fails_in.label} failed" if fails_in else ""
            phases.append(PhaseProgress(phase, PhaseState.SKIPPED, "skipped", f"Skipped because {because}."))
            continue
        state = PhaseState.FAILED if phase is fails_in else PhaseState.SUCCESS
        code = 4 if phase is fails_in else 0
        step = StepProgress(f"Step{phase.value}", state, code, begins, ends)
        words = "exit 4" if code else f"{LASTS_S[phase]:.0f} s"
        said = None if code else ""
        phases.append(PhaseProgress(phase, state, words, "", code, begins, ends, (step,), HOOKS.get(phase), said))
        begins = ends
    return NodeProgress(
        instance_id=f"mi-{number:017x}",
        name=name or f"web-{number}",
        status="Failed" if fails_in else "Success",
        status_details="Failed" if fails_in else "Success",
        phases=tuple(phases),
        headline=f"{fails_in.label} failed: exit 4." if fails_in else "",
        is_final=True,
        started_at=START + timedelta(seconds=2 * number),
        ended_at=begins,
    )


@dataclass
class Scene:
    """An archive with one run in it."""

    nodes: tuple[NodeProgress, ...] = (node(1), node(2, fails_in=Phase.AFTER_INSTALL), node(3))
    texts: Mapping[tuple[str, str], StepOutput] = field(default_factory=dict)
    changes: tuple[PatchStateChange, ...] = ()
    title: str = "Patch now, 3 nodes"
    comment: str = ""

    async def run(self, run_id: str) -> ArchivedRun:
        """Return who, when and where."""
        failed = sum(each.status != "Success" for each in self.nodes)
        return ArchivedRun(
            summary=RunSummary(
                run_id=run_id,
                title=self.title,
                document="AWS-RunPatchBaselineWithHooks",
                operation="Install",
                reboot="RebootIfNeeded",
                status="Failed" if failed else "Success",
                started_at=START,
                ended_at=max(each.ended_at or START for each in self.nodes),
                node_count=len(self.nodes),
                completed_count=len(self.nodes),
                error_count=failed,
                hooks=tuple(HOOKS.items()),
                command_ids=("8c1d35bf-0f0d-4b25-8a01-2a1d2d5a7f10",),
                is_ours=True,
            ),
            origin=Origin(
                replace(SANDBOX, label="Production"),
                Launched.WINDOW,
                "123456789012",
                "arn:aws:iam::123456789012:user/jo",
            ),
            comment=self.comment,
            headline=f"{failed} of {len(self.nodes)} nodes did not succeed." if failed else "All nodes succeeded.",
            failed_phase=Phase.AFTER_INSTALL if failed else None,
            failed_count=failed,
            is_whole=True,
        )

    async def open(self, run_id: str) -> RunView:
        """Return the run with all its nodes."""
        platforms = {each.instance_id: "Debian GNU/Linux 12" for each in self.nodes}
        summary = (await self.run(run_id)).summary
        return RunView(summary, PIPELINE, self.nodes, count(self.nodes, PIPELINE), platforms)

    async def outputs(self, run_id: str) -> AsyncIterator[tuple[str, str, StepOutput]]:
        """Yield what every step wrote."""
        for each in self.nodes:
            for phase in each.phases:
                for step in phase.steps:
                    key = (each.instance_id, step.name)
                    told = self.texts.get(key)
                    if told is None and phase.state is PhaseState.FAILED:
                        told = StepOutput(
                            "Updating the storefront\n", "curl: (28) Connection timed out\n", is_complete=True
                        )
                    yield *key, told or StepOutput(f"{phase.phase.label} done on {each.name}\n", is_complete=True)

    async def patch_states(self, run_id: str) -> tuple[PatchStateChange, ...]:
        """Return the patch states before and after, by node."""
        return self.changes or tuple(
            PatchStateChange(
                each.instance_id,
                PatchCounts(
                    missing=5, security_missing=2, installed=40, installed_pending_reboot=0, failed=0, at=START
                ),
                PatchCounts(missing=0 if each.status == "Success" else 5, security_missing=0, installed=45, failed=0),
            )
            for each in self.nodes
        )
