"""Maintenance windows: when patching may happen. Their dates are text in ISO 8601, as whoever made them wrote it."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Moment, Shape
from patchgui.ssm.shapes.commands import Target
from patchgui.ssm.shapes.maintenance_windows.limits import (
    ClientToken,
    MaintenanceWindowCutoff,
    MaintenanceWindowDescription,
    MaintenanceWindowDurationHours,
    MaintenanceWindowFilterKey,
    MaintenanceWindowFilterValue,
    MaintenanceWindowId,
    MaintenanceWindowMaxResults,
    MaintenanceWindowName,
    MaintenanceWindowOffset,
    MaintenanceWindowSchedule,
    MaintenanceWindowSearchMaxResults,
)
from patchgui.ssm.shapes.maintenance_windows.vocabularies import MaintenanceWindowResourceType
from patchgui.ssm.shapes.patches import PatchOrchestratorFilter
from patchgui.ssm.shapes.tags import Tag


class CreateMaintenanceWindowRequest(Shape):
    """Make a window; it is enabled. The same ``client_token`` again makes no second one."""

    name: MaintenanceWindowName
    schedule: MaintenanceWindowSchedule
    duration: MaintenanceWindowDurationHours
    cutoff: MaintenanceWindowCutoff
    allow_unassociated_targets: bool
    description: MaintenanceWindowDescription | None = None
    start_date: str | None = None
    end_date: str | None = None
    schedule_timezone: str | None = None
    schedule_offset: MaintenanceWindowOffset | None = None
    client_token: ClientToken | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=1000)] | None = None


class CreateMaintenanceWindowResult(Shape):
    """The window is there."""

    window_id: str | None = None


class UpdateMaintenanceWindowRequest(Shape):
    """Change a window: what is named, or with ``replace`` all of it, so that what is not named is taken away."""

    window_id: MaintenanceWindowId
    name: MaintenanceWindowName | None = None
    description: MaintenanceWindowDescription | None = None
    start_date: str | None = None
    end_date: str | None = None
    schedule: MaintenanceWindowSchedule | None = None
    schedule_timezone: str | None = None
    schedule_offset: MaintenanceWindowOffset | None = None
    duration: MaintenanceWindowDurationHours | None = None
    cutoff: MaintenanceWindowCutoff | None = None
    allow_unassociated_targets: bool | None = None
    enabled: bool | None = None
    replace: bool | None = None


class UpdateMaintenanceWindowResult(Shape):
    """The window as changed."""

    window_id: str | None = None
    name: str | None = None
    description: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    schedule: str | None = None
    schedule_timezone: str | None = None
    schedule_offset: int | None = None
    duration: int | None = None
    cutoff: int | None = None
    allow_unassociated_targets: bool | None = None
    enabled: bool | None = None


class DeleteMaintenanceWindowRequest(Shape):
    """Take a window away, with its targets and tasks."""

    window_id: MaintenanceWindowId


class DeleteMaintenanceWindowResult(Shape):
    """The window is gone, or was never there."""

    window_id: str | None = None


class GetMaintenanceWindowRequest(Shape):
    """Ask for one window."""

    window_id: MaintenanceWindowId


class GetMaintenanceWindowResult(Shape):
    """One window whole."""

    window_id: str | None = None
    name: str | None = None
    description: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    schedule: str | None = None
    schedule_timezone: str | None = None
    schedule_offset: int | None = None
    next_execution_time: str | None = None
    duration: int | None = None
    cutoff: int | None = None
    allow_unassociated_targets: bool | None = None
    enabled: bool | None = None
    created_date: Moment | None = None
    modified_date: Moment | None = None


class MaintenanceWindowFilter(Shape):
    """One condition; all of a request must hold."""

    key: MaintenanceWindowFilterKey | None = None
    values: tuple[MaintenanceWindowFilterValue, ...] = ()


class DescribeMaintenanceWindowsRequest(Shape):
    """Ask for windows, 10 to 100 on a page; filters are ``Name`` and ``Enabled``."""

    filters: Annotated[tuple[MaintenanceWindowFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowIdentity(Shape):
    """A window as a list shows it."""

    window_id: str | None = None
    name: str | None = None
    description: str | None = None
    enabled: bool | None = None
    duration: int | None = None
    cutoff: int | None = None
    schedule: str | None = None
    schedule_timezone: str | None = None
    schedule_offset: int | None = None
    end_date: str | None = None
    start_date: str | None = None
    next_execution_time: str | None = None


class DescribeMaintenanceWindowsResult(Shape):
    """One page of windows."""

    window_identities: tuple[MaintenanceWindowIdentity, ...] = ()
    next_token: str | None = None


class DescribeMaintenanceWindowsForTargetRequest(Shape):
    """Ask which windows have such targets."""

    targets: Annotated[tuple[Target, ...], Field(max_length=5)]
    resource_type: Annotated[MaintenanceWindowResourceType, KNOWN]
    max_results: MaintenanceWindowSearchMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowIdentityForTarget(Shape):
    """A window by its id and name."""

    window_id: str | None = None
    name: str | None = None


class DescribeMaintenanceWindowsForTargetResult(Shape):
    """One page of windows, by name."""

    window_identities: tuple[MaintenanceWindowIdentityForTarget, ...] = ()
    next_token: str | None = None


class DescribeMaintenanceWindowScheduleRequest(Shape):
    """Ask when windows will run: one, or those for a target."""

    window_id: MaintenanceWindowId | None = None
    targets: Annotated[tuple[Target, ...], Field(max_length=5)] | None = None
    resource_type: Annotated[MaintenanceWindowResourceType, KNOWN] | None = None
    filters: Annotated[tuple[PatchOrchestratorFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowSearchMaxResults | None = None
    next_token: str | None = None


class ScheduledWindowExecution(Shape):
    """A run that is to come."""

    window_id: str | None = None
    name: str | None = None
    execution_time: str | None = None


class DescribeMaintenanceWindowScheduleResult(Shape):
    """One page of coming runs, the next one first."""

    scheduled_window_executions: tuple[ScheduledWindowExecution, ...] = ()
    next_token: str | None = None
