"""How much a connection asks of the service: the figures of the status bar."""

import time
from collections import deque
from collections.abc import Callable

_WINDOW_S = 10.0


class Meter:
    """Counts the calls of one connection.

    Attributes:
        calls: requests that went out, each retry among them.
        throttled: answers that said "slower".
        failed: requests that got no answer, or an error other than throttling.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.calls = 0
        self.throttled = 0
        self.failed = 0
        self._clock = clock
        self._recent: deque[float] = deque()

    def count_call(self) -> None:
        """Note that a request goes out now."""
        self.calls += 1
        self._recent.append(self._clock())
        self._forget_old()

    def count_throttled(self) -> None:
        """Note that the service asked for fewer calls."""
        self.throttled += 1

    def count_failed(self) -> None:
        """Note that a request came to nothing."""
        self.failed += 1

    @property
    def calls_per_s(self) -> float:
        """Requests per second over the last ten seconds."""
        self._forget_old()
        return len(self._recent) / _WINDOW_S

    def _forget_old(self) -> None:
        horizon = self._clock() - _WINDOW_S
        while self._recent and self._recent[0] <= horizon:
            self._recent.popleft()
