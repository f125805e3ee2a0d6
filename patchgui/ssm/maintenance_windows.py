"""Calls on maintenance windows."""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypeVar

from patchgui.ssm.operations import OPERATIONS, OperationShape
from patchgui.ssm.shapes import maintenance_windows as s
from patchgui.ssm.shapes.base import Shape
from patchgui.ssm.validation import checked

_Result = TypeVar("_Result", bound=Shape)


class Call(Protocol):
    """Makes one call, as the client does it."""

    def __call__(self, operation: OperationShape, request: Shape, result: type[_Result]) -> Awaitable[_Result]:
        """Return the result."""


class Exchange(Protocol):
    """Makes one call with members as they stand on the wire, known to this release or not."""

    def __call__(self, operation: OperationShape, members: Mapping[str, Any]) -> Awaitable[dict[str, Any]]:
        """Return the members of the answer."""


class MaintenanceWindows:
    """The part of the client that asks about maintenance windows and changes them; `SsmClient.windows`.

    Calls that change something carry a ``client_token`` where SSM takes one, and are not made again by themselves.
    """

    def __init__(self, call: Call, exchange: Exchange) -> None:
        self._call = call
        self._exchange = exchange

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

    async def task_members(self, window_id: str, window_task_id: str) -> dict[str, Any]:
        """Return a task with every member that the service sends, also those that this release does not know.

        Raises:
            InvalidInput: one of the ids is none.
        """
        with checked():
            request = s.GetMaintenanceWindowTaskRequest(window_id=window_id, window_task_id=window_task_id)
        return await self._exchange(OPERATIONS["GetMaintenanceWindowTask"], request.to_wire())

    async def update_task_members(self, members: Mapping[str, Any]) -> None:
        """Change a task by members that may be unknown to this release: they are sent as they are.

        Raises:
            InvalidInput: a known member is outside SSM's limits; nothing was sent.
        """
        with checked():
            s.UpdateMaintenanceWindowTaskRequest.from_wire(dict(members))
        await self._exchange(OPERATIONS["UpdateMaintenanceWindowTask"], members)

    async def register_task_members(self, members: Mapping[str, Any]) -> str:
        """Add a task to a window and return its id; as :meth:`update_task_members` otherwise."""
        with checked():
            s.RegisterTaskWithMaintenanceWindowRequest.from_wire(dict(members))
        answer = await self._exchange(OPERATIONS["RegisterTaskWithMaintenanceWindow"], members)
        return str(answer.get("WindowTaskId", ""))

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
