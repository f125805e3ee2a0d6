"""When an association runs: at one moment, ``at(2026-11-27T03:00:00)``, in UTC."""

import re
from datetime import UTC, datetime

from patchgui.agent.refusal import Refusal

_AT = re.compile(r"^at\((?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)Z?\)$")


def moment_of(expression: str) -> datetime:
    """Return the moment that an ``at`` expression names.

    Raises:
        Refusal: InvalidSchedule, also for ``cron`` and ``rate``: this agent runs an association once.
    """
    match = _AT.match(expression.strip())
    if match is None:
        raise Refusal(
            "InvalidSchedule",
            f"{expression} is no schedule of this agent: it runs an association once, as in at(2026-11-27T03:00:00).",
        )
    try:
        return datetime.fromisoformat(match["moment"]).replace(tzinfo=UTC)
    except ValueError as error:
        raise Refusal("InvalidSchedule", f"{expression} names no moment: {error}.") from error
