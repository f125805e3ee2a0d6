"""A schedule in plain words: “On the third Tuesday of each month at 23:30, Europe/Berlin”."""

from collections.abc import Iterable, Sequence

from patchgui.patching.schedules.cron import Cron
from patchgui.patching.schedules.days import DayRule, Days, Last, LastOf, LastWorkday, NearestWorkday, Nth, Weekdays
from patchgui.patching.schedules.expression import At, Rate
from patchgui.patching.schedules.fields import YEAR
from patchgui.patching.schedules.schedule import Schedule
from patchgui.patching.wording import listed

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_WORKDAYS = frozenset(range(2, 7))
_FEW = 6
"""So many times of a day are told one by one."""


def sentence(schedule: Schedule) -> str:
    """Return what a schedule says, without its start and end dates."""
    match schedule.expression:
        case At(local):
            return f"Once, on {local:%Y-%m-%d} at {local:%H:%M:%S}, {schedule.zone_name}"
        case Rate(_, value, unit):
            return f"Every {unit}" if value == 1 else f"Every {value} {unit}s"
        case cron:
            later = schedule.offset_days
            offset = f", {later} day{'s' if later > 1 else ''} later" if later else ""
            return f"{_cron(cron)}{offset}, {schedule.zone_name}"


def _cron(cron: Cron) -> str:
    days, times = _days(cron), _times(cron)
    if times.startswith("at "):
        whole = f"{days} {times}"
    elif days == "Every day":
        whole = times
    else:
        whole = f"{days}, {times}"
    years = "" if len(cron.years) > YEAR.high - YEAR.low else f", only in {listed([*map(str, sorted(cron.years))])}"
    return whole[:1].upper() + whole[1:] + years


# -- days ------------------------------------------------------------------------------------------------------------


def _days(cron: Cron) -> str:
    months = "" if len(cron.months) == len(_MONTHS) else listed([_MONTHS[number - 1] for number in sorted(cron.months)])
    if all(isinstance(rule, Weekdays) or _is_every(rule) for rule in cron.day_rules):
        numbers = sorted({number for rule in cron.day_rules for number in _weekdays(rule)})
        if len(numbers) == len(_DAYS):
            said = "Every day"
        elif frozenset(numbers) == _WORKDAYS:
            said = "Monday to Friday"
        else:
            said = f"Every {listed([_DAYS[number - 1] for number in numbers])}"
        return f"{said} in {months}" if months else said
    return f"On {listed([*map(_day, cron.day_rules)])} of {months or 'each month'}"


def _is_every(rule: DayRule) -> bool:
    return isinstance(rule, Days) and len(rule.numbers) == 31


def _weekdays(rule: DayRule) -> Iterable[int]:
    return rule.numbers if isinstance(rule, Weekdays) else range(1, 8)


def _day(rule: DayRule) -> str:
    match rule:
        case Days(numbers):
            return f"the {listed([_ordinal(number) for number in sorted(numbers)])}"
        case Last(back):
            return f"the last day but {back}" if back else "the last day"
        case NearestWorkday(number):
            return f"the working day nearest the {_ordinal(number)}"
        case LastWorkday():
            return "the last working day"
        case Nth(weekday, number):
            return f"the {_ORDINALS[number - 1]} {_DAYS[weekday - 1]}"
        case LastOf(weekday):
            return f"the last {_DAYS[weekday - 1]}"
        case Weekdays(numbers):
            return f"every {listed([_DAYS[number - 1] for number in sorted(numbers)])}"
        case _:
            raise AssertionError(rule)


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# -- times -----------------------------------------------------------------------------------------------------------


def _times(cron: Cron) -> str:
    hours, minutes, seconds = sorted(cron.hours), sorted(cron.minutes), sorted(cron.seconds)
    if len(hours) * len(minutes) * len(seconds) <= _FEW:
        end = "" if seconds == [0] else ":{:02d}"
        return "at " + listed([f"{h:02d}:{m:02d}" + end.format(s) for h in hours for m in minutes for s in seconds])
    if len(seconds) > 1:
        return ", ".join((_each(hours, 24, "hour"), _each(minutes, 60, "minute"), _each(seconds, 60, "second")))
    at_second = f", at second {seconds[0]}" if seconds != [0] else ""
    if len(minutes) == 1:
        return f"{_each(hours, 24, 'hour')}, at minute {minutes[0]}{at_second}"
    within = _within(hours)
    return f"{_each(minutes, 60, 'minute')}{at_second}{within}"


def _each(numbers: Sequence[int], whole: int, unit: str) -> str:
    """Return “every 15 minutes” for evenly spaced numbers, else the numbers."""
    step = numbers[1] - numbers[0] if len(numbers) > 1 else whole
    if len(numbers) > 1 and numbers == list(range(numbers[0], whole, step)) and numbers[0] < step:
        start = f" from {unit} {numbers[0]} on" if numbers[0] else ""
        return f"every {unit}{start}" if step == 1 else f"every {step} {unit}s{start}"
    return f"at {unit}s {listed([*map(str, numbers)])}" if len(numbers) > 1 else f"at {unit} {numbers[0]}"


def _within(hours: Sequence[int]) -> str:
    if len(hours) == 24:
        return ""
    if len(hours) == 1 or hours == list(range(hours[0], hours[-1] + 1)):
        return f" between {hours[0]:02d}:00 and {hours[-1]:02d}:59"
    return f" in the hours {listed([*map(str, hours)])}"
