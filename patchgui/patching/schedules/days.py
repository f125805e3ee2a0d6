"""On which days of a month a ``cron`` expression runs: the fields Day-of-month and Day-of-week."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from patchgui.patching.schedules.fields import DAY_OF_MONTH, DAY_OF_WEEK

SATURDAY = 7

_NEAREST = re.compile(r"^(\d+)W$")
_BEFORE_LAST = re.compile(r"^L-(\d+)$")
_NTH = re.compile(r"^([A-Z]+|\d+)#(.*)$")
_LAST_WEEKDAY_OF = re.compile(r"^([A-Z]+|\d+)L$")


class DayRule(Protocol):
    """Chooses days of a month."""

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the days, none where that month has no such day."""


def weekday(year: int, month: int, day: int) -> int:
    """Return the weekday's number, 1 for Sunday to 7 for Saturday."""
    return date(year, month, day).isoweekday() % 7 + 1


def length(year: int, month: int) -> int:
    """Return how many days a month has."""
    return monthrange(year, month)[1]


@dataclass(frozen=True)
class Days:
    """Days by their number."""

    numbers: frozenset[int]

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return those of the numbers that the month has."""
        last = length(year, month)
        return frozenset(number for number in self.numbers if number <= last)


@dataclass(frozen=True)
class Last:
    """``L`` and ``L-n``: the last day of the month, or ``back`` days before it."""

    back: int = 0

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the day."""
        day = length(year, month) - self.back
        return frozenset({day} if day >= 1 else ())


@dataclass(frozen=True)
class NearestWorkday:
    """``15W``: the day of Monday to Friday that is nearest to a day, within its month."""

    number: int

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the day."""
        return frozenset({_nearest(year, month, self.number)} if self.number <= length(year, month) else ())


@dataclass(frozen=True)
class LastWorkday:
    """``LW``: the last day of the month that is one of Monday to Friday."""

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the day."""
        return frozenset({_nearest(year, month, length(year, month))})


@dataclass(frozen=True)
class Weekdays:
    """Every day of the month with one of these weekdays."""

    numbers: frozenset[int]

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the days."""
        first = weekday(year, month, 1)
        return frozenset(day for day in range(1, length(year, month) + 1) if (first + day - 2) % 7 + 1 in self.numbers)


@dataclass(frozen=True)
class Nth:
    """``THU#3``: the third Thursday of the month."""

    weekday: int
    number: int

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the day, none where the month has fewer."""
        day = (self.weekday - weekday(year, month, 1)) % 7 + 1 + 7 * (self.number - 1)
        return frozenset({day} if day <= length(year, month) else ())


@dataclass(frozen=True)
class LastOf:
    """``6L``: the last Friday of the month."""

    weekday: int

    def days(self, year: int, month: int) -> frozenset[int]:
        """Return the day."""
        last = length(year, month)
        return frozenset({last - (weekday(year, month, last) - self.weekday) % 7})


def _nearest(year: int, month: int, day: int) -> int:
    match weekday(year, month, day):
        case 7:  # Saturday: the Friday before, unless that is in the month before
            return day - 1 if day > 1 else day + 2
        case 1:  # Sunday: the Monday after, unless that is in the month after
            return day + 1 if day < length(year, month) else day - 2
        case _:
            return day


def days_of_month(text: str) -> tuple[DayRule, ...]:
    """Return the rules of a Day-of-month field, of which any chooses a day.

    Raises:
        ScheduleInvalid: a value that the field does not have.
    """
    return tuple(_day_of_month(term) for term in text.split(","))


def _day_of_month(term: str) -> DayRule:
    if term == "L":
        return Last()
    if term == "LW":
        return LastWorkday()
    if match := _NEAREST.match(term):
        return NearestWorkday(DAY_OF_MONTH.number(match[1]))
    if match := _BEFORE_LAST.match(term):
        back = int(match[1])
        if not 1 <= back < DAY_OF_MONTH.high:
            raise DAY_OF_MONTH.invalid(term)
        return Last(back)
    return Days(DAY_OF_MONTH.values(term))


def days_of_week(text: str) -> tuple[DayRule, ...]:
    """Return the rules of a Day-of-week field, of which any chooses a day.

    Raises:
        ScheduleInvalid: a value that the field does not have.
    """
    return tuple(_day_of_week(term) for term in text.split(","))


def _day_of_week(term: str) -> DayRule:
    if term == "L":
        # The last day of the week, as the guide says it.
        return Weekdays(frozenset({SATURDAY}))
    if match := _NTH.match(term):
        if match[2] not in {"1", "2", "3", "4", "5"}:
            raise DAY_OF_WEEK.invalid(term)
        return Nth(DAY_OF_WEEK.number(match[1]), int(match[2]))
    match = _LAST_WEEKDAY_OF.match(term)
    if match and term not in DAY_OF_WEEK.words:
        return LastOf(DAY_OF_WEEK.number(match[1]))
    return Weekdays(DAY_OF_WEEK.values(term))
