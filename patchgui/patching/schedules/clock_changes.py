"""When the clocks of a time zone are put forward or back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClockChange:
    """At the moment ``at`` (UTC) clocks are put forward by ``by``, or back where that is negative."""

    at: datetime
    by: timedelta

    @property
    def words(self) -> str:
        """What happens: ``clocks go forward 1 h``."""
        minutes = round(abs(self.by).total_seconds() / 60)
        span = f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
        return f"clocks go {'forward' if self.by > timedelta() else 'back'} {span}"


def clock_changes(zone: tzinfo, start: datetime, end: datetime) -> list[ClockChange]:
    """Return the changes later than ``start`` and not later than ``end``, in order; days are looked at one by one."""
    found: list[ClockChange] = []
    day = start
    while day < end:
        following = min(day + _DAY, end)
        by = _offset(zone, following) - _offset(zone, day)
        if by:
            found.append(ClockChange(_moment_of_change(zone, day, following), by))
        day = following
    return found


def _moment_of_change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """Return the first second of the new offset, by halving: zones change at whole seconds."""
    old = _offset(zone, before)
    low, high = int(before.timestamp()), ceil(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
