"""Short words for people: durations and counts, the same in the window and in the terminal."""

from datetime import datetime


def short_duration(seconds: float) -> str:
    """Return a duration for a cell: ``0.3 s``, ``14 s``, ``2 min 05 s``, ``1 h 02 min``."""
    seconds = max(0.0, seconds)
    if seconds < 0.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest_s = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest_s:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def between(started_at: datetime | None, ended_at: datetime | None) -> str:
    """Return the duration between two moments, or nothing when one of them is not known."""
    if started_at is None or ended_at is None:
        return ""
    return short_duration((ended_at - started_at).total_seconds())


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 node``, ``3 nodes``, ``1,200 patches``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
