"""CreateMaintenanceWindow and the calls that find, change and delete windows and tell when they run."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.commands.targets import matcher
from patchgui.agent.context import Windowed
from patchgui.agent.refusal import Refusal
from patchgui.agent.windows.registry import no_such_window, schedule_of
from patchgui.agent.windows.repository import Part
from patchgui.agent.windows.views import local_iso, window_members
from patchgui.ssm.shapes import PatchOrchestratorFilter, Target
from patchgui.ssm.shapes.base import Shape
from patchgui.ssm.shapes.maintenance_windows import (
    CreateMaintenanceWindowRequest,
    CreateMaintenanceWindowResult,
    DeleteMaintenanceWindowResult,
    DescribeMaintenanceWindowScheduleRequest,
    DescribeMaintenanceWindowScheduleResult,
    DescribeMaintenanceWindowsForTargetRequest,
    DescribeMaintenanceWindowsForTargetResult,
    DescribeMaintenanceWindowsRequest,
    DescribeMaintenanceWindowsResult,
    GetMaintenanceWindowResult,
    MaintenanceWindowFilter,
    MaintenanceWindowIdentity,
    MaintenanceWindowIdentityForTarget,
    ScheduledWindowExecution,
    UpdateMaintenanceWindowRequest,
    UpdateMaintenanceWindowResult,
)

_WINDOW_ID = re.compile(r"^mw-[0-9a-f]{17}$")
RUNS_TOLD = 100
"""So many coming runs of each window are told of."""


class _NamedWindow(Shape):
    """A window by whatever is said to be its id: what can be none names a window that there is none of."""

    window_id: str


async def create(context: Windowed, request: CreateMaintenanceWindowRequest) -> CreateMaintenanceWindowResult:
    """Make a window."""
    return CreateMaintenanceWindowResult(window_id=context.windows.registry.create(request))


async def update(context: Windowed, request: UpdateMaintenanceWindowRequest) -> UpdateMaintenanceWindowResult:
    """Change a window."""
    return UpdateMaintenanceWindowResult.from_wire(window_members(context.windows.registry.update(request)))


async def delete(context: Windowed, request: _NamedWindow) -> DeleteMaintenanceWindowResult:
    """Take a window away."""
    if not _WINDOW_ID.match(request.window_id):
        raise no_such_window(request.window_id)
    context.windows.registry.delete(request.window_id)
    return DeleteMaintenanceWindowResult(window_id=request.window_id)


async def get(context: Windowed, request: _NamedWindow) -> GetMaintenanceWindowResult:
    """Return a window."""
    return GetMaintenanceWindowResult.from_wire(window_members(context.windows.registry.window(request.window_id)))


async def list_windows(
    context: Windowed, request: DescribeMaintenanceWindowsRequest
) -> DescribeMaintenanceWindowsResult:
    """Return a page of windows."""
    found = [window_members(row) for row in context.windows.registry.repository.all()]
    found = filtered(found, request.filters, {"Name": "Name", "Enabled": "Enabled"})
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowsResult(
        window_identities=tuple(map(MaintenanceWindowIdentity.from_wire, some)), next_token=token
    )


def filtered(
    found: list[dict[str, Any]], filters: Sequence[MaintenanceWindowFilter] | None, members: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return what fits all filters; ``members`` names the member that a key of a filter means.

    Raises:
        Refusal: ValidationException for a key that the call does not have.
    """
    for each in filters or ():
        member = members.get(each.key or "")
        if member is None:
            raise Refusal("ValidationException", f"{each.key} is no filter of this call: {', '.join(members)} are.")
        found = [one for one in found if _as_text(one.get(member, "")) in each.values]
    return found


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- runs ------------------------------------------------------------------------------------------------------------


async def list_runs(
    context: Windowed, request: DescribeMaintenanceWindowScheduleRequest
) -> DescribeMaintenanceWindowScheduleResult:
    """Return a page of coming runs, the next one first."""
    registry = context.windows.registry
    if request.window_id:
        rows = [registry.window(request.window_id)]
    else:
        rows = _windows_for(context, request.targets or ()) if request.targets else registry.repository.all()
    runs = sorted(
        (at, row["seq"], row)
        for row in rows
        if row["next_at"] is not None
        for at in schedule_of(json.loads(row["settings"]), row["scheduled_at"]).upcoming(
            context.windows.now(), RUNS_TOLD
        )
    )
    found = [(at, row) for at, _, row in runs if _is_within(at, request.filters)][:RUNS_TOLD]
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowScheduleResult(
        scheduled_window_executions=tuple(_run(at, row) for at, row in some), next_token=token
    )


def _run(at: datetime, row: Row) -> ScheduledWindowExecution:
    settings = json.loads(row["settings"])
    return ScheduledWindowExecution(
        window_id=row["window_id"], name=settings["Name"], execution_time=local_iso(settings, at.timestamp())
    )


def _is_within(at: datetime, filters: Sequence[PatchOrchestratorFilter] | None) -> bool:
    for each in filters or ():
        bounds = [parsed_moment(value) for value in each.values or ()]
        if each.key == "ScheduledBefore":
            fits = all(at < bound for bound in bounds)
        elif each.key == "ScheduledAfter":
            fits = all(at > bound for bound in bounds)
        else:
            raise Refusal("ValidationException", f"{each.key} is no filter: ScheduledBefore, ScheduledAfter are.")
        if not fits:
            return False
    return True


def parsed_moment(text: str) -> datetime:
    """Return a moment that a filter names, in ISO 8601.

    Raises:
        Refusal: ValidationException.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal("ValidationException", f"{text} is no moment: write it as in 2026-11-27T03:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# -- windows of a target ---------------------------------------------------------------------------------------------


async def list_for_target(
    context: Windowed, request: DescribeMaintenanceWindowsForTargetRequest
) -> DescribeMaintenanceWindowsForTargetResult:
    """Return a page of the windows that have such targets."""
    found = _windows_for(context, request.targets)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowsForTargetResult(
        window_identities=tuple(MaintenanceWindowIdentityForTarget.from_wire(window_members(row)) for row in some),
        next_token=token,
    )


def _windows_for(context: Windowed, targets: Sequence[Target]) -> list[Row]:
    repository = context.windows.registry.repository
    return [
        row
        for row in repository.all()
        if any(
            _has(context, json.loads(part["settings"])["Targets"], targets)
            for part in repository.parts(Part.TARGET, row["window_id"])
        )
    ]


def _has(context: Windowed, registered: Sequence[dict[str, Any]], asked: Sequence[Target]) -> bool:
    """Tell whether registered targets are those asked for, or have the nodes that are."""
    fits = matcher([Target.from_wire(each) for each in registered])
    for target in asked:
        if target.key == "InstanceIds":
            known = [each for each in target.values if each in context.windows.nodes]
            if any(fits(each, context.windows.nodes.tags_of(each)) for each in known):
                return True
        elif any(each["Key"] == target.key and set(each["Values"]) & set(target.values) for each in registered):
            return True
    return False


OPERATIONS: Mapping[str, Operation[Windowed]] = {
    "CreateMaintenanceWindow": Operation(CreateMaintenanceWindowRequest, create),
    "DeleteMaintenanceWindow": Operation(_NamedWindow, delete),
    "DescribeMaintenanceWindowSchedule": Operation(DescribeMaintenanceWindowScheduleRequest, list_runs),
    "DescribeMaintenanceWindows": Operation(DescribeMaintenanceWindowsRequest, list_windows),
    "DescribeMaintenanceWindowsForTarget": Operation(DescribeMaintenanceWindowsForTargetRequest, list_for_target),
    "GetMaintenanceWindow": Operation(_NamedWindow, get),
    "UpdateMaintenanceWindow": Operation(UpdateMaintenanceWindowRequest, update),
}
