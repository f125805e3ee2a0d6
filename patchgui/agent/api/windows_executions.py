"""The calls on the executions of maintenance windows."""

from collections.abc import Mapping
from sqlite3 import Row

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.api.windows import filtered, parsed_moment
from patchgui.agent.context import Windowed
from patchgui.agent.refusal import Refusal
from patchgui.agent.windows.executions import Level
from patchgui.agent.windows.views import execution_task_members, invocation_members, times
from patchgui.ssm.shapes.maintenance_windows import (
    CancelMaintenanceWindowExecutionRequest,
    CancelMaintenanceWindowExecutionResult,
    DescribeMaintenanceWindowExecutionsRequest,
    DescribeMaintenanceWindowExecutionsResult,
    DescribeMaintenanceWindowExecutionTaskInvocationsRequest,
    DescribeMaintenanceWindowExecutionTaskInvocationsResult,
    DescribeMaintenanceWindowExecutionTasksRequest,
    DescribeMaintenanceWindowExecutionTasksResult,
    GetMaintenanceWindowExecutionRequest,
    GetMaintenanceWindowExecutionResult,
    GetMaintenanceWindowExecutionTaskInvocationRequest,
    GetMaintenanceWindowExecutionTaskInvocationResult,
    GetMaintenanceWindowExecutionTaskRequest,
    GetMaintenanceWindowExecutionTaskResult,
    MaintenanceWindowExecution,
    MaintenanceWindowExecutionTaskIdentity,
    MaintenanceWindowExecutionTaskInvocationIdentity,
    MaintenanceWindowFilter,
)

_BY_STATUS = {"STATUS": "Status"}


async def list_executions(
    context: Windowed, request: DescribeMaintenanceWindowExecutionsRequest
) -> DescribeMaintenanceWindowExecutionsResult:
    """Return a page of a window's executions, newest first."""
    rows = context.windows.executions.of_window(request.window_id)
    for each in request.filters or ():
        rows = [row for row in rows if _was_executed(row, each)]
    some, token = page(rows, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowExecutionsResult(
        window_executions=tuple(
            MaintenanceWindowExecution.from_wire(
                {"WindowId": row["window_id"], "WindowExecutionId": row["id"], **times(row)}
            )
            for row in some
        ),
        next_token=token,
    )


def _was_executed(row: Row, condition: MaintenanceWindowFilter) -> bool:
    bounds = [parsed_moment(value).timestamp() for value in condition.values]
    match condition.key:
        case "ExecutedBefore":
            return all(row["started_at"] < bound for bound in bounds)
        case "ExecutedAfter":
            return all(row["started_at"] > bound for bound in bounds)
        case key:
            raise Refusal("ValidationException", f"{key} is no filter: ExecutedBefore, ExecutedAfter are.")


async def get_execution(
    context: Windowed, request: GetMaintenanceWindowExecutionRequest
) -> GetMaintenanceWindowExecutionResult:
    """Return an execution."""
    row = _execution(context, request.window_execution_id)
    tasks = [task["id"] for task in context.windows.executions.tasks(row["id"])]
    return GetMaintenanceWindowExecutionResult.from_wire(
        {"WindowExecutionId": row["id"], "TaskIds": tasks, **times(row)}
    )


async def cancel(
    context: Windowed, request: CancelMaintenanceWindowExecutionRequest
) -> CancelMaintenanceWindowExecutionResult:
    """Stop an execution."""
    context.windows.cancel(request.window_execution_id)
    return CancelMaintenanceWindowExecutionResult(window_execution_id=request.window_execution_id)


async def list_tasks(
    context: Windowed, request: DescribeMaintenanceWindowExecutionTasksRequest
) -> DescribeMaintenanceWindowExecutionTasksResult:
    """Return a page of an execution's tasks."""
    row = _execution(context, request.window_execution_id)
    found = [execution_task_members(task) for task in context.windows.executions.tasks(row["id"])]
    found = filtered(found, request.filters, _BY_STATUS)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowExecutionTasksResult(
        window_execution_task_identities=tuple(map(MaintenanceWindowExecutionTaskIdentity.from_wire, some)),
        next_token=token,
    )


async def get_task(
    context: Windowed, request: GetMaintenanceWindowExecutionTaskRequest
) -> GetMaintenanceWindowExecutionTaskResult:
    """Return a task of an execution."""
    task = _task(context, request.window_execution_id, request.task_id)
    return GetMaintenanceWindowExecutionTaskResult.from_wire(execution_task_members(task))


async def list_invocations(
    context: Windowed, request: DescribeMaintenanceWindowExecutionTaskInvocationsRequest
) -> DescribeMaintenanceWindowExecutionTaskInvocationsResult:
    """Return a page of what a task has started."""
    task = _task(context, request.window_execution_id, request.task_id)
    found = [invocation_members(row, task) for row in context.windows.executions.invocations(task["id"])]
    found = filtered(found, request.filters, _BY_STATUS)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeMaintenanceWindowExecutionTaskInvocationsResult(
        window_execution_task_invocation_identities=tuple(
            map(MaintenanceWindowExecutionTaskInvocationIdentity.from_wire, some)
        ),
        next_token=token,
    )


async def get_invocation(
    context: Windowed, request: GetMaintenanceWindowExecutionTaskInvocationRequest
) -> GetMaintenanceWindowExecutionTaskInvocationResult:
    """Return one thing that a task has started."""
    task = _task(context, request.window_execution_id, request.task_id)
    row = context.windows.executions.one(Level.INVOCATION, request.invocation_id)
    if row is None or row["task_id"] != task["id"]:
        raise Refusal("DoesNotExistException", f"There is no invocation {request.invocation_id}.")
    return GetMaintenanceWindowExecutionTaskInvocationResult.from_wire(invocation_members(row, task))


def _execution(context: Windowed, execution_id: str) -> Row:
    row = context.windows.executions.one(Level.EXECUTION, execution_id)
    if row is None:
        raise Refusal("DoesNotExistException", f"There is no execution {execution_id}.")
    return row


def _task(context: Windowed, execution_id: str, task_id: str) -> Row:
    row = context.windows.executions.one(Level.TASK, task_id)
    if row is None or row["execution_id"] != _execution(context, execution_id)["id"]:
        raise Refusal("DoesNotExistException", f"The execution {execution_id} has no task {task_id}.")
    return row


OPERATIONS: Mapping[str, Operation[Windowed]] = {
    "CancelMaintenanceWindowExecution": Operation(CancelMaintenanceWindowExecutionRequest, cancel),
    "DescribeMaintenanceWindowExecutionTaskInvocations": Operation(
        DescribeMaintenanceWindowExecutionTaskInvocationsRequest, list_invocations
    ),
    "DescribeMaintenanceWindowExecutionTasks": Operation(DescribeMaintenanceWindowExecutionTasksRequest, list_tasks),
    "DescribeMaintenanceWindowExecutions": Operation(DescribeMaintenanceWindowExecutionsRequest, list_executions),
    "GetMaintenanceWindowExecution": Operation(GetMaintenanceWindowExecutionRequest, get_execution),
    "GetMaintenanceWindowExecutionTask": Operation(GetMaintenanceWindowExecutionTaskRequest, get_task),
    "GetMaintenanceWindowExecutionTaskInvocation": Operation(
        GetMaintenanceWindowExecutionTaskInvocationRequest, get_invocation
    ),
}
