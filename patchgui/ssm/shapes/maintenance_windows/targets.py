"""The targets that are registered with a maintenance window."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import ABSENT_IF_EMPTY, KNOWN, Shape
from patchgui.ssm.shapes.commands import Target
from patchgui.ssm.shapes.maintenance_windows.limits import (
    ClientToken,
    MaintenanceWindowDescription,
    MaintenanceWindowId,
    MaintenanceWindowMaxResults,
    MaintenanceWindowName,
    MaintenanceWindowTargetId,
    OwnerInformation,
)
from patchgui.ssm.shapes.maintenance_windows.vocabularies import MaintenanceWindowResourceType
from patchgui.ssm.shapes.maintenance_windows.windows import MaintenanceWindowFilter


class RegisterTargetWithMaintenanceWindowRequest(Shape):
    """Register nodes with a window, by id or by tag, for its tasks to name."""

    window_id: MaintenanceWindowId
    resource_type: Annotated[MaintenanceWindowResourceType, KNOWN]
    targets: Annotated[tuple[Target, ...], Field(max_length=5)]
    owner_information: OwnerInformation | None = None
    name: MaintenanceWindowName | None = None
    description: MaintenanceWindowDescription | None = None
    client_token: ClientToken | None = None


class RegisterTargetWithMaintenanceWindowResult(Shape):
    """The targets are registered."""

    window_target_id: str | None = None


class UpdateMaintenanceWindowTargetRequest(Shape):
    """Change registered targets: what is named, or with ``replace`` all."""

    window_id: MaintenanceWindowId
    window_target_id: MaintenanceWindowTargetId
    targets: Annotated[tuple[Target, ...], Field(max_length=5)] | None = None
    owner_information: OwnerInformation | None = None
    name: MaintenanceWindowName | None = None
    description: MaintenanceWindowDescription | None = None
    replace: bool | None = None


class UpdateMaintenanceWindowTargetResult(Shape):
    """The targets as changed."""

    window_id: str | None = None
    window_target_id: str | None = None
    targets: tuple[Target, ...] = ()
    owner_information: str | None = None
    name: str | None = None
    description: str | None = None


class DeregisterTargetFromMaintenanceWindowRequest(Shape):
    """Take registered targets away; with ``safe`` only where no task names them."""

    window_id: MaintenanceWindowId
    window_target_id: MaintenanceWindowTargetId
    safe: bool | None = None


class DeregisterTargetFromMaintenanceWindowResult(Shape):
    """The targets are no longer registered."""

    window_id: str | None = None
    window_target_id: str | None = None


class DescribeMaintenanceWindowTargetsRequest(Shape):
    """Ask for the registered targets of a window, 10 to 100 on a page."""

    window_id: MaintenanceWindowId
    filters: Annotated[tuple[MaintenanceWindowFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowTarget(Shape):
    """Registered targets."""

    window_id: str | None = None
    window_target_id: str | None = None
    resource_type: Annotated[MaintenanceWindowResourceType | None, ABSENT_IF_EMPTY] = None
    targets: tuple[Target, ...] = ()
    owner_information: str | None = None
    name: str | None = None
    description: str | None = None


class DescribeMaintenanceWindowTargetsResult(Shape):
    """One page of registered targets."""

    targets: tuple[MaintenanceWindowTarget, ...] = ()
    next_token: str | None = None
