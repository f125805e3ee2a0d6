"""What time it is; a test puts its own in place."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the moment, aware, in UTC."""
    return datetime.now(UTC)
