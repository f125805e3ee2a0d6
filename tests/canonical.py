"""Everything that the archive keeps of a run, in one value that can be compared: however it came there."""

from dataclasses import dataclass

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, PatchStateChange
from patchgui.console.rows import StepOutput
from patchgui.patching.phases import Pipeline
from patchgui.patching.progress import NodeProgress


@dataclass(frozen=True)
class Canonical:
    """One archived run, whole."""

    run: ArchivedRun
    plan: str
    commands: tuple[ArchivedCommand, ...]
    pipeline: Pipeline
    nodes: tuple[NodeProgress, ...]
    platforms: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str, StepOutput], ...]
    patch_states: tuple[PatchStateChange, ...]


async def canonical(archive: Archive, run_id: str) -> Canonical:
    """Return all that is archived of a run, in an order that does not depend on how it was written."""
    view = await archive.open(run_id)
    return Canonical(
        run=await archive.run(run_id),
        plan=await archive.plan(run_id),
        commands=await archive.commands(run_id),
        pipeline=view.pipeline,
        nodes=tuple(sorted(view.nodes, key=lambda node: node.instance_id)),
        platforms=tuple(sorted(view.platforms.items())),
        outputs=tuple(sorted([each async for each in archive.outputs(run_id)], key=lambda each: each[:2])),
        patch_states=await archive.patch_states(run_id),
    )
