"""What the calendar shows: days and windows, and which of them meet. Days are those of this machine's clocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from patchgui.console.window_calendar import coming_runs, schedule_of
from patchgui.patching.schedules.clock_changes import clock_changes
from patchgui.patching.schedules.schedule import Schedule
from patchgui.ui.windows.moments import my_zone_name
from patchgui.ui.windows.rows import WindowRow

DAYS: Final = 28
MANY: Final = 25
"""Of a day with so many runs or more they are not counted: a window may open each minute."""
_RUNS: Final = DAYS * MANY


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


def days_from(now: datetime) -> tuple[date, ...]:
    """Return the days of a calendar, today first."""
    first = now.astimezone().date()
    return tuple(first + timedelta(days=number) for number in range(DAYS))


def line_of(row: WindowRow, now: datetime) -> CalendarLine:
    """Return what a window does in the next four weeks. It takes about a millisecond."""
    days, until = days_from(now), now + timedelta(days=DAYS)
    found = list(islice(coming_runs(row.window, until), _RUNS))
    runs: dict[date, tuple[datetime, ...]] = {}
    for run in found:
        day = run.astimezone().date()
        if day in days:
            runs[day] = (*runs.get(day, ()), run)[:MANY]
    schedule = schedule_of(row.window)
    if schedule is not None and len(found) == _RUNS:
        runs |= _of_days(schedule, [day for day in days if day >= found[-1].astimezone().date()])
    changes = clock_changes(schedule.zone, now, until) if schedule is not None else []
    told = {change.at.astimezone().date(): f"{row.zone}: {change.words}" for change in changes}
    return CalendarLine(row.window_id, row.name, row.zone, runs, told)


def sheet_of(lines: Iterable[CalendarLine], now: datetime) -> CalendarSheet:
    """Return the calendar of these windows, as far as they open within it, the next one first."""
    days = days_from(now)
    shown = [line for line in lines if line.runs]
    shown.sort(key=lambda line: (min(run for runs in line.runs.values() for run in runs), line.name))
    # Days have no zone: the change of my clocks is found where the offset of midnight changes.
    mine = {day: _my_change(day, my_zone_name()) for day in days if _offset(day) != _offset(day + timedelta(days=1))}
    return CalendarSheet(days, tuple(shown), mine)


def _of_days(schedule: Schedule, days: Iterable[date]) -> dict[date, tuple[datetime, ...]]:
    """Return the first runs of days, each looked at by itself."""
    first = {day: datetime(day.year, day.month, day.day).astimezone() for day in days}
    told = {
        day: tuple(islice(schedule.runs_after(start - timedelta(microseconds=1)), MANY)) for day, start in first.items()
    }
    within = {day: tuple(run for run in runs if run.astimezone().date() == day) for day, runs in told.items()}
    return {day: runs for day, runs in within.items() if runs}


def _offset(day: date) -> timedelta:
    return datetime(day.year, day.month, day.day).astimezone().utcoffset() or timedelta()


def _my_change(day: date, zone_name: str) -> str:
    by = _offset(day + timedelta(days=1)) - _offset(day)
    hours = abs(by).total_seconds() / 3600
    return f"{zone_name}: clocks go {'forward' if by > timedelta() else 'back'} {hours:g} h"
