"""Whatever becomes of any call of a launch, each part of the run is one command."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from patchgui.console.store import SendState
from patchgui.patching.plan import PatchPlan, find_run
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.settings import FleetSettings
from patchgui.ssm.errors import PatchError
from tests.scale.scene import Scene, open_scene

pytestmark = pytest.mark.anyio

FLEET = FleetSettings(nodes=120, trouble=0, lag_s=3.0)
PARTS = 3
"""A command takes 50 instance ids."""


def everyone(scene: Scene) -> PatchPlan:
    population = scene.parts.fleet.population
    return PatchPlan(instance_ids=tuple(population.id_of(index) for index in range(len(population))))


@pytest.mark.parametrize("kind", [FaultKind.LOSE, FaultKind.OUTAGE, FaultKind.ERROR, FaultKind.THROTTLE])
async def test_each_call_of_a_launch_goes_wrong_in_turn(kind: FaultKind, tmp_path: Path) -> None:
    number, was_struck = 0, True
    while was_struck:
        folder = tmp_path / str(number)
        folder.mkdir()
        async with open_scene(FLEET, folder) as scene, scene.console() as console:
            scene.parts.faults.add(Fault(kind, times=1, passing=number))
            record = await console.launch(everyone(scene))
            was_struck = not scene.parts.faults.on()
            assert len(record.command_ids) == PARTS, (number, record.trouble)
            comments = scene.commands_by_comment()
            assert len(comments) == PARTS
            assert set(comments.values()) == {1}, (number, comments)
            assert {find_run(comment) for comment in comments} == {
                (record.run_id, part, PARTS) for part in range(1, PARTS + 1)
            }
        number += 1
    assert number > PARTS


@pytest.mark.parametrize("kind", [FaultKind.LOSE, FaultKind.OUTAGE])
async def test_a_console_that_dies_in_mid_launch_never_sends_anything_twice(kind: FaultKind, tmp_path: Path) -> None:
    for number in range(PARTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with open_scene(FLEET, folder) as scene:
            calls = frozenset({"SendCommand"})
            async with scene.console() as dying:
                # Its last answer never comes: the process ends while it waits.
                scene.parts.faults.add(Fault(kind, calls, passing=number))
                scene.parts.faults.add(Fault(FaultKind.OUTAGE, frozenset({"ListCommands"})))
                launching = asyncio.ensure_future(dying.launch(everyone(scene)))
                while scene.parts.calls["SendCommand"] <= number:  # noqa: ASYNC110 - a counter wakes nobody
                    await asyncio.sleep(0)
                launching.cancel()
                with pytest.raises((asyncio.CancelledError, PatchError)):
                    await launching
            scene.parts.faults.clear()
            await scene.sleep(FLEET.lag_s)
            async with scene.console() as after:
                (run,) = await after.store.runs("aws")
                run = await after.settled(run.run_id)
            accepted = scene.commands_by_comment()
            assert set(accepted.values()) <= {1}
            sent = {command.comment for command in run.commands if command.state is SendState.SENT}
            assert sent == set(accepted), "the record knows exactly what was accepted"


async def test_a_list_that_lags_twenty_seconds_leads_to_no_second_command(tmp_path: Path) -> None:
    async with open_scene(replace(FLEET, lag_s=20.0), tmp_path) as scene, scene.console() as console:
        scene.parts.faults.add(Fault(FaultKind.LOSE, frozenset({"SendCommand"})))
        record = await console.launch(everyone(scene))
        assert len(record.command_ids) == PARTS
        assert set(scene.commands_by_comment().values()) == {1}
        assert scene.elapsed_s > PARTS * 20.0
