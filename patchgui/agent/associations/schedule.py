"""When an association runs: at one moment, ``at(2026-11-27T03:00:00)``, in UTC."""

from datetime import UTC, datetime

from patchgui.agent.refusal import Refusal
from patchgui.patching.schedules.expression import At, parse
from patchgui.patching.schedules.invalid import ScheduleInvalid


def moment_of(expression: str) -> datetime:
    """Return the moment that an ``at`` expression names.

    Raises:
        Refusal: InvalidSchedule, also for ``cron`` and ``rate``: this agent runs an association once.
    """
    try:
        parsed = parse(expression)
    except ScheduleInvalid as error:
        raise Refusal("InvalidSchedule", f"{error}.") from error
    if not isinstance(parsed, At):
        raise Refusal(
            "InvalidSchedule",
            f"{expression} is no schedule of this agent: it runs an association once, as in at(2026-11-27T03:00:00).",
        )
    return parsed.local.replace(tzinfo=UTC)
