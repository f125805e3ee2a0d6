import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.ssm.throttle import TokenBucket, at_leisure, leisure

pytestmark = pytest.mark.anyio


class FakeClock:
    """A clock that moves when it is told to, or when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def bucket(clock: FakeClock, rate_per_s: float | None = 2.0, burst: int = 3) -> TokenBucket:
    return TokenBucket(rate_per_s, burst, clock=clock, sleep=clock.sleep)


async def acquire(held_back: TokenBucket, times: int) -> None:
    for _ in range(times):
        await held_back.acquire()


async def test_a_burst_goes_through_at_once_and_the_rest_at_the_rate() -> None:
    clock = FakeClock()
    await acquire(bucket(clock), 3)
    assert clock.slept == []
    held_back = bucket(clock)
    await acquire(held_back, 6)
    assert clock.slept == [0.5, 0.5, 0.5]


async def test_quiet_time_fills_it_up_to_the_burst_and_no_further() -> None:
    clock = FakeClock()
    held_back = bucket(clock)
    await acquire(held_back, 3)
    clock.now += 1000.0
    await acquire(held_back, 4)
    assert clock.slept == [0.5]


async def test_those_who_came_first_go_first() -> None:
    clock = FakeClock()
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    held_back = TokenBucket(2.0, 1, clock=clock, sleep=sleep)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(held_back.acquire())
    assert waits == [0.5, 1.0, 1.5]


async def test_a_cancelled_wait_gives_its_turn_back() -> None:
    clock = FakeClock()
    is_waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        is_waiting.set()
        await asyncio.Event().wait()

    held_back = TokenBucket(2.0, 1, clock=clock, sleep=sleep)
    await held_back.acquire()
    waiter = asyncio.create_task(held_back.acquire())
    await is_waiting.wait()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    clock.now += 0.5
    async with asyncio.timeout(1):
        await held_back.acquire()


async def test_without_a_rate_nothing_waits() -> None:
    clock = FakeClock()
    free = bucket(clock, rate_per_s=None)
    free.speed_up()
    await acquire(free, 1000)
    assert clock.slept == []
    assert free.rate_per_s is None


async def test_slower_halves_the_rate_and_good_answers_win_it_back() -> None:
    clock = FakeClock()
    held_back = bucket(clock, rate_per_s=8.0, burst=4)
    held_back.slow_down()
    assert held_back.rate_per_s == 4.0
    await held_back.acquire()
    assert clock.slept == [0.25], "the burst is spent as well"
    for _ in range(25):
        held_back.speed_up()
    assert held_back.rate_per_s == pytest.approx(8.0)
    held_back.speed_up()
    assert held_back.rate_per_s == pytest.approx(8.0)


async def test_it_never_stops_altogether() -> None:
    held_back = bucket(FakeClock(), rate_per_s=8.0)
    for _ in range(100):
        held_back.slow_down()
    assert held_back.rate_per_s == 0.5


@given(gaps_s=st.lists(st.floats(0, 3), min_size=1, max_size=60), rate=st.floats(0.5, 50), burst=st.integers(1, 10))
def test_no_stretch_of_time_sees_more_than_the_burst_and_the_rate(gaps_s: list[float], rate: float, burst: int) -> None:
    clock = FakeClock()
    held_back = TokenBucket(rate, burst, clock=clock, sleep=clock.sleep)
    went_at: list[float] = []

    async def go() -> None:
        for gap_s in gaps_s:
            clock.now += gap_s
            await held_back.acquire()
            went_at.append(clock.now)

    asyncio.run(go())
    for first, began_at in enumerate(went_at):
        for last, ended_at in enumerate(went_at[first:], start=first):
            assert last - first + 1 <= burst + (ended_at - began_at) * rate + 1 + 1e-6


async def test_who_was_not_held_back_is_once_the_other_side_asks_for_it() -> None:
    clock = FakeClock()
    held_back = bucket(clock, None)
    await acquire(held_back, 100)
    assert clock.slept == []
    held_back.slow_down()
    assert held_back.rate_per_s == 20.0
    await acquire(held_back, 3)
    assert clock.slept == pytest.approx([0.05] * 3)


async def test_work_at_leisure_waits_and_other_work_does_not() -> None:
    clock = FakeClock()
    slow = bucket(clock, rate_per_s=2.0, burst=1)

    async def unhurried() -> None:
        with at_leisure(slow):
            for _ in range(3):
                await leisure()

    await asyncio.create_task(unhurried())
    assert clock.slept == [0.5, 0.5]
    await leisure()
    assert clock.slept == [0.5, 0.5], "only what was started at leisure is held back"
