"""Moments as a person says them."""

from datetime import datetime


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago ``moment`` was: ``just now``, ``12 minutes ago``, ``3 days ago``; ``never`` for None."""
    if moment is None:
        return "never"
    seconds = max(0.0, (now - moment).total_seconds())
    if seconds < 60:
        return "just now"
    for unit_s, limit_s, word in ((60, 3600, "minute"), (3600, 86400, "hour"), (86400, float("inf"), "day")):
        if seconds < limit_s:
            count = int(seconds // unit_s)
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    raise AssertionError("the last unit has no limit")
