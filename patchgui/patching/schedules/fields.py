"""The fields of a ``cron`` expression that hold plain numbers, and what they share with the two fields of days.

The values and marks are those of the user guide's reference of cron expressions; ranges may run over the end
(``FRI-MON``), as Quartz takes them, whose expressions these are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from patchgui.patching.schedules.invalid import ScheduleInvalid

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
"""In the order of their numbers, 1 to 7."""

_TERM = re.compile(r"^(?P<first>\*|[A-Z]+|\d+)(-(?P<last>[A-Z]+|\d+))?(/(?P<step>\d+))?$")


@dataclass(frozen=True)
class CronField:
    """One field: the name that the user guide gives it, its numbers, and the words that stand for some."""

    name: str
    low: int
    high: int
    words: Mapping[str, int] = field(default_factory=dict)
    marks: str = ", - * /"

    def values(self, text: str) -> frozenset[int]:
        """Return the numbers that ``text`` stands for, as in ``0/15`` or ``MON-FRI,SUN``.

        Raises:
            ScheduleInvalid: it is no value of this field.
        """
        return frozenset(number for term in text.split(",") for number in self._term(term))

    def number(self, text: str) -> int:
        """Return the number of one value.

        Raises:
            ScheduleInvalid: it is none of this field.
        """
        number = self.words.get(text, int(text) if text.isdecimal() else -1)
        if not self.low <= number <= self.high:
            raise self.invalid(text)
        return number

    def invalid(self, text: str) -> ScheduleInvalid:
        """Return the complaint about a value."""
        names = list(self.words)
        words = f" or {names[0]}-{names[-1]}" if names else ""
        return ScheduleInvalid(
            f"“{text}” is not allowed. Use {self.low}-{self.high}{words}, and {self.marks}", field=self.name
        )

    def _term(self, term: str) -> range | list[int]:
        match = _TERM.match(term)
        if match is None or (match["first"] == "*" and match["last"]):
            raise self.invalid(term)
        step = int(match["step"] or 1)
        if not 1 <= step <= self.high:
            raise ScheduleInvalid(f"“{term}” steps by {step}: use 1 to {self.high}", field=self.name)
        if match["first"] == "*":
            return range(self.low, self.high + 1, step)
        first = self.number(match["first"])
        alone = self.high if match["step"] else first
        last = self.number(match["last"]) if match["last"] else alone
        if first <= last:
            return range(first, last + 1, step)
        if self is YEAR:
            raise ScheduleInvalid(f"“{term}” ends before it begins", field=self.name)
        return [*range(first, self.high + 1), *range(self.low, last + 1)][::step]


SECONDS = CronField("Seconds", 0, 59)
MINUTES = CronField("Minutes", 0, 59)
HOURS = CronField("Hours", 0, 23)
DAY_OF_MONTH = CronField("Day-of-month", 1, 31, marks=", - * ? / L W")
MONTH = CronField("Month", 1, 12, {name: number for number, name in enumerate(MONTHS, 1)})
DAY_OF_WEEK = CronField("Day-of-week", 1, 7, {n: i for i, n in enumerate(WEEKDAYS, 1)}, marks=", - * ? / L #")
YEAR = CronField("Year", 1970, 2199)
