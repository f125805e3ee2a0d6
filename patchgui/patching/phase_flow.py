"""How many nodes are in which phase at each moment of a run, kept up to date node by node."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Final

from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState

BINS: Final = 2048
_FIRST_WIDTH_S: Final = 0.125
DID_NOT_RUN: Final = frozenset({PhaseState.SKIPPED, PhaseState.NOT_NEEDED, PhaseState.NOT_APPLICABLE})
"""States in which a phase has no time of its own, whatever SSM says of when its steps were skipped."""


class PhaseFlow:
    """Counts of nodes per phase over time, in 2,048 bins that double in width when a run outgrows them."""

    def __init__(self) -> None:
        self._origin: datetime | None = None
        self._width_s = _FIRST_WIDTH_S
        self._changes: list[list[int]] = []
        self.last_s = 0.0
        """The latest moment that any phase is known to have begun or ended, in seconds from the origin."""
        self.version = 0
        """Another number after each change: what was drawn from an earlier one is old."""

    def reset(self, phases: int, origin: datetime | None) -> None:
        """Begin another run at ``origin`` (None: at the first moment that is seen)."""
        self._origin, self._width_s, self.last_s = origin, _FIRST_WIDTH_S, 0.0
        self._changes = [[0] * BINS for _ in range(phases)]
        self.version += 1

    def replace(self, old: NodeProgress | None, new: NodeProgress) -> None:
        """Count ``new`` in place of ``old`` (None: a node that was not counted before)."""
        before, after = _spans(old, len(self._changes)), _spans(new, len(self._changes))
        if before == after:
            return
        self.version += 1
        for number, (was, now) in enumerate(zip(before, after, strict=True)):
            if was != now:
                self._count(number, was, -1)
                self._count(number, now, 1)

    def at(self, at_s: float) -> list[int]:
        """Return how many nodes are in each phase at ``at_s`` seconds from the origin."""
        place = max(0, int(at_s / self._width_s))
        return [sum(changes[: place + 1]) for changes in self._changes]

    def columns(self, count: int, total_s: float) -> list[list[float]]:
        """Return per phase the mean number of nodes in each of ``count`` equal parts of ``total_s`` seconds."""
        series = [list(accumulate(changes)) for changes in self._changes]
        edges = [min(int(number * total_s / count / self._width_s), BINS - 1) for number in range(count + 1)]
        spans = [(first, max(first + 1, last)) for first, last in pairwise(edges)]
        return [[sum(values[a:b]) / (b - a) for a, b in spans] for values in series]

    def _count(self, number: int, span: "_Span", sign: int) -> None:
        began_at, ended_at = span
        if began_at is None:
            return
        if self._origin is None:
            self._origin = began_at
        self._changes[number][self._bin(began_at)] += sign
        # Looked up anew: a moment beyond the last bin makes all bins wider, the one of the beginning too.
        if ended_at is not None:
            self._changes[number][self._bin(ended_at)] -= sign

    def _bin(self, moment: datetime) -> int:
        assert self._origin is not None
        at_s = (moment - self._origin).total_seconds()
        if at_s <= 0:
            return 0
        if at_s > self.last_s:
            self.last_s = at_s
        while at_s >= self._width_s * BINS:
            self._double()
        return int(at_s / self._width_s)

    def _double(self) -> None:
        self._width_s *= 2
        for changes in self._changes:
            changes[:] = [*_pairs(changes), *[0] * (BINS // 2)]


_Span = tuple[datetime | None, datetime | None]
_NOT_RUN: Final[_Span] = (None, None)


def _spans(node: NodeProgress | None, phases: int) -> list[_Span]:
    """Return from when to when each phase of a node ran: exactly so many, however many the node tells of."""
    told = [_span(phase) for phase in node.phases[:phases]] if node is not None else []
    return told + [_NOT_RUN] * (phases - len(told))


def _span(phase: PhaseProgress) -> _Span:
    if phase.started_at is None or phase.state in DID_NOT_RUN:
        return _NOT_RUN
    return (phase.started_at, phase.ended_at)


def _pairs(changes: Sequence[int]) -> list[int]:
    return [changes[place] + changes[place + 1] for place in range(0, BINS, 2)]
