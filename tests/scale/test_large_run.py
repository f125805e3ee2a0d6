"""A run over a thousand nodes goes through all that a service does to its callers, and is one run at its end."""

import asyncio
from pathlib import Path

import pytest

from patchgui.console.events import RunOpened
from patchgui.patching.plan import PatchPlan
from patchgui.patching.rate import RateControl
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.settings import FleetSettings
from tests.scale.scene import Scene, open_scene

pytestmark = pytest.mark.anyio

NODES = 1000
EVERYONE = PatchPlan(
    targets=(("tag:Environment", ("prod", "staging", "dev")),),
    target_count=NODES,
    rate=RateControl(max_concurrency="30%", max_errors="100"),
)


def trouble(scene: Scene) -> None:
    """Let a storm, an outage and the end of the credentials come over the run, one after the other."""
    scene.after(60, lambda parts: parts.faults.add(Fault(FaultKind.THROTTLE, for_s=60)))
    scene.after(240, lambda parts: parts.faults.add(Fault(FaultKind.OUTAGE, for_s=300)))
    scene.after(660, lambda parts: parts.faults.add(Fault(FaultKind.EXPIRE, for_s=120)))


async def test_a_thousand_nodes_through_storm_outage_expiry_and_restart(tmp_path: Path) -> None:
    async with open_scene(FleetSettings(nodes=NODES, seed=3), tmp_path) as scene:
        trouble(scene)
        async with scene.console() as first:
            record = await first.launch(EVERYONE)
            watching = asyncio.ensure_future(first.follow(record.run_id))
            await scene.moment(900)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        views = []
        async with scene.console() as second:
            ended = await second.follow(record.run_id, lambda e: views.append(e) if isinstance(e, RunOpened) else None)

        (opened,) = views
        assert len(opened.run.nodes) == NODES
        assert set(scene.commands_by_comment().values()) == {1}
        (command,) = scene.parts.fleet.commands()
        assert command.is_over
        assert ended.status == command.outcome.status
        told = " ".join(scene.troubles)
        assert "Rate exceeded" not in told, "a throttle storm reached the operator"
        assert len(scene.troubles) >= 2, "neither the outage nor the end of the credentials was told"
        calls = scene.parts.calls.total()
        assert calls <= scene.waiter_calls() / 20, f"{calls} calls; {scene.waiter_calls()} by waiters"
