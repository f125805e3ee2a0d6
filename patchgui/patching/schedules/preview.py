"""What a schedule will do, told run by run: also the times that clocks leave out, and those that they show twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from patchgui.patching.schedules.clock_changes import ClockChange, clock_changes
from patchgui.patching.schedules.cron import Cron
from patchgui.patching.schedules.schedule import Schedule
from patchgui.patching.schedules.zone import local_of, moment_of

_LOOKED_AT = 400
"""So many times of a cron expression are looked at for those that clocks leave out."""
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class PreviewedRun:
    """One time of a schedule.

    Attributes:
        local: what the window's own clocks show, naive.
        at: the moment (UTC); None where clocks leave that time out, so that nothing runs.
        is_doubled: clocks show that time twice; it runs the first time.
        change: the clocks are put forward or back between the time before this one and this one.
    """

    local: datetime
    at: datetime | None
    is_doubled: bool = False
    change: ClockChange | None = None


def next_runs(schedule: Schedule, after: datetime, count: int) -> list[PreviewedRun]:
    """Return the times later than ``after`` up to the run number ``count``, those left out among them."""
    runs = schedule.upcoming(after, count)
    last = local_of(runs[-1], schedule.zone) if len(runs) == count else None
    return _told(schedule, after, runs, _left_out(schedule, after, last))


def runs_around_change(schedule: Schedule, after: datetime) -> list[PreviewedRun]:
    """Return the times around the next change of clocks within a year: the last before it to the first after it.

    Empty where no change comes, or the schedule does not run on both sides of it.
    """
    changes = clock_changes(schedule.zone, after, after + _A_YEAR)
    if not changes:
        return []
    at = changes[0].at
    before, following = schedule.previous_before(at), schedule.next_after(at - timedelta(microseconds=1))
    if before is None or following is None or before <= after:
        return []
    start = before - timedelta(microseconds=1)
    left_out = _left_out(schedule, start, local_of(following, schedule.zone))
    return _told(schedule, start, [before, following], left_out)


def _told(schedule: Schedule, after: datetime, runs: list[datetime], left_out: list[datetime]) -> list[PreviewedRun]:
    zone = schedule.zone
    changes = clock_changes(zone, after, min(runs[-1], after + 10 * _A_YEAR)) if runs else []
    told: list[PreviewedRun] = []
    seen = after
    for run in runs:
        change = next((each for each in reversed(changes) if seen < each.at <= run), None)
        local = local_of(run, zone)
        told.append(PreviewedRun(local, run, _is_doubled(local, schedule), change))
        seen = run
    told += [PreviewedRun(local, None) for local in left_out]
    return sorted(told, key=lambda each: (each.local, each.at is not None))


def _left_out(schedule: Schedule, after: datetime, last: datetime | None) -> list[datetime]:
    """Return the local times after ``after`` that no clock of the zone shows, up to ``last``."""
    if not isinstance(schedule.expression, Cron):
        return []
    earliest = max(after, schedule.start_at) if schedule.start_at else after
    end = local_of(schedule.end_at, schedule.zone) if schedule.end_at else None
    offset = timedelta(days=schedule.offset_days)
    first = local_of(earliest, schedule.zone) - offset
    times = (local + offset for local in islice(schedule.expression.from_on(first), _LOOKED_AT))
    within = takewhile(lambda local: (last is None or local <= last) and (end is None or local <= end), times)
    return [local for local in within if moment_of(local, schedule.zone) is None]


def _is_doubled(local: datetime, schedule: Schedule) -> bool:
    offsets = {local.replace(tzinfo=schedule.zone, fold=fold).utcoffset() for fold in (0, 1)}
    return len(offsets) == 2
