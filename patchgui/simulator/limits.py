"""How often each call may be made: a bucket of tokens per call and account, as AWS has them.

AWS publishes no figures for most of these calls. Those here are of the order that accounts see, so that a console that
gets along with them gets along with AWS.
"""

import time
from collections.abc import Callable
from typing import NamedTuple


class _Rate(NamedTuple):
    per_s: float
    burst: float


_READ = _Rate(20.0, 40.0)
_RATES = {
    "SendCommand": _Rate(5.0, 20.0),
    "CancelCommand": _Rate(5.0, 20.0),
    "CreateDocument": _Rate(3.0, 10.0),
    "UpdateDocument": _Rate(3.0, 10.0),
    "DeleteDocument": _Rate(3.0, 10.0),
    "GetCommandInvocation": _Rate(30.0, 60.0),
    "ListCommandInvocations": _Rate(30.0, 60.0),
}


class CallLimits:
    """Buckets of tokens, one per call; the clock is the callers', whatever the fleet's does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def admits(self, call: str) -> bool:
        """Take a token for a call; False when there is none left."""
        rate, now = _RATES.get(call, _READ), self._clock()
        tokens, filled_at = self._buckets.get(call, (rate.burst, now))
        tokens = min(rate.burst, tokens + (now - filled_at) * rate.per_s)
        self._buckets[call] = (tokens - 1 if tokens >= 1 else tokens, now)
        return tokens >= 1
