"""From moments to places: the scale of the timeline, and where its marks stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from patchgui.patching.wording import short_duration

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_LEAST_SPAN_S = 10.0
_ROOM = 1.04


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A run from ``start`` on, ``span_s`` seconds long."""

    start: datetime
    span_s: float

    @classmethod
    def of(cls, start: datetime, end: datetime) -> "TimeScale":
        """Return a scale that shows ``start`` to ``end`` with a little room after it."""
        return cls(start, max((end - start).total_seconds() * _ROOM, _LEAST_SPAN_S))

    def place(self, moment: datetime, width: float) -> float:
        """Return how far from the left a moment stands on ``width`` pixels."""
        share = (moment - self.start).total_seconds() / self.span_s
        return min(max(share, 0.0), 1.0) * width

    def marks(self, width: float, least_px: float) -> list[tuple[float, str]]:
        """Return place and words of the marks, at least ``least_px`` apart; the first is the clock, others count on."""
        step_s = self._step_s(width, least_px)
        marks = [(0.0, f"{self.start.astimezone():%H:%M:%S}")]
        for number in range(1, ceil(self.span_s / step_s)):
            at_s = number * step_s
            place = self.place(self.start + timedelta(seconds=at_s), width)
            if place + least_px <= width:
                marks.append((place, f"+{short_duration(at_s)}"))
        return marks

    def _step_s(self, width: float, least_px: float) -> int:
        for step_s in _STEPS_S:
            if step_s / self.span_s * width >= least_px:
                return step_s
        return _STEPS_S[-1] * ceil(self.span_s / _STEPS_S[-1] * least_px / max(width, 1.0))
