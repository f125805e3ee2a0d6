"""The archive of a run over hundreds of nodes: the same whether it was watched to its end or left and imported."""

import asyncio
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import Origin
from patchgui.console.archive.recorder import Recorder
from patchgui.console.archive.sealing import Sealer
from patchgui.console.connection import aws_connection
from patchgui.console.events import RunEvent
from patchgui.patching.plan import PatchPlan
from patchgui.patching.rate import RateControl
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.settings import FleetSettings
from tests.canonical import Canonical, canonical
from tests.scale.scene import Console, Scene, open_scene

pytestmark = pytest.mark.anyio
NODES = 120
EVERYONE = PatchPlan(
    targets=(("tag:Environment", ("prod", "staging", "dev")),),
    target_count=NODES,
    rate=RateControl(max_concurrency="30%", max_errors="100"),
)
ORIGIN = Origin(aws_connection(region="eu-central-1"))


def to_nobody(_event: RunEvent) -> None:
    """Take an event that nobody wants to see."""


async def recorded(console: Console, archive: Archive, run_id: str) -> Recorder:
    """Watch a run to its end, or as far as it goes."""
    async with Recorder(archive, run_id, ORIGIN, "", to_nobody) as recorder:
        await console.follow(run_id, recorder.take, witness=recorder)
    return recorder


async def sealed(scene: Scene, console: Console, archive: Archive, run_id: str) -> Canonical:
    recorder = await recorded(console, archive, run_id)
    assert recorder.seen is not None
    assert recorder.is_written
    await Sealer(archive, console.client, sleep=scene.sleep, clock=scene.now).seal(recorder.seen)
    return await canonical(archive, run_id)


async def test_a_large_run_that_was_left_in_an_outage_is_archived_like_one_watched_to_its_end(tmp_path: Path) -> None:
    async with (
        open_scene(FleetSettings(nodes=NODES, seed=3), tmp_path) as scene,
        scene.console() as console,
        Archive(tmp_path / "whole.db") as whole,
        Archive(tmp_path / "left.db") as left,
    ):
        scene.after(120, lambda parts: parts.faults.add(Fault(FaultKind.THROTTLE, for_s=60)))
        scene.after(240, lambda parts: parts.faults.add(Fault(FaultKind.OUTAGE, for_s=300)))
        record = await console.launch(EVERYONE)
        watching = asyncio.ensure_future(recorded(console, left, record.run_id))
        watched = asyncio.ensure_future(sealed(scene, console, whole, record.run_id))
        await scene.moment(300)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        half = await left.open(record.run_id)
        assert 0 < sum(node.is_final for node in half.nodes) < NODES
        kept = await watched
        assert await sealed(scene, console, left, record.run_id) == kept
    assert kept.run.is_whole
    assert len(kept.nodes) == len(kept.platforms) == NODES
    assert all(node.is_final for node in kept.nodes)
    assert kept.run.failed_count == sum(node.status != "Success" for node in kept.nodes) > 0
    assert len(kept.outputs) > NODES
    assert any(change.after for change in kept.patch_states)
