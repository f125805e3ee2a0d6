"""What a report tells of a run, read from the archive."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from patchgui.console.archive.entries import ArchivedRun, PatchStateChange
from patchgui.console.rows import RunView, StepOutput
from patchgui.patching.failing_line import failing_line
from patchgui.patching.failures import FailureGroup, grouped
from patchgui.patching.node_state import BAD

ALL_OUTPUTS_UP_TO = 50
"""A run of so many nodes is told with the output of every step; of a larger one, only failed steps are."""
MOST_CHARS = 16 * 1024 * 1024
"""A report with more output than this no program opens well; the archive has the rest."""


class ReportSource(Protocol):
    """The part of the archive that a report reads. Each call raises ``PatchError``."""

    async def run(self, run_id: str) -> ArchivedRun:
        """Return who, when and where."""

    async def open(self, run_id: str) -> RunView:
        """Return the run with all its nodes."""

    def outputs(self, run_id: str) -> AsyncIterator[tuple[str, str, StepOutput]]:
        """Yield instance id, step and output of everything that was kept."""

    async def patch_states(self, run_id: str) -> tuple[PatchStateChange, ...]:
        """Return the patch states before and after, by node."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run as a report tells it. ``outputs`` are by instance id and step; ``left_out`` counts those that are not."""

    run: ArchivedRun
    view: RunView
    outputs: Mapping[tuple[str, str], StepOutput] = field(default_factory=dict)
    left_out: int = 0
    patch_states: tuple[PatchStateChange, ...] = ()
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def failures(self) -> tuple[FailureGroup, ...]:
        """The failed nodes, folded by what they failed with."""
        told = {key: failing_line(out.stdout, out.stderr) for key, out in self.outputs.items()}
        return grouped(self.view.nodes, {key: line for key, line in told.items() if line})


async def read_report(source: ReportSource, run_id: str) -> RunReport:
    """Read all that a report tells of a run.

    Raises:
        NotFound: the archive does not have it.
    """
    run, view = await source.run(run_id), await source.open(run_id)
    wanted = _failed_steps(view) if len(view.nodes) > ALL_OUTPUTS_UP_TO else None
    outputs: dict[tuple[str, str], StepOutput] = {}
    room, left_out = MOST_CHARS, 0
    async for instance_id, step, output in source.outputs(run_id):
        if wanted is not None and (instance_id, step) not in wanted:
            continue
        size = len(output.stdout) + len(output.stderr)
        if size > room:
            left_out += 1
            continue
        room -= size
        outputs[instance_id, step] = output
    return RunReport(run, view, outputs, left_out, await source.patch_states(run_id))


def _failed_steps(view: RunView) -> set[tuple[str, str]]:
    return {
        (node.instance_id, step.name)
        for node in view.nodes
        for phase in node.phases
        if phase.state in BAD
        for step in phase.steps
        if step.status in BAD
    }
