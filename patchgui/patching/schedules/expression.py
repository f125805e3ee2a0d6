"""The three forms of a schedule expression."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from patchgui.patching.schedules.cron import Cron
from patchgui.patching.schedules.invalid import ScheduleInvalid

_FORM = re.compile(r"^(?P<form>cron|rate|at)\((?P<inside>.*)\)$")
_RATE = re.compile(r"^(?P<value>\d{1,6})\s+(?P<unit>minute|hour|day)(?P<plural>s?)$")
_AT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Rate:
    """``rate(7 days)``: again and again, so much time after the last. A day is 24 hours, whatever the clocks do."""

    every: timedelta
    value: int
    unit: str


@dataclass(frozen=True)
class At:
    """``at(2026-11-27T03:00:00)``: once, at a local time."""

    local: datetime


Expression = Cron | Rate | At


def parse(text: str) -> Expression:
    """Return the expression.

    Raises:
        ScheduleInvalid: it is none, with what is wrong.
    """
    match = _FORM.match(text.strip())
    if match is None:
        raise ScheduleInvalid(
            f"“{text}” is no schedule. Use cron(0 3 ? * SUN *), rate(7 days) or at(2026-11-27T03:00:00)"
        )
    inside = match["inside"].strip()
    match match["form"]:
        case "cron":
            return Cron.parse(inside)
        case "rate":
            return _rate(inside)
        case _:
            return _at(inside)


def _rate(text: str) -> Rate:
    match = _RATE.match(text)
    if match is None:
        raise ScheduleInvalid(f"“{text}” is no rate. Use minutes, hours or days, as in rate(30 minutes)", field="rate")
    value = int(match["value"])
    if value < 1:
        raise ScheduleInvalid("use 1 or more", field="rate")
    if (value == 1) == bool(match["plural"]):
        right = f"{value} {match['unit']}{'' if value == 1 else 's'}"
        raise ScheduleInvalid(f"write rate({right})", field="rate")
    return Rate(_UNITS[match["unit"]] * value, value, match["unit"])


def _at(text: str) -> At:
    if _AT.match(text) is None:
        raise ScheduleInvalid(f"“{text}” is no moment. Write it as in at(2026-11-27T03:00:00)", field="at")
    try:
        return At(datetime.fromisoformat(text))
    except ValueError as error:
        raise ScheduleInvalid(f"“{text}” is no moment: {error}", field="at") from error
