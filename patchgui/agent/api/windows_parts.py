"""The calls on the targets and the tasks of a maintenance window."""

from collections.abc import Mapping

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.api.windows import filtered
from patchgui.agent.context import Windowed
from patchgui.agent.windows.repository import Part
from patchgui.agent.windows.views import part_members
from patchgui.ssm.shapes.maintenance_windows import (
    DeregisterTargetFromMaintenanceWindowRequest,
    DeregisterTargetFromMaintenanceWindowResult,
    DeregisterTaskFromMaintenanceWindowRequest,
    DeregisterTaskFromMaintenanceWindowResult,
    DescribeMaintenanceWindowTargetsRequest,
    DescribeMaintenanceWindowTargetsResult,
    DescribeMaintenanceWindowTasksRequest,
    DescribeMaintenanceWindowTasksResult,
    GetMaintenanceWindowTaskRequest,
    GetMaintenanceWindowTaskResult,
    MaintenanceWindowTarget,
    MaintenanceWindowTask,
    RegisterTargetWithMaintenanceWindowRequest,
    RegisterTargetWithMaintenanceWindowResult,
    RegisterTaskWithMaintenanceWindowRequest,
    RegisterTaskWithMaintenanceWindowResult,
    UpdateMaintenanceWindowTargetRequest,
    UpdateMaintenanceWindowTargetResult,
    UpdateMaintenanceWindowTaskRequest,
    UpdateMaintenanceWindowTaskResult,
)

_TARGET_ID, _TASK_ID = "WindowTargetId", "WindowTaskId"


async def register_target(
    context: Windowed, request: RegisterTargetWithMaintenanceWindowRequest
) -> RegisterTargetWithMaintenanceWindowResult:
    """Register targets with a window."""
    return RegisterTargetWithMaintenanceWindowResult(window_target_id=context.windows.registry.register_target(request))


async def update_target(
    context: Windowed, request: UpdateMaintenanceWindowTargetRequest
) -> UpdateMaintenanceWindowTargetResult:
    """Change registered targets."""
    row = context.windows.registry.update_target(request)
    return UpdateMaintenanceWindowTargetResult.from_wire(part_members(row, _TARGET_ID))


async def deregister_target(
    context: Windowed, request: DeregisterTargetFromMaintenanceWindowRequest
) -> DeregisterTargetFromMaintenanceWindowResult:
    """Take registered targets away."""
    context.windows.registry.deregister_target(request.window_id, request.window_target_id, safe=bool(request.safe))
    return DeregisterTargetFromMaintenanceWindowResult(
        window_id=request.window_id, window_target_id=request.window_target_id
    )


async def list_targets(
    context: Windowed, request: DescribeMaintenanceWindowTargetsRequest
) -> DescribeMaintenanceWindowTargetsResult:
    """Return a page of registered targets."""
    registry = context.windows.registry
    registry.window(request.window_id)
    found = [part_members(row, _TARGET_ID) for row in registry.repository.parts(Part.TARGET, request.window_id)]
    keys = {"Type": "ResourceType", _TARGET_ID: _TARGET_ID, "OwnerInformation": "OwnerInformation"}
    found = filtered(found, request.filters, keys)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowTargetsResult(
        targets=tuple(map(MaintenanceWindowTarget.from_wire, some)), next_token=token
    )


async def register_task(
    context: Windowed, request: RegisterTaskWithMaintenanceWindowRequest
) -> RegisterTaskWithMaintenanceWindowResult:
    """Add a task to a window."""
    return RegisterTaskWithMaintenanceWindowResult(window_task_id=context.windows.registry.register_task(request))


async def update_task(
    context: Windowed, request: UpdateMaintenanceWindowTaskRequest
) -> UpdateMaintenanceWindowTaskResult:
    """Change a task."""
    row = context.windows.registry.update_task(request)
    return UpdateMaintenanceWindowTaskResult.from_wire(part_members(row, _TASK_ID))


async def deregister_task(
    context: Windowed, request: DeregisterTaskFromMaintenanceWindowRequest
) -> DeregisterTaskFromMaintenanceWindowResult:
    """Take a task out of a window."""
    context.windows.registry.deregister_task(request.window_id, request.window_task_id)
    return DeregisterTaskFromMaintenanceWindowResult(window_id=request.window_id, window_task_id=request.window_task_id)


async def get_task(context: Windowed, request: GetMaintenanceWindowTaskRequest) -> GetMaintenanceWindowTaskResult:
    """Return a task whole."""
    row = context.windows.registry.part(Part.TASK, request.window_id, request.window_task_id)
    return GetMaintenanceWindowTaskResult.from_wire(part_members(row, _TASK_ID))


async def list_tasks(
    context: Windowed, request: DescribeMaintenanceWindowTasksRequest
) -> DescribeMaintenanceWindowTasksResult:
    """Return a page of tasks."""
    registry = context.windows.registry
    registry.window(request.window_id)
    found = [part_members(row, _TASK_ID) for row in registry.repository.parts(Part.TASK, request.window_id)]
    found = filtered(found, request.filters, {key: key for key in (_TASK_ID, "TaskArn", "Priority", "TaskType")})
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowTasksResult(
        tasks=tuple(MaintenanceWindowTask.from_wire({**each, "Type": each["TaskType"]}) for each in some),
        next_token=token,
    )


OPERATIONS: Mapping[str, Operation[Windowed]] = {
    "DeregisterTargetFromMaintenanceWindow": Operation(DeregisterTargetFromMaintenanceWindowRequest, deregister_target),
    "DeregisterTaskFromMaintenanceWindow": Operation(DeregisterTaskFromMaintenanceWindowRequest, deregister_task),
    "DescribeMaintenanceWindowTargets": Operation(DescribeMaintenanceWindowTargetsRequest, list_targets),
    "DescribeMaintenanceWindowTasks": Operation(DescribeMaintenanceWindowTasksRequest, list_tasks),
    "GetMaintenanceWindowTask": Operation(GetMaintenanceWindowTaskRequest, get_task),
    "RegisterTargetWithMaintenanceWindow": Operation(RegisterTargetWithMaintenanceWindowRequest, register_target),
    "RegisterTaskWithMaintenanceWindow": Operation(RegisterTaskWithMaintenanceWindowRequest, register_task),
    "UpdateMaintenanceWindowTarget": Operation(UpdateMaintenanceWindowTargetRequest, update_target),
    "UpdateMaintenanceWindowTask": Operation(UpdateMaintenanceWindowTaskRequest, update_task),
}
