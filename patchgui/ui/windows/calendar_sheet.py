"""What the calendar shows: days and windows, and which of them meet. Days are those of this machine's clocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from patchgui.console.window_calendar import coming_runs, schedule_of
from patchgui.patching.schedules.clock_changes import clock_changes
from patchgui.ui.windows.moments import my_zone_name
from patchgui.ui.windows.rows import WindowRow

DAYS: Final = 28
_RUNS: Final = 3000
"""More runs of one window than that are not looked for: one that opens each minute has them in two days."""


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One window: its runs by day, by my clocks, and the days on which its own clocks are put forward or back."""

    window_id: str
    name: str
    zone: str
    runs: Mapping[date, tuple[datetime, ...]]
    changes: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class CalendarSheet:
    """``changes`` are the days on which my clocks are put forward or back, in words."""

    days: tuple[date, ...]
    lines: tuple[CalendarLine, ...]
    changes: Mapping[date, str]


def sheet_of(rows: Iterable[WindowRow], now: datetime) -> CalendarSheet:
    """Return the calendar of the next four weeks: the windows that open within them, the next one first."""
    first = now.astimezone().date()
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    until = now + timedelta(days=DAYS)
    lines = [line for row in rows if (line := _line(row, now, until, days)).runs]
    lines.sort(key=lambda line: (min(run for runs in line.runs.values() for run in runs), line.name))
    # Days have no zone: the change of my clocks is found where the offset of midnight changes.
    mine = {day: _my_change(day, my_zone_name()) for day in days if _offset(day) != _offset(day + timedelta(days=1))}
    return CalendarSheet(days, tuple(lines), mine)


def _line(row: WindowRow, now: datetime, until: datetime, days: tuple[date, ...]) -> CalendarLine:
    runs: dict[date, tuple[datetime, ...]] = {}
    for run in islice(coming_runs(row.window, until), _RUNS):
        day = run.astimezone().date()
        if day in days:
            runs[day] = (*runs.get(day, ()), run)
    schedule = schedule_of(row.window)
    changes = clock_changes(schedule.zone, now, until) if schedule is not None else []
    told = {change.at.astimezone().date(): f"{row.zone}: {change.words}" for change in changes}
    return CalendarLine(row.window_id, row.name, row.zone, runs, told)


def _offset(day: date) -> timedelta:
    return datetime(day.year, day.month, day.day).astimezone().utcoffset() or timedelta()


def _my_change(day: date, zone_name: str) -> str:
    by = _offset(day + timedelta(days=1)) - _offset(day)
    hours = abs(by).total_seconds() / 3600
    return f"{zone_name}: clocks go {'forward' if by > timedelta() else 'back'} {hours:g} h"
