"""One token bucket per connection: how fast the console may ask, whatever it is doing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SLOWEST_PER_S = 0.5
_LEARNED_PER_S = 20.0
_RECOVERY = 0.02  # of the full rate, for each call that went through: 50 good calls undo a halving


class TokenBucket:
    """Lets ``rate_per_s`` calls through in the long run and ``burst`` at once, in the order they asked.

    The service has limits that nobody publishes: each "slower" from it halves the rate, each good answer gives a little
    back. With ``rate_per_s`` of ``None`` nothing is held back, as towards our own agent, until it says "slower".
    """

    def __init__(
        self,
        rate_per_s: float | None,
        burst: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._full_rate = rate_per_s
        self._rate = rate_per_s or 0.0
        self._burst = float(burst)
        self._tokens = float(burst)
        self._filled_at = clock()
        self._clock = clock
        self._sleep = sleep

    @property
    def rate_per_s(self) -> float | None:
        """The rate that is allowed now; ``None`` when there is no limit."""
        return None if self._full_rate is None else self._rate

    async def acquire(self) -> None:
        """Wait for the next call's turn. A cancelled wait gives its turn back."""
        if self._full_rate is None:
            return
        self._fill()
        # The account may go below zero: each waiter owes its own token, so those who came first go first.
        self._tokens -= 1
        if self._tokens >= 0:
            return
        try:
            await self._sleep(-self._tokens / self._rate)
        except asyncio.CancelledError:
            self._tokens += 1
            raise

    def slow_down(self) -> None:
        """Take note that the service was asked too often."""
        if self._full_rate is None:
            # It has limits after all: a simulated fleet, or AWS behind a tunnel.
            self._full_rate = self._rate = _LEARNED_PER_S
            self._tokens, self._filled_at = 0.0, self._clock()
        else:
            self._fill()
            self._rate = max(min(_SLOWEST_PER_S, self._full_rate), self._rate / 2)
            self._tokens = min(self._tokens, 0.0)

    def speed_up(self) -> None:
        """Take note that a call went through."""
        if self._full_rate is not None and self._rate < self._full_rate:
            self._fill()
            self._rate = min(self._full_rate, self._rate + _RECOVERY * self._full_rate)

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now


_LEISURE: ContextVar[TokenBucket | None] = ContextVar("leisure", default=None)


@contextmanager
def at_leisure(bucket: TokenBucket) -> Iterator[None]:
    """Make calls for something that nobody waits for: no faster than ``bucket`` lets them, whatever the service grants.

    It holds for the task that enters it and for tasks that are started in it; calls of others have the right of way.
    """
    before = _LEISURE.set(bucket)
    try:
        yield
    finally:
        _LEISURE.reset(before)


async def leisure() -> None:
    """Wait as long as this task has to leave others the right of way; most tasks do not have to."""
    bucket = _LEISURE.get()
    if bucket is not None:
        await bucket.acquire()
