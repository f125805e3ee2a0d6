"""What became of a maintenance window: its executions, their tasks, and what each task started."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import ABSENT_IF_EMPTY, Moment, Shape
from patchgui.ssm.shapes.commands import AlarmConfiguration, AlarmStateInformation
from patchgui.ssm.shapes.maintenance_windows.limits import (
    MaintenanceWindowExecutionId,
    MaintenanceWindowExecutionTaskId,
    MaintenanceWindowExecutionTaskInvocationId,
    MaintenanceWindowId,
    MaintenanceWindowMaxResults,
)
from patchgui.ssm.shapes.maintenance_windows.tasks import MaintenanceWindowTaskParameterValueExpression
from patchgui.ssm.shapes.maintenance_windows.vocabularies import (
    MaintenanceWindowExecutionStatus,
    MaintenanceWindowTaskType,
)
from patchgui.ssm.shapes.maintenance_windows.windows import MaintenanceWindowFilter


class DescribeMaintenanceWindowExecutionsRequest(Shape):
    """Ask for the executions of a window, newest first, 10 to 100 on a page."""

    window_id: MaintenanceWindowId
    filters: Annotated[tuple[MaintenanceWindowFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowExecution(Shape):
    """One execution of a window."""

    window_id: str | None = None
    window_execution_id: str | None = None
    status: Annotated[MaintenanceWindowExecutionStatus | None, ABSENT_IF_EMPTY] = None
    status_details: str | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None


class DescribeMaintenanceWindowExecutionsResult(Shape):
    """One page of executions."""

    window_executions: tuple[MaintenanceWindowExecution, ...] = ()
    next_token: str | None = None


class DescribeMaintenanceWindowExecutionTasksRequest(Shape):
    """Ask for the tasks of an execution, 10 to 100 on a page."""

    window_execution_id: MaintenanceWindowExecutionId
    filters: Annotated[tuple[MaintenanceWindowFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowExecutionTaskIdentity(Shape):
    """A task of an execution as a list shows it."""

    window_execution_id: str | None = None
    task_execution_id: str | None = None
    status: Annotated[MaintenanceWindowExecutionStatus | None, ABSENT_IF_EMPTY] = None
    status_details: str | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None
    task_arn: str | None = None
    task_type: Annotated[MaintenanceWindowTaskType | None, ABSENT_IF_EMPTY] = None
    alarm_configuration: AlarmConfiguration | None = None
    triggered_alarms: tuple[AlarmStateInformation, ...] = ()


class DescribeMaintenanceWindowExecutionTasksResult(Shape):
    """One page of an execution's tasks."""

    window_execution_task_identities: tuple[MaintenanceWindowExecutionTaskIdentity, ...] = ()
    next_token: str | None = None


class DescribeMaintenanceWindowExecutionTaskInvocationsRequest(Shape):
    """Ask what a task of an execution has started, 10 to 100 on a page."""

    window_execution_id: MaintenanceWindowExecutionId
    task_id: MaintenanceWindowExecutionTaskId
    filters: Annotated[tuple[MaintenanceWindowFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowExecutionTaskInvocationIdentity(Shape):
    """One thing that a task has started: ``execution_id`` is the id of the command."""

    window_execution_id: str | None = None
    task_execution_id: str | None = None
    invocation_id: str | None = None
    execution_id: str | None = None
    task_type: Annotated[MaintenanceWindowTaskType | None, ABSENT_IF_EMPTY] = None
    parameters: str | None = None
    status: Annotated[MaintenanceWindowExecutionStatus | None, ABSENT_IF_EMPTY] = None
    status_details: str | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None
    owner_information: str | None = None
    window_target_id: str | None = None


class DescribeMaintenanceWindowExecutionTaskInvocationsResult(Shape):
    """One page of what a task has started."""

    window_execution_task_invocation_identities: tuple[MaintenanceWindowExecutionTaskInvocationIdentity, ...] = ()
    next_token: str | None = None


class GetMaintenanceWindowExecutionRequest(Shape):
    """Ask for one execution."""

    window_execution_id: MaintenanceWindowExecutionId


class GetMaintenanceWindowExecutionResult(Shape):
    """One execution and the ids of its tasks."""

    window_execution_id: str | None = None
    task_ids: tuple[str, ...] = ()
    status: Annotated[MaintenanceWindowExecutionStatus | None, ABSENT_IF_EMPTY] = None
    status_details: str | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None


class GetMaintenanceWindowExecutionTaskRequest(Shape):
    """Ask for one task of an execution."""

    window_execution_id: MaintenanceWindowExecutionId
    task_id: MaintenanceWindowExecutionTaskId


class GetMaintenanceWindowExecutionTaskResult(Shape):
    """One task of an execution whole."""

    window_execution_id: str | None = None
    task_execution_id: str | None = None
    task_arn: str | None = None
    service_role: str | None = None
    type: Annotated[MaintenanceWindowTaskType | None, ABSENT_IF_EMPTY] = None
    task_parameters: tuple[dict[str, MaintenanceWindowTaskParameterValueExpression], ...] = ()
    priority: int | None = None
    max_concurrency: str | None = None
    max_errors: str | None = None
    status: Annotated[MaintenanceWindowExecutionStatus | None, ABSENT_IF_EMPTY] = None
    status_details: str | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None
    alarm_configuration: AlarmConfiguration | None = None
    triggered_alarms: tuple[AlarmStateInformation, ...] = ()


class GetMaintenanceWindowExecutionTaskInvocationRequest(Shape):
    """Ask for one thing that a task has started."""

    window_execution_id: MaintenanceWindowExecutionId
    task_id: MaintenanceWindowExecutionTaskId
    invocation_id: MaintenanceWindowExecutionTaskInvocationId


class GetMaintenanceWindowExecutionTaskInvocationResult(Shape):
    """One thing that a task has started."""

    window_execution_id: str | None = None
    task_execution_id: str | None = None
    invocation_id: str | None = None
    execution_id: str | None = None
    task_type: Annotated[MaintenanceWindowTaskType | None, ABSENT_IF_EMPTY] = None
    parameters: str | None = None
    status: Annotated[MaintenanceWindowExecutionStatus | None, ABSENT_IF_EMPTY] = None
    status_details: str | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None
    owner_information: str | None = None
    window_target_id: str | None = None


class CancelMaintenanceWindowExecutionRequest(Shape):
    """Stop an execution: what has not begun does not begin, what runs is cancelled."""

    window_execution_id: MaintenanceWindowExecutionId


class CancelMaintenanceWindowExecutionResult(Shape):
    """The wish is noted."""

    window_execution_id: str | None = None
