import asyncio
from collections.abc import Sequence

import pytest

from patchgui.agent.supervisor.intake import AT_ONCE, Heard, Intake
from patchgui.ssm.errors import StoreFull

pytestmark = pytest.mark.anyio


async def said(intake: Intake, *nodes: str) -> None:
    await asyncio.gather(*(intake.take_in((node, [{"type": "pong"}])) for node in nodes))


async def test_what_is_said_at_one_moment_is_taken_in_together() -> None:
    batches: list[list[str]] = []
    intake = Intake(lambda heard: batches.append([node for node, _messages in heard]))

    await said(intake, "a", "b", "c")
    await said(intake, "d")

    assert batches == [["a", "b", "c"], ["d"]]


async def test_a_crowd_is_heard_in_turns_and_in_order() -> None:
    batches: list[list[str]] = []
    turns = 0

    def take(heard: Sequence[Heard]) -> None:
        batches.append([node for node, _messages in heard])

    async def count_turns() -> None:
        nonlocal turns
        while sum(map(len, batches)) < 5 * AT_ONCE:
            turns += 1
            await asyncio.sleep(0)

    crowd = [f"node {number}" for number in range(5 * AT_ONCE)]
    await asyncio.gather(said(Intake(take), *crowd), count_turns())

    assert [node for batch in batches for node in batch] == crowd
    assert max(map(len, batches)) == AT_ONCE
    assert turns >= len(batches), "others on the loop get their turn between"


async def test_everybody_learns_that_nothing_could_be_written() -> None:
    def refuse(_heard: Sequence[Heard]) -> None:
        raise StoreFull("The disk is full.")

    intake = Intake(refuse)
    results = await asyncio.gather(*(intake.take_in((node, [])) for node in "abc"), return_exceptions=True)

    assert [type(result) for result in results] == [StoreFull] * 3


async def test_one_that_goes_away_does_not_take_the_others_with_it() -> None:
    batches: list[list[str]] = []
    intake = Intake(lambda heard: batches.append([node for node, _messages in heard]))
    gone = asyncio.create_task(intake.take_in(("gone", [])))
    await asyncio.sleep(0)
    stays = asyncio.create_task(intake.take_in(("stays", [])))
    gone.cancel()

    await stays

    assert "stays" in [node for batch in batches for node in batch]
