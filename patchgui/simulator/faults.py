"""What goes wrong with the service on demand: which calls, how, how often and for how long."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    """How a call goes wrong."""

    THROTTLE = "throttle"
    """It is refused with ThrottlingException: Rate exceeded."""
    ERROR = "error"
    """It is refused with InternalServerError (500), or with the status that the fault names."""
    OUTAGE = "outage"
    """The connection breaks before the call was taken in."""
    LOSE = "lose"
    """The call is done, and the connection breaks before its answer is sent."""
    DELAY = "delay"
    """The answer comes later, by the seconds that the fault names."""
    EXPIRE = "expire"
    """It is refused with ExpiredTokenException: the caller's credentials have run out."""
    DENY = "deny"
    """It is refused with AccessDeniedException: the caller lacks the permission for it."""
    SKEW = "skew"
    """The clock that signatures are checked by is off, by the seconds that the fault names."""
    FUTURE = "future"
    """The answer has members and statuses that this release has never heard of."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: how.
        calls: the calls that it strikes, by their names; empty for all.
        for_s: how long it lasts, in seconds of the fleet; None for no end.
        times: how many calls it strikes; None for all that come.
        passing: how many calls it lets pass before.
        amount: seconds of a delay or a skew; the HTTP status of an error.
    """

    kind: FaultKind
    calls: frozenset[str] = frozenset()
    for_s: float | None = None
    times: int | None = None
    passing: int = 0
    amount: float = 0.0


@dataclass
class _Running:
    fault: Fault
    until: float | None
    left: int | None
    passing: int


class FaultBook:
    """The faults that are on; ``clock`` is the fleet's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._running: list[_Running] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        until = None if fault.for_s is None else self._clock() + fault.for_s
        self._running.append(_Running(fault, until, fault.times, fault.passing))

    def clear(self, kinds: Iterable[FaultKind] = ()) -> None:
        """Let everything go right again, or only what these kinds spoil."""
        chosen = frozenset(kinds)
        self._running = [each for each in self._running if chosen and each.fault.kind not in chosen]

    def strikes(self, kind: FaultKind, call: str) -> Fault | None:
        """Return the fault of a kind that a call meets now; one that is for so many calls counts it."""
        self._forget_over()
        for each in self._running:
            if each.fault.kind is kind and (not each.fault.calls or call in each.fault.calls):
                if each.passing:
                    each.passing -= 1
                    continue
                if each.left is not None:
                    each.left -= 1
                return each.fault
        return None

    def on(self) -> list[Fault]:
        """Return what goes wrong now, with the time and the calls that are left."""
        self._forget_over()
        now = self._clock()
        return [
            replace(each.fault, for_s=None if each.until is None else each.until - now, times=each.left)
            for each in self._running
        ]

    def _forget_over(self) -> None:
        now = self._clock()
        self._running = [each for each in self._running if each.left != 0 and (each.until is None or now < each.until)]
