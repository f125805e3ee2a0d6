"""Moments of windows in words: by the window's own clocks, and by mine."""

from datetime import UTC, datetime
from typing import NamedTuple

from PySide6.QtCore import QTimeZone


def my_zone_name() -> str:
    """Return the name of this machine's time zone, as in ``Europe/Berlin``."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    return name.removeprefix("Etc/") or "UTC"


def short(local: datetime, now: datetime) -> str:
    """Return a local time for a cell: ``Sun 29 Nov 02:00``, with the year where it is another one."""
    year = f" {local.year}" if local.year != now.year else ""
    seconds = f":{local:%S}" if local.second else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}{seconds}"


def exact(moment: datetime, zone_name: str) -> str:
    """Return a moment whole: ``Sunday, 29 November 2026, 02:00:00 UTC+01:00, Europe/Berlin``."""
    offset = offset_words(moment)
    where = zone_name if zone_name.startswith(offset) else f"{offset}, {zone_name}"
    return f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M:%S} {where}"


def offset_words(moment: datetime) -> str:
    """Return a moment's distance from UTC: ``UTC+01:00``, or ``UTC``."""
    digits = f"{moment:%z}"
    return f"UTC{digits[:3]}:{digits[3:5]}" if moment.utcoffset() else "UTC"


def until(moment: datetime, now: datetime) -> str:
    """Return how long it is to a moment: ``in 3 days``, ``in 5 h``, ``in 12 min``, ``now``."""
    seconds = (moment - now).total_seconds()
    if seconds < 60:
        return "now" if seconds < 1 else f"in {int(seconds)} s"
    for unit_s, limit_s, word in ((60, 3600, "min"), (3600, 48 * 3600, "h")):
        if seconds < limit_s:
            return f"in {int(seconds // unit_s)} {word}"
    return f"in {int(seconds // 86400)} days"


class Opening(NamedTuple):
    """A moment by the window's own clocks, by mine – empty where they show the same – and how long it is till then."""

    own: str
    mine: str
    until: str


def opening(moment: datetime, now: datetime) -> Opening:
    """Return a moment that bears the window's own offset in words."""
    mine = moment.astimezone()
    is_same = mine.utcoffset() == moment.utcoffset()
    return Opening(short(moment, now), "" if is_same else short(mine, now), until(moment, now))


def utc_now() -> datetime:
    """Return this moment; the one clock of the page."""
    return datetime.now(UTC)
