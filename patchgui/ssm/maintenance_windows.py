"""Calls on maintenance windows."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from patchgui.ssm.operations import OPERATIONS, OperationShape
from patchgui.ssm.shapes import maintenance_windows as s
from patchgui.ssm.shapes.base import Shape

_Result = TypeVar("_Result", bound=Shape)


class Call(Protocol):
    """Makes one call, as the client does it."""

    def __call__(self, operation: OperationShape, request: Shape, result: type[_Result]) -> Awaitable[_Result]:
        """Return the result."""


class MaintenanceWindows:
    """The part of the client that asks about maintenance windows and changes them; `SsmClient.windows`.

    Calls that change something carry a ``client_token`` where SSM takes one, and are not made again by themselves.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    async def create_maintenance_window(
        self, request: s.CreateMaintenanceWindowRequest
    ) -> s.CreateMaintenanceWindowResult:
        """Make a window."""
        return await self._call(OPERATIONS["CreateMaintenanceWindow"], request, s.CreateMaintenanceWindowResult)

    async def update_maintenance_window(
        self, request: s.UpdateMaintenanceWindowRequest
    ) -> s.UpdateMaintenanceWindowResult:
        """Change a window."""
        return await self._call(OPERATIONS["UpdateMaintenanceWindow"], request, s.UpdateMaintenanceWindowResult)

    async def delete_maintenance_window(
        self, request: s.DeleteMaintenanceWindowRequest
    ) -> s.DeleteMaintenanceWindowResult:
        """Take a window away, with its targets and tasks."""
        return await self._call(OPERATIONS["DeleteMaintenanceWindow"], request, s.DeleteMaintenanceWindowResult)

    async def get_maintenance_window(self, request: s.GetMaintenanceWindowRequest) -> s.GetMaintenanceWindowResult:
        """Return one window."""
        return await self._call(OPERATIONS["GetMaintenanceWindow"], request, s.GetMaintenanceWindowResult)

    async def describe_maintenance_windows(
        self, request: s.DescribeMaintenanceWindowsRequest
    ) -> s.DescribeMaintenanceWindowsResult:
        """Return one page of windows."""
        return await self._call(OPERATIONS["DescribeMaintenanceWindows"], request, s.DescribeMaintenanceWindowsResult)

    async def describe_maintenance_windows_for_target(
        self, request: s.DescribeMaintenanceWindowsForTargetRequest
    ) -> s.DescribeMaintenanceWindowsForTargetResult:
        """Return one page of the windows that have such targets."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowsForTarget"], request, s.DescribeMaintenanceWindowsForTargetResult
        )

    async def describe_maintenance_window_schedule(
        self, request: s.DescribeMaintenanceWindowScheduleRequest
    ) -> s.DescribeMaintenanceWindowScheduleResult:
        """Return one page of coming runs."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowSchedule"], request, s.DescribeMaintenanceWindowScheduleResult
        )

    async def register_target_with_maintenance_window(
        self, request: s.RegisterTargetWithMaintenanceWindowRequest
    ) -> s.RegisterTargetWithMaintenanceWindowResult:
        """Register targets with a window."""
        return await self._call(
            OPERATIONS["RegisterTargetWithMaintenanceWindow"], request, s.RegisterTargetWithMaintenanceWindowResult
        )

    async def update_maintenance_window_target(
        self, request: s.UpdateMaintenanceWindowTargetRequest
    ) -> s.UpdateMaintenanceWindowTargetResult:
        """Change registered targets."""
        return await self._call(
            OPERATIONS["UpdateMaintenanceWindowTarget"], request, s.UpdateMaintenanceWindowTargetResult
        )

    async def deregister_target_from_maintenance_window(
        self, request: s.DeregisterTargetFromMaintenanceWindowRequest
    ) -> s.DeregisterTargetFromMaintenanceWindowResult:
        """Take registered targets away."""
        return await self._call(
            OPERATIONS["DeregisterTargetFromMaintenanceWindow"], request, s.DeregisterTargetFromMaintenanceWindowResult
        )

    async def describe_maintenance_window_targets(
        self, request: s.DescribeMaintenanceWindowTargetsRequest
    ) -> s.DescribeMaintenanceWindowTargetsResult:
        """Return one page of registered targets."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowTargets"], request, s.DescribeMaintenanceWindowTargetsResult
        )

    async def register_task_with_maintenance_window(
        self, request: s.RegisterTaskWithMaintenanceWindowRequest
    ) -> s.RegisterTaskWithMaintenanceWindowResult:
        """Add a task to a window."""
        return await self._call(
            OPERATIONS["RegisterTaskWithMaintenanceWindow"], request, s.RegisterTaskWithMaintenanceWindowResult
        )

    async def update_maintenance_window_task(
        self, request: s.UpdateMaintenanceWindowTaskRequest
    ) -> s.UpdateMaintenanceWindowTaskResult:
        """Change a task."""
        return await self._call(OPERATIONS["UpdateMaintenanceWindowTask"], request, s.UpdateMaintenanceWindowTaskResult)

    async def deregister_task_from_maintenance_window(
        self, request: s.DeregisterTaskFromMaintenanceWindowRequest
    ) -> s.DeregisterTaskFromMaintenanceWindowResult:
        """Take a task out of a window."""
        return await self._call(
            OPERATIONS["DeregisterTaskFromMaintenanceWindow"], request, s.DeregisterTaskFromMaintenanceWindowResult
        )

    async def describe_maintenance_window_tasks(
        self, request: s.DescribeMaintenanceWindowTasksRequest
    ) -> s.DescribeMaintenanceWindowTasksResult:
        """Return one page of tasks."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowTasks"], request, s.DescribeMaintenanceWindowTasksResult
        )

    async def get_maintenance_window_task(
        self, request: s.GetMaintenanceWindowTaskRequest
    ) -> s.GetMaintenanceWindowTaskResult:
        """Return one task."""
        return await self._call(OPERATIONS["GetMaintenanceWindowTask"], request, s.GetMaintenanceWindowTaskResult)

    async def describe_maintenance_window_executions(
        self, request: s.DescribeMaintenanceWindowExecutionsRequest
    ) -> s.DescribeMaintenanceWindowExecutionsResult:
        """Return one page of executions."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowExecutions"], request, s.DescribeMaintenanceWindowExecutionsResult
        )

    async def describe_maintenance_window_execution_tasks(
        self, request: s.DescribeMaintenanceWindowExecutionTasksRequest
    ) -> s.DescribeMaintenanceWindowExecutionTasksResult:
        """Return one page of an execution's tasks."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowExecutionTasks"],
            request,
            s.DescribeMaintenanceWindowExecutionTasksResult,
        )

    async def describe_maintenance_window_execution_task_invocations(
        self, request: s.DescribeMaintenanceWindowExecutionTaskInvocationsRequest
    ) -> s.DescribeMaintenanceWindowExecutionTaskInvocationsResult:
        """Return one page of what a task has started."""
        return await self._call(
            OPERATIONS["DescribeMaintenanceWindowExecutionTaskInvocations"],
            request,
            s.DescribeMaintenanceWindowExecutionTaskInvocationsResult,
        )

    async def get_maintenance_window_execution(
        self, request: s.GetMaintenanceWindowExecutionRequest
    ) -> s.GetMaintenanceWindowExecutionResult:
        """Return one execution."""
        return await self._call(
            OPERATIONS["GetMaintenanceWindowExecution"], request, s.GetMaintenanceWindowExecutionResult
        )

    async def get_maintenance_window_execution_task(
        self, request: s.GetMaintenanceWindowExecutionTaskRequest
    ) -> s.GetMaintenanceWindowExecutionTaskResult:
        """Return one task of an execution."""
        return await self._call(
            OPERATIONS["GetMaintenanceWindowExecutionTask"], request, s.GetMaintenanceWindowExecutionTaskResult
        )

    async def get_maintenance_window_execution_task_invocation(
        self, request: s.GetMaintenanceWindowExecutionTaskInvocationRequest
    ) -> s.GetMaintenanceWindowExecutionTaskInvocationResult:
        """Return one thing that a task has started."""
        return await self._call(
            OPERATIONS["GetMaintenanceWindowExecutionTaskInvocation"],
            request,
            s.GetMaintenanceWindowExecutionTaskInvocationResult,
        )

    async def cancel_maintenance_window_execution(
        self, request: s.CancelMaintenanceWindowExecutionRequest
    ) -> s.CancelMaintenanceWindowExecutionResult:
        """Stop an execution."""
        return await self._call(
            OPERATIONS["CancelMaintenanceWindowExecution"], request, s.CancelMaintenanceWindowExecutionResult
        )
