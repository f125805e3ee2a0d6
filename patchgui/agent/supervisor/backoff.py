"""How long to wait before a worker that keeps failing is started again."""

import time
from collections.abc import Callable

FIRST_S = 0.05
LONGEST_S = 10.0
STEADY_S = 10.0
"""A worker that ran for so long has not failed at its start."""


class Backoff:
    """Doubles the wait with each quick failure."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wait_s = 0.0
        self._started = clock()

    def started(self) -> None:
        """A worker is being started."""
        self._started = self._clock()

    def progressed(self) -> None:
        """The worker has got something done: whatever ends it, it is no failure at its start."""
        self._wait_s = 0.0

    def next_s(self) -> float:
        """Return how long to wait now that the worker has ended: nothing after the first time."""
        if self._clock() - self._started >= STEADY_S:
            self._wait_s = 0.0
        wait_s = self._wait_s
        self._wait_s = min(LONGEST_S, max(FIRST_S, self._wait_s * 2))
        return wait_s
