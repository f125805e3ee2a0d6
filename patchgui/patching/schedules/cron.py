"""A ``cron`` expression: which local times it stands for. It knows no time zone; `Schedule` does.

No library that could be had knows this dialect whole (docs/architecture.md, “Choices that are not obvious”).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from patchgui.patching.schedules import fields
from patchgui.patching.schedules.days import DayRule, days_of_month, days_of_week
from patchgui.patching.schedules.invalid import ScheduleInvalid

_NAMES = ("Minutes", "Hours", "Day-of-month", "Month", "Day-of-week", "Year")
_A_LEAP_CYCLE = range(2000, 2028)
"""Every kind of month there is: 28 years hold each weekday on each date."""


def named_fields(expression: str) -> tuple[tuple[str, str], ...]:
    """Return the fields of a ``cron(…)`` as they are written, each after its name; none where their number is wrong."""
    text = expression.strip()
    if not text.startswith("cron("):
        return ()
    parts = text.removeprefix("cron(").removesuffix(")").split()
    names = ("Seconds", *_NAMES) if len(parts) == 7 else _NAMES
    return tuple(zip(names, parts, strict=True)) if len(parts) == len(names) else ()


@dataclass(frozen=True)
class Cron:
    """Local times by their parts. ``texts`` are the seven fields as they were written, Seconds first."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    day_rules: tuple[DayRule, ...]
    months: frozenset[int]
    years: frozenset[int]
    texts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """Return what stands between the brackets of ``cron(…)``: six fields, or seven with the seconds first.

        Raises:
            ScheduleInvalid: with the field that is wrong, and what it may hold.
        """
        parts = text.upper().split()
        if len(parts) not in {6, 7}:
            raise ScheduleInvalid(
                f"cron has {len(parts)} fields; give six ({' '.join(_NAMES)}), or seven with Seconds first"
            )
        second, minute, hour, day, month, week_day, year = parts if len(parts) == 7 else ["0", *parts]
        if (day == "?") == (week_day == "?"):
            raise ScheduleInvalid(
                "one of Day-of-month and Day-of-week must be ?, the other one says the day",
                field="Day-of-week" if day != "?" else "Day-of-month",
            )
        cron = cls(
            seconds=fields.SECONDS.values(second),
            minutes=fields.MINUTES.values(minute),
            hours=fields.HOURS.values(hour),
            day_rules=days_of_week(week_day) if day == "?" else days_of_month(day),
            months=fields.MONTH.values(month),
            years=fields.YEAR.values(year),
            texts=(second, minute, hour, day, month, week_day, year),
        )
        if not any(cron.days(each, number) for each in _A_LEAP_CYCLE for number in cron.months):
            raise ScheduleInvalid(f"there is no day {day} in month {month}", field="Day-of-month")
        return cron

    def days(self, year: int, month: int) -> list[int]:
        """Return the days of a month on which it runs, whatever the year and month fields say."""
        return sorted({day for rule in self.day_rules for day in rule.days(year, month)})

    @cached_property
    def _times(self) -> list[time]:
        return [
            time(hour, minute, second)
            for hour in sorted(self.hours)
            for minute in sorted(self.minutes)
            for second in sorted(self.seconds)
        ]

    def from_on(self, local: datetime) -> Iterator[datetime]:
        """Yield its local times from ``local`` (naive, that one included) on, to the end of 2199."""
        for day in self._dates_from(local.date()):
            first = bisect_left(self._times, local.time()) if day == local.date() else 0
            for at in self._times[first:]:
                yield datetime.combine(day, at)

    def back_from(self, local: datetime) -> Iterator[datetime]:
        """Yield its local times from ``local`` (naive, that one included) back, to the beginning of 1970."""
        for day in self._dates_back(local.date()):
            end = bisect_right(self._times, local.time()) if day == local.date() else len(self._times)
            for at in reversed(self._times[:end]):
                yield datetime.combine(day, at)

    def _dates_from(self, first: date) -> Iterator[date]:
        for year in sorted(year for year in self.years if year >= first.year):
            for month in sorted(self.months):
                if (year, month) >= (first.year, first.month):
                    days = (date(year, month, day) for day in self.days(year, month))
                    yield from (day for day in days if day >= first)

    def _dates_back(self, last: date) -> Iterator[date]:
        for year in sorted((year for year in self.years if year <= last.year), reverse=True):
            for month in sorted(self.months, reverse=True):
                if (year, month) <= (last.year, last.month):
                    days = (date(year, month, day) for day in reversed(self.days(year, month)))
                    yield from (day for day in days if day <= last)
