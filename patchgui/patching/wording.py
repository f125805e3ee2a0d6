"""Short words for people: durations and counts, the same in the window and in the terminal."""

from collections.abc import Sequence
from datetime import datetime


def short_duration(seconds: float) -> str:
    """Return a duration for a cell: ``<0.1 s``, ``0.3 s``, ``14 s``, ``2 min 05 s``, ``1 h 02 min``."""
    seconds = max(0.0, seconds)
    if seconds < 0.05:
        return "<0.1 s"
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


def span(seconds: float) -> str:
    """Return a duration for a sentence, without parts that are zero: ``60 s``, ``10 min``, ``1 h 30 min``."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes, rest_s = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest_s, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def between(started_at: datetime | None, ended_at: datetime | None) -> str:
    """Return the duration between two moments, or nothing when one of them is not known."""
    if started_at is None or ended_at is None:
        return ""
    return short_duration((ended_at - started_at).total_seconds())


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 node``, ``3 nodes``, ``1,200 patches``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str], at_most: int | None = None) -> str:
    """Return words as a sentence lists them: ``a``, ``a and b``, ``a, b and c``, ``a, b and 5 more``."""
    if at_most is not None and len(words) > at_most:
        return f"{', '.join(words[:at_most])} and {len(words) - at_most} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
