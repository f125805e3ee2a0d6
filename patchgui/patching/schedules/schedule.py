"""When a maintenance window runs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from patchgui.patching.schedules.cron import Cron
from patchgui.patching.schedules.expression import At, Expression, parse
from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.zone import latest_local, local_of, moment_of, zone_of

_INSTANT = timedelta(microseconds=1)
_LATEST = datetime(2199, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """The runs of an expression. All moments are aware; those that it tells are in UTC.

    Attributes:
        since: when the schedule was set. A rate counts from there, or from ``start_at`` where that is later, which
            is its first run then; a cron day that was over by then is not made up for by ``offset_days``.
        offset_days: so many days after the day that ``cron`` names, at the same local time.
        start_at: the window is active from then on; with ``end_at``: until then.
    """

    expression: Expression
    zone: tzinfo
    since: datetime
    offset_days: int = 0
    start_at: datetime | None = None
    end_at: datetime | None = None
    zone_name: str = field(default="UTC", compare=False)

    @classmethod
    def of(
        cls,
        text: str,
        *,
        since: datetime,
        zone_name: str | None = None,
        offset_days: int | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> "Schedule":
        """Return the schedule of a window's members.

        Raises:
            ScheduleInvalid: one of them means nothing, or they contradict each other.
        """
        expression, zone = parse(text), zone_of(zone_name)
        if offset_days and not isinstance(expression, Cron):
            raise ScheduleInvalid("goes with cron only", field="ScheduleOffset")
        if isinstance(expression, At) and moment_of(expression.local, zone) is None:
            raise ScheduleInvalid(f"clocks in {zone_name} leave out {expression.local.isoformat()}", field="at")
        start_at, end_at = _date(start_date, "StartDate"), _date(end_date, "EndDate")
        if start_at and end_at and end_at <= start_at:
            raise ScheduleInvalid("must be later than StartDate", field="EndDate")
        return cls(expression, zone, since, offset_days or 0, start_at, end_at, zone_name or "UTC")

    def runs_after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the runs later than ``moment``, in order."""
        earliest = max(moment, self.start_at - _INSTANT) if self.start_at else moment
        for run in self._all_after(earliest):
            if self.end_at and run > self.end_at:
                return
            yield run

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first run later than ``moment``."""
        return next(self.runs_after(moment), None)

    def upcoming(self, moment: datetime, count: int) -> list[datetime]:
        """Return the next ``count`` runs after ``moment``, fewer where there are not so many."""
        return list(islice(self.runs_after(moment), count))

    def previous_before(self, moment: datetime) -> datetime | None:
        """Return the last run before ``moment``."""
        latest = min(moment, self.end_at + _INSTANT) if self.end_at else moment
        run = next(self._all_before(latest), None)
        return run if run and not (self.start_at and run < self.start_at) else None

    # -- whatever the dates of the window say ----------------------------------------------------------------------

    def _all_after(self, moment: datetime) -> Iterator[datetime]:
        match self.expression:
            case At(local):
                run = moment_of(local, self.zone)
                if run and run > moment:
                    yield run
            case Cron():
                yield from self._cron_after(moment)
            case rate:
                first = self._first_of_rate(rate.every)
                gone = max(0, (moment - first) // rate.every + 1)
                run = first + gone * rate.every
                while run < _LATEST:
                    yield run
                    run += rate.every

    def _all_before(self, moment: datetime) -> Iterator[datetime]:
        match self.expression:
            case At(local):
                run = moment_of(local, self.zone)
                if run and run < moment:
                    yield run
            case Cron():
                yield from self._cron_before(moment)
            case rate:
                first = self._first_of_rate(rate.every)
                run = first + ((moment - first - _INSTANT) // rate.every) * rate.every
                while run >= first:
                    yield run
                    run -= rate.every

    def _first_of_rate(self, every: timedelta) -> datetime:
        return self.start_at if self.start_at and self.start_at > self.since else self.since + every

    def _cron_after(self, moment: datetime) -> Iterator[datetime]:
        assert isinstance(self.expression, Cron)
        # The local time may be shown for the second time: what it stands for came and went.
        first = local_of(moment, self.zone) - self._offset
        for local in self.expression.from_on(max(first, self._first_day) if self.offset_days else first):
            run = moment_of(local + self._offset, self.zone)
            if run and run > moment and self._was_set_by(local):
                yield run

    def _cron_before(self, moment: datetime) -> Iterator[datetime]:
        assert isinstance(self.expression, Cron)
        for local in self.expression.back_from(latest_local(moment, self.zone) - self._offset):
            if self.offset_days and local < self._first_day:
                return
            run = moment_of(local + self._offset, self.zone)
            if run and run < moment and self._was_set_by(local):
                yield run

    @property
    def _offset(self) -> timedelta:
        return timedelta(days=self.offset_days)

    @property
    def _first_day(self) -> datetime:
        return local_of(self.since, self.zone)

    def _was_set_by(self, local: datetime) -> bool:
        """Whether the schedule was set by the time that ``cron`` names: else the guide has it run a period later."""
        return not self.offset_days or local.replace(tzinfo=self.zone).astimezone(UTC) >= self.since


def _date(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ScheduleInvalid(f"“{text}” is no date. Write it as in 2026-11-27T03:00:00+01:00", field=name) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
