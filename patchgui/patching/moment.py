"""A moment as a person types it, in local time: ``03:00``, ``2026-11-27 03:00``."""

import re
from datetime import datetime, timedelta

_HOUR = 3
"""When nothing is typed: the next three o'clock in the morning."""
_TYPED = re.compile(r"^(?:(?P<date>\d{4}-\d\d-\d\d)[ T])?(?P<hour>\d{1,2}):(?P<minute>\d\d)$")


def moment_of(text: str, now: datetime) -> datetime | None:
    """Return the moment that ``text`` names, in this machine's time zone; None when it names none, or one that is over.

    A time without a date is the next such time; nothing at all is the next three o'clock in the morning.
    """
    match = _TYPED.match(text.strip() or f"{_HOUR:02d}:00")
    if match is None:
        return None
    try:
        day = datetime.fromisoformat(match["date"]).date() if match["date"] else now.date()
        wall = datetime(day.year, day.month, day.day, int(match["hour"]), int(match["minute"]))  # noqa: DTZ001 - a wall clock's
    except ValueError:
        return None
    # By the wall clock, so that a change to or from summer time in between does not shift it.
    moment = wall.astimezone()
    if moment <= now and not match["date"]:
        moment = (wall + timedelta(days=1)).astimezone()
    return moment if moment > now else None


def reboot_words(option: str, put_off_to: datetime | None, now: datetime) -> str:
    """Return what a run does about reboots: ``reboot if needed``, ``no reboot``, ``reboot tomorrow 03:00``.

    A run whose reboot is put off is sent with NoReboot; its reboot is an association at ``put_off_to``.
    """
    if put_off_to is not None:
        return f"reboot {moment_words(put_off_to.astimezone(now.tzinfo), now)}"
    return {"RebootIfNeeded": "reboot if needed", "NoReboot": "no reboot"}.get(option, "")


def moment_words(moment: datetime, now: datetime) -> str:
    """Return a moment to come in words: ``today 23:30``, ``tomorrow 03:00``, ``Fri 27 Nov 03:00``."""
    days = (moment.date() - now.date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"{moment:%a} {moment.day} {moment:%b}")
    return f"{day} {moment:%H:%M}"
