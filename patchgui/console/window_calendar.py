"""When windows run, worked out here from what the list of windows tells: no call is made for a calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from patchgui.console.window_words import moment_of
from patchgui.patching.schedules.expression import Rate
from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.schedule import Schedule
from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowIdentity

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when a schedule is set is not told; only an offset asks, in the days after it was set."""


def schedule_of(window: MaintenanceWindowIdentity) -> Schedule | None:
    """Return a window's schedule; None where it is none that we understand.

    A rate counts from a moment that is not told: from the run that the service says comes next.
    """
    told = moment_of(window.next_execution_time)
    try:
        schedule = Schedule.of(
            window.schedule or "",
            since=_LONG_AGO,
            zone_name=window.schedule_timezone,
            offset_days=window.schedule_offset,
            start_date=window.start_date,
            end_date=window.end_date,
        )
        if not isinstance(schedule.expression, Rate):
            return schedule
        if told is None:
            return None
        every = schedule.expression.every
        first = told - every * max(1, (told - _LONG_AGO) // every - 1)
        return Schedule(schedule.expression, schedule.zone, first - every, 0, None, schedule.end_at, schedule.zone_name)
    except ScheduleInvalid:
        return None


def coming_runs(window: MaintenanceWindowIdentity, until: datetime) -> Iterator[datetime]:
    """Yield the moments up to ``until`` at which a window opens: the next as the service tells it, and on from there.

    A window that is disabled, or whose schedule is over, opens no more.
    """
    first = moment_of(window.next_execution_time)
    if not window.enabled or first is None or first > until:
        return
    yield first.astimezone(UTC)
    schedule = schedule_of(window)
    if schedule is not None:
        yield from takewhile(lambda run: run <= until, schedule.runs_after(first))


def moments_before(window: MaintenanceWindowIdentity, now: datetime) -> Iterator[datetime]:
    """Yield the moments before ``now`` at which a window was to open, the latest first, as far back as two days."""
    schedule = schedule_of(window)
    moment = now
    while schedule is not None:
        run = schedule.previous_before(moment)
        if run is None or run < now - timedelta(days=2):
            return
        yield run
        moment = run
