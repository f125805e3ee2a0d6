"""What somebody wants a maintenance window to be, before it is made or changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from patchgui.patching.schedules.expression import parse
from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.schedule import Schedule
from patchgui.patching.schedules.zone import zone_of
from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowResult

DESCRIPTION_MAX: Final = 128
OFFSET_DAYS_MAX: Final = 6
"""The service takes 1 to 6 days, or none."""
DURATION_H_MAX: Final = 24
CUTOFF_H_MAX: Final = 23
_NAME = re.compile(r"^[a-zA-Z0-9_\-.]{3,128}$")
_FIELD_OF = {
    "ScheduleTimezone": "zone",
    "ScheduleOffset": "offset_days",
    "StartDate": "start",
    "EndDate": "end",
}
_WORDS = {
    "name": "name",
    "description": "description",
    "schedule": "schedule",
    "schedule_timezone": "time zone",
    "schedule_offset": "offset",
    "duration": "duration",
    "cutoff": "cutoff",
    "start_date": "start date",
    "end_date": "end date",
    "allow_unassociated_targets": "whether unregistered targets are allowed",
    "enabled": "whether it is enabled",
}


@dataclass(frozen=True, slots=True)
class WindowDraft:
    """The settings of a window as a person types them; dates without an offset are by the window's own clocks."""

    name: str = ""
    description: str = ""
    schedule: str = "cron(0 2 ? * SUN *)"
    zone: str = "UTC"
    offset_days: int = 0
    duration_h: int = 3
    cutoff_h: int = 1
    start: str = ""
    end: str = ""
    allows_unassociated: bool = False
    is_enabled: bool = True

    @classmethod
    def of(cls, window: GetMaintenanceWindowResult) -> "WindowDraft":
        """Return the settings that a window has."""
        return cls(
            name=window.name or "",
            description=window.description or "",
            schedule=window.schedule or "",
            zone=window.schedule_timezone or "UTC",
            offset_days=window.schedule_offset or 0,
            duration_h=window.duration or 1,
            cutoff_h=window.cutoff or 0,
            start=window.start_date or "",
            end=window.end_date or "",
            allows_unassociated=bool(window.allow_unassociated_targets),
            is_enabled=bool(window.enabled),
        )

    def schedule_at(self, now: datetime) -> Schedule:
        """Return the schedule, as if it were set now.

        Raises:
            ScheduleInvalid: it is none; its field is a cron field's, or the API's name of a window's member.
        """
        return Schedule.of(
            self.schedule,
            since=now,
            zone_name=self.zone,
            offset_days=self.offset_days,
            start_date=_stamped(self.start, self.zone),
            end_date=_stamped(self.end, self.zone),
        )

    def problems(self, now: datetime) -> Mapping[str, str]:
        """Return what is wrong, by the name of the field."""
        found: dict[str, str] = {}
        if not _NAME.match(self.name):
            found["name"] = "Use 3 to 128 letters, digits, dots, dashes and underscores; no spaces."
        if len(self.description) > DESCRIPTION_MAX:
            found["description"] = f"At most {DESCRIPTION_MAX} characters; these are {len(self.description)}."
        if self.cutoff_h >= self.duration_h:
            found["cutoff_h"] = f"Must be less than the duration, {self.duration_h} h: else no task could start."
        try:
            schedule = self.schedule_at(now)
            if schedule.end_at is not None and schedule.end_at <= now:
                found["end"] = "This date is over: the window would never open."
        except ScheduleInvalid as error:
            found[_FIELD_OF.get(error.field, "schedule")] = _sentence(str(error), error.field)
        return found

    def members(self) -> dict[str, Any]:
        """Return the members of the API that hold these settings; None for what is not set."""
        return {
            "name": self.name,
            "description": self.description or None,
            "schedule": self.schedule.strip(),
            "schedule_timezone": self.zone or None,
            "schedule_offset": self.offset_days or None,
            "duration": self.duration_h,
            "cutoff": self.cutoff_h,
            "start_date": _stamped(self.start, self.zone) or None,
            "end_date": _stamped(self.end, self.zone) or None,
            "allow_unassociated_targets": self.allows_unassociated,
            "enabled": self.is_enabled,
        }

    def differences(self, other: "WindowDraft") -> tuple[str, ...]:
        """Return the words for the settings in which the two differ."""
        mine, others = self.members(), other.members()
        return tuple(words for name, words in _WORDS.items() if mine[name] != others[name])


def field_at_fault(draft: WindowDraft) -> str:
    """Return the cron field that is wrong, as the user guide calls it (``Day-of-month``); empty for none."""
    try:
        parse(draft.schedule)
    except ScheduleInvalid as error:
        return error.field
    return ""


def _stamped(text: str, zone_name: str) -> str:
    """Return a date with its offset, by the clocks of the window where none was typed; what is no date stays."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return text.strip() if moment.tzinfo else moment.replace(tzinfo=zone_of(zone_name)).isoformat()
    except (ValueError, ScheduleInvalid):
        return text.strip()


def _sentence(words: str, field: str) -> str:
    """Return the complaint without the API's name of the field, under which it stands already."""
    plain = words.removeprefix(f"{field}: ") if field in _FIELD_OF else words
    plain = plain.replace("StartDate", "the start")
    return f"{plain[:1].upper()}{plain[1:]}{'' if plain.endswith('.') else '.'}"
