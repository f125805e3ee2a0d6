"""A run over a thousand nodes goes through all that a service does to its callers, and is one run at its end."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from patchgui.console.events import NodesChanged, RunChanged, RunEvent, RunOpened
from patchgui.patching.plan import PatchPlan
from patchgui.patching.progress import NodeProgress
from patchgui.patching.rate import RateControl
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.settings import FleetSettings
from tests.scale.scene import Scene, open_scene

pytestmark = pytest.mark.anyio

NODES = 1000
_CALLS_UNTIL_SHOWN = 8
"""The commands, their document, two pages of nodes, and how these are: three calls more than seem needed."""
EVERYONE = PatchPlan(
    targets=(("tag:Environment", ("prod", "staging", "dev")),),
    target_count=NODES,
    rate=RateControl(max_concurrency="30%", max_errors="100"),
)


def shown(events: Iterable[RunEvent]) -> dict[str, NodeProgress]:
    """Return what the events tell of each node at last."""
    told: dict[str, NodeProgress] = {}
    for event in events:
        nodes = event.run.nodes if isinstance(event, RunOpened) else ()
        nodes = event.nodes if isinstance(event, NodesChanged) else nodes
        told.update({node.instance_id: node for node in nodes})
    return told


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
        events, calls_until_shown = list[RunEvent](), list[int]()

        def note(event: RunEvent) -> None:
            events.append(event)
            calls_until_shown.append(scene.parts.calls.total() - calls_before)

        async with scene.console() as second:
            calls_before = scene.parts.calls.total()
            ended = await second.follow(record.run_id, note)

        (opened,) = (event for event in events if isinstance(event, RunOpened))
        assert events[0] is opened
        assert calls_until_shown[0] <= _CALLS_UNTIL_SHOWN, "the first nodes waited for the last page"
        assert len(opened.run.nodes) < NODES
        assert opened.run.summary.node_count == opened.run.counts.total == NODES
        assert len(shown(events)) == NODES
        (last,) = [event for event in events if isinstance(event, RunChanged)][-1:]
        assert last.counts.total == last.counts.completed == NODES
        assert set(scene.commands_by_comment().values()) == {1}
        (command,) = scene.parts.fleet.commands()
        assert command.is_over
        assert ended.status == command.outcome.status
        told = " ".join(scene.troubles)
        assert "Rate exceeded" not in told, "a throttle storm reached the operator"
        assert len(scene.troubles) >= 2, "neither the outage nor the end of the credentials was told"
        calls = scene.parts.calls.total()
        assert calls <= scene.waiter_calls() / 20, f"{calls} calls; {scene.waiter_calls()} by waiters"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.FUTURE),
        Fault(FaultKind.ERROR, for_s=90),
        Fault(FaultKind.ERROR, for_s=90, amount=503),
        Fault(FaultKind.SKEW, for_s=90, amount=3600),
        Fault(FaultKind.THROTTLE, frozenset({"ListCommandInvocations"}), for_s=400),
        Fault(FaultKind.LOSE, times=6),
    ],
    ids=["future", "error", "unavailable", "skew", "storm on one call", "lost answers"],
)
async def test_a_run_of_several_commands_is_followed_to_its_end(fault: Fault, tmp_path: Path) -> None:
    async with open_scene(FleetSettings(nodes=120, seed=5), tmp_path) as scene, scene.console() as console:
        population = scene.parts.fleet.population
        plan = PatchPlan(
            instance_ids=tuple(population.id_of(index) for index in range(len(population))),
            rate=RateControl(max_concurrency="40%", max_errors="100"),
        )
        record = await console.launch(plan)
        scene.after(scene.elapsed_s + 45, lambda parts: parts.faults.add(fault))
        ended = await console.follow(record.run_id)
        commands = list(scene.parts.fleet.commands())
        assert len(commands) == len(record.command_ids) == 3
        assert all(command.is_over for command in commands)
        well = all(command.outcome.status == "Success" for command in commands)
        assert (ended.status == "Success") is well


async def test_many_commands_are_followed_together_and_every_node_is_shown_as_it_ended(tmp_path: Path) -> None:
    async with open_scene(FleetSettings(nodes=250, seed=8), tmp_path) as scene, scene.console() as console:
        population = scene.parts.fleet.population
        plan = PatchPlan(
            instance_ids=tuple(population.id_of(index) for index in range(len(population))),
            rate=RateControl(max_concurrency="10%", max_errors="100"),
        )
        record = await console.launch(plan)
        events = list[RunEvent]()
        await console.follow(record.run_id, events.append)
        now = scene.clock.now()
        ended = {
            population.id_of(index): command.outcome_of(position, now)
            for command in scene.parts.fleet.commands()
            for position, index in enumerate(command.members)
        }
        assert {each: (node.status, node.status_details) for each, node in shown(events).items()} == {
            each: (outcome.status, outcome.details) for each, outcome in ended.items()
        }
        calls = scene.parts.calls.total()
        assert calls <= scene.waiter_calls() / 20, f"{calls} calls; {scene.waiter_calls()} by waiters"
