"""What a maintenance window's members say: its schedule in words, and its moments."""

import re
from datetime import UTC, datetime

from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.schedule import Schedule
from patchgui.patching.schedules.wording import sentence
from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowResult, MaintenanceWindowIdentity

_ZONE_NAME = re.compile(r"\[[^\]]*\]$")


def in_words(window: MaintenanceWindowIdentity | GetMaintenanceWindowResult) -> str:
    """Return what a window's schedule says; the expression itself where it is none that we understand."""
    try:
        schedule = Schedule.of(
            window.schedule or "",
            since=datetime.now(UTC),
            zone_name=window.schedule_timezone,
            offset_days=window.schedule_offset,
        )
    except ScheduleInvalid:
        return window.schedule or ""
    return sentence(schedule)


def moment_of(text: str | None) -> datetime | None:
    """Return a moment that SSM tells as text, None where it is none; a zone's name may follow it in brackets."""
    try:
        moment = datetime.fromisoformat(_ZONE_NAME.sub("", text or ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
