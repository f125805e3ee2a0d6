"""TaskScope: no task without an owner, no failure without a witness."""

import asyncio
from functools import partial

import pytest

from patchgui.ui.task_scope import Again, TaskScope

pytestmark = pytest.mark.anyio


class Witness:
    def __init__(self) -> None:
        self.saw: list[tuple[str, str]] = []

    def __call__(self, name: str, error: Exception) -> None:
        self.saw.append((name, str(error)))


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def scope(witness: Witness) -> TaskScope:
    return TaskScope("test", witness)


async def _soon() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_second_start_under_the_same_name_is_ignored(scope: TaskScope) -> None:
    started: list[int] = []
    gate = asyncio.Event()

    async def work() -> None:
        started.append(1)
        await gate.wait()

    assert scope.start("load", work)
    assert not scope.start("load", work)
    await _soon()
    gate.set()
    await _soon()
    assert started == [1]
    assert not scope.is_running("load")


async def test_replace_cancels_the_old_one_in_silence(scope: TaskScope, witness: Witness) -> None:
    ended: list[str] = []

    async def old() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("old")

    async def new() -> None:
        ended.append("new")

    scope.start("find", old)
    await _soon()
    assert scope.start("find", new, Again.REPLACE)
    await _soon()
    assert sorted(ended) == ["new", "old"]
    assert witness.saw == []


async def test_the_end_of_a_replaced_task_does_not_free_the_name_of_its_successor(scope: TaskScope) -> None:
    gate = asyncio.Event()

    async def work() -> None:
        await gate.wait()

    scope.start("find", work)
    await _soon()
    scope.start("find", work, Again.REPLACE)
    await _soon()
    assert scope.is_running("find")
    await scope.close()


async def test_a_failure_is_reported_at_once_with_the_name_of_its_task(scope: TaskScope, witness: Witness) -> None:
    async def work() -> None:
        raise ValueError("no such node")

    scope.start("load", work)
    await _soon()
    assert witness.saw == [("load", "no such node")]


async def test_failures_of_a_child_reach_the_same_witness(scope: TaskScope, witness: Witness) -> None:
    async def work() -> None:
        raise ValueError("lost")

    scope.child("page").start("load", work)
    await _soon()
    assert witness.saw == [("load", "lost")]


async def test_cancel_is_silence(scope: TaskScope, witness: Witness) -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    scope.start("wait", wait)
    await _soon()
    scope.cancel("wait")
    scope.cancel("wait")
    await _soon()
    assert witness.saw == []
    assert not scope.is_running("wait")


async def test_close_waits_for_everything_below_and_then_refuses_work(scope: TaskScope) -> None:
    ended: list[str] = []

    async def slow(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(name)

    child = scope.child("page")
    scope.start("one", partial(slow, "one"))
    child.start("two", partial(slow, "two"))
    await _soon()
    await scope.close()
    assert sorted(ended) == ["one", "two"]
    assert not scope.start("three", partial(slow, "three"))
    assert not child.start("four", partial(slow, "four"))
    assert scope.child("late").is_closing


async def test_a_task_may_close_its_own_scope(scope: TaskScope) -> None:
    async def shut_down() -> None:
        await scope.close()

    scope.start("shut down", shut_down)
    await _soon()
    assert scope.is_closing
