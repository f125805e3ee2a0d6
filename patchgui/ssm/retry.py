"""When a failed call is made again, and after how long. Nothing above this layer retries."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from patchgui.ssm.errors import PatchError, ServiceError, Throttled, TlsRefused, TransportError


@dataclass(frozen=True)
class RetryPolicy:
    """Full jitter: a random wait between nothing and a bound that doubles, so that many consoles spread out.

    ``*_attempts`` count the first attempt too. Throttling is waited out patiently, for five
    minutes or more, as the call did nothing; a broken connection is reported soon, as the operator may have to act.
    """

    throttled_attempts: int = 40
    transport_attempts: int = 3
    fault_attempts: int = 4
    base_s: float = 0.2
    cap_s: float = 20.0
    random: Callable[[], float] = random.random

    def delay_s(self, error: PatchError, attempt: int, *, is_repeatable: bool) -> float | None:
        """Return how long to wait before the next attempt, or ``None`` when the error stands.

        Args:
            error: what became of the attempt.
            attempt: its number, counted from 1.
            is_repeatable: whether the call may be made twice without harm. If not, it is given up as soon as its
                outcome is unknown: whoever made it has to look what became of it.
        """
        if attempt >= self._attempts(error, is_repeatable=is_repeatable):
            return None
        bound = min(self.cap_s, self.base_s * 2.0 ** (attempt - 1))
        return self.random() * bound

    def _attempts(self, error: PatchError, *, is_repeatable: bool) -> int:
        match error:
            case Throttled():
                return self.throttled_attempts
            case TlsRefused():
                return 1
            case TransportError():
                return self.transport_attempts if is_repeatable else 1
            case ServiceError() if error.http_status >= 500:
                return self.fault_attempts if is_repeatable else 1
            case _:
                return 1
