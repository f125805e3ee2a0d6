"""Local times and moments, where clocks are put forward and back."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from patchgui.patching.schedules.invalid import ScheduleInvalid


def zone_of(name: str | None) -> tzinfo:
    """Return a zone of the IANA database by its name; UTC where none is given.

    Raises:
        ScheduleInvalid: there is none of that name.
    """
    if not name or name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleInvalid(
            f"“{name}” is no time zone. Use a name such as Europe/Berlin or America/Los_Angeles",
            field="ScheduleTimezone",
        ) from error


def moment_of(local: datetime, zone: tzinfo) -> datetime | None:
    """Return the moment (UTC) at which clocks in ``zone`` show ``local``: None for a time that they leave out.

    Of a time that they show twice it is the first. That is the rule that Amazon states for EventBridge Scheduler; of
    maintenance windows its guide says nothing.
    """
    try:
        moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        seen = moment.astimezone(zone)
    except OverflowError:
        return None
    return moment if seen.replace(tzinfo=None) == local else None


def local_of(moment: datetime, zone: tzinfo) -> datetime:
    """Return what clocks in ``zone`` show at a moment, naive."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def latest_local(moment: datetime, zone: tzinfo) -> datetime:
    """Return the latest time that clocks in ``zone`` had shown by a moment: more than now, after they were put back."""
    local = moment.astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    before, after = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return local.replace(tzinfo=None, fold=0) + (before - after)
