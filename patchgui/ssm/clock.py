"""How far this machine's clock is from the service's, and what sets it right."""

import re
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from patchgui.ssm.errors import ClockSkew, PatchError

_SERVICE_TIME = re.compile(r"\((\d{8}T\d{6}Z) [-+] ")
_COMMANDS = {
    "linux": "sudo timedatectl set-ntp true",
    "darwin": "sudo sntp -sS time.apple.com",
    "win32": "w32tm /resync",
}


def difference_to(date: str, now: datetime) -> timedelta | None:
    """Return how far ``now`` is ahead of the HTTP date of an answer; None when it has none that can be read."""
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def difference_in(words: str, now: datetime) -> timedelta | None:
    """Return how far ``now`` is ahead of the time that AWS names when it refuses a signature; None when it names none.

    ``Signature expired: A is now earlier than B (C - 5 min.)``: C is the service's time.
    """
    found = _SERVICE_TIME.search(words)
    if found is None:
        return None
    try:
        return now - datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def clock_skew(words: str, log_detail: str, difference: timedelta | None = None) -> ClockSkew:
    """Return the error for a signature that was refused for its time.

    Args:
        words: what the service said.
        log_detail: which call it was, for the log.
        difference: how far this machine's clock is ahead, as far as that is known.
    """
    if difference is None or abs(difference) < timedelta(minutes=1):
        # Not measured, or the request was under way for too long.
        how = f"This machine's clock and the service's differ by more than five minutes, so calls are refused: {words}"
    else:
        side = "ahead of" if difference > timedelta(0) else "behind"
        how = f"This machine's clock is {_spoken(abs(difference))} {side} the service's, so calls are refused."
    command = _COMMANDS.get(sys.platform, "")
    tail = f" with: {command}." if command else "."
    return ClockSkew(
        how,
        hint=f"Set this machine's clock{tail}",
        log_detail=f"{log_detail} {words}",
        command=command,
        said=words,
    )


def measured(error: PatchError, date: str, *, now: datetime | None = None) -> PatchError:
    """Return ``error``; where the clocks are what is wrong, with the difference that the answer shows.

    ``date`` is its HTTP date, which a proxy may have set; ``now`` is this machine's time, given by tests.
    """
    if not isinstance(error, ClockSkew):
        return error
    now = now or datetime.now(UTC)
    told = difference_in(error.said, now)
    return clock_skew(error.said, error.log_detail, told if told is not None else difference_to(date, now))


def _spoken(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24):,} days"
