"""The part of a run that the timeline shows: zoom and pan as arithmetic, without a pixel of Qt."""

from dataclasses import dataclass, replace
from typing import Final

LEAST_SPAN_S: Final = 0.5
_LEAST_TOTAL_S: Final = 10.0
_ROOM: Final = 1.03
_EDGE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """``span_s`` seconds from ``start_s`` on, counted from the start of a run that is ``total_s`` long.

    It never leaves the run, and is never shorter than half a second.
    """

    total_s: float
    start_s: float
    span_s: float

    @classmethod
    def of(cls, total_s: float) -> "TimeWindow":
        """Return a window on a whole run, with a little room after its end."""
        room_s = max(total_s * _ROOM, _LEAST_TOTAL_S)
        return cls(room_s, 0.0, room_s)

    @property
    def end_s(self) -> float:
        """Where the window ends."""
        return self.start_s + self.span_s

    @property
    def is_whole(self) -> bool:
        """Whether the whole run is on screen."""
        return self.span_s >= self.total_s * (1 - _EDGE)

    def whole(self) -> "TimeWindow":
        """Show everything."""
        return TimeWindow(self.total_s, 0.0, self.total_s)

    def zoomed(self, factor: float, at_s: float) -> "TimeWindow":
        """Show ``factor`` times more detail (below 1: less); the moment ``at_s`` keeps its place where it can."""
        span_s = min(max(self.span_s / factor, LEAST_SPAN_S), self.total_s)
        share = (at_s - self.start_s) / self.span_s
        return self.onto_span(at_s - share * span_s, span_s)

    def panned(self, by_s: float) -> "TimeWindow":
        """Show what is ``by_s`` seconds later, as far as the run goes."""
        return self.onto_span(self.start_s + by_s, self.span_s)

    def onto(self, first_s: float, last_s: float) -> "TimeWindow":
        """Show ``first_s`` to ``last_s``, in whichever order."""
        first_s, last_s = sorted((first_s, last_s))
        span_s = max(last_s - first_s, LEAST_SPAN_S)
        return self.onto_span((first_s + last_s - span_s) / 2, span_s)

    def grown(self, total_s: float) -> "TimeWindow":
        """Follow a run that goes on: a whole view stays whole, one at the end stays at the end."""
        room_s = TimeWindow.of(total_s).total_s
        if room_s == self.total_s:
            return self
        if self.is_whole:
            return TimeWindow(room_s, 0.0, room_s)
        at_end = self.end_s >= self.total_s * (1 - _EDGE)
        wanted_s = room_s if at_end else self.start_s
        return replace(self, total_s=room_s).onto_span(wanted_s, self.span_s)

    def place(self, at_s: float, width: float) -> float:
        """Return how far from the left a moment stands on ``width`` pixels; outside the window it is beyond them."""
        return (at_s - self.start_s) / self.span_s * width

    def moment(self, place: float, width: float) -> float:
        """Return the second that stands at ``place`` on ``width`` pixels."""
        return self.start_s + place / max(width, 1.0) * self.span_s

    def onto_span(self, start_s: float, span_s: float) -> "TimeWindow":
        """Show ``span_s`` seconds from ``start_s`` on, or as near to that as the run goes."""
        span_s = min(max(span_s, LEAST_SPAN_S), self.total_s)
        return TimeWindow(self.total_s, min(max(start_s, 0.0), self.total_s - span_s), span_s)
