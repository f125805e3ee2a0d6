"""The tasks of a maintenance window: what runs when it opens."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import ABSENT_IF_EMPTY, KNOWN, Shape
from patchgui.ssm.shapes.commands import AlarmConfiguration, CloudWatchOutputConfig, NotificationConfig, Target
from patchgui.ssm.shapes.limits import (
    Comment,
    DocumentHash,
    DocumentVersion,
    MaxConcurrency,
    MaxErrors,
    Parameters,
    S3BucketName,
    S3KeyPrefix,
    S3Region,
    TimeoutSeconds,
)
from patchgui.ssm.shapes.maintenance_windows.limits import (
    AutomationParameterValue,
    ClientToken,
    MaintenanceWindowDescription,
    MaintenanceWindowId,
    MaintenanceWindowLambdaClientContext,
    MaintenanceWindowLambdaPayload,
    MaintenanceWindowLambdaQualifier,
    MaintenanceWindowMaxResults,
    MaintenanceWindowName,
    MaintenanceWindowStepFunctionsInput,
    MaintenanceWindowStepFunctionsName,
    MaintenanceWindowTaskArn,
    MaintenanceWindowTaskId,
    MaintenanceWindowTaskParameterValue,
    MaintenanceWindowTaskPriority,
)
from patchgui.ssm.shapes.maintenance_windows.vocabularies import (
    MaintenanceWindowTaskCutoffBehavior,
    MaintenanceWindowTaskType,
)
from patchgui.ssm.shapes.maintenance_windows.windows import MaintenanceWindowFilter
from patchgui.ssm.shapes.vocabularies import DocumentHashType


class MaintenanceWindowTaskParameterValueExpression(Shape):
    """The values of a parameter, in the old form of a task's parameters."""

    values: tuple[MaintenanceWindowTaskParameterValue, ...] = ()


class MaintenanceWindowRunCommandParameters(Shape):
    """What a command is sent with."""

    comment: Comment | None = None
    cloud_watch_output_config: CloudWatchOutputConfig | None = None
    document_hash: DocumentHash | None = None
    document_hash_type: Annotated[DocumentHashType | None, ABSENT_IF_EMPTY] = None
    document_version: DocumentVersion | None = None
    notification_config: NotificationConfig | None = None
    output_s3_bucket_name: S3BucketName | None = None
    output_s3_key_prefix: S3KeyPrefix | None = None
    parameters: Parameters | None = None
    service_role_arn: str | None = None
    timeout_seconds: TimeoutSeconds | None = None


class MaintenanceWindowAutomationParameters(Shape):
    """What an automation is started with."""

    document_version: DocumentVersion | None = None
    parameters: dict[str, Annotated[tuple[AutomationParameterValue, ...], Field(max_length=50)]] | None = None


class MaintenanceWindowStepFunctionsParameters(Shape):
    """What a state machine is started with."""

    input: MaintenanceWindowStepFunctionsInput | None = None
    name: MaintenanceWindowStepFunctionsName | None = None


class MaintenanceWindowLambdaParameters(Shape):
    """What a function is called with; ``payload`` is Base64 on the wire."""

    client_context: MaintenanceWindowLambdaClientContext | None = None
    qualifier: MaintenanceWindowLambdaQualifier | None = None
    payload: MaintenanceWindowLambdaPayload | None = None


class MaintenanceWindowTaskInvocationParameters(Shape):
    """What a task is run with; one of the four, by its type."""

    run_command: MaintenanceWindowRunCommandParameters | None = None
    automation: MaintenanceWindowAutomationParameters | None = None
    step_functions: MaintenanceWindowStepFunctionsParameters | None = None
    lambda_: MaintenanceWindowLambdaParameters | None = Field(default=None, alias="Lambda")


class LoggingInfo(Shape):
    """Where output goes, in the old form: invocation parameters have their own."""

    s3_bucket_name: S3BucketName
    s3_region: S3Region
    s3_key_prefix: S3KeyPrefix | None = None


class RegisterTaskWithMaintenanceWindowRequest(Shape):
    """Add a task to a window; ``task_arn`` is the name of a document where it is a RUN_COMMAND."""

    window_id: MaintenanceWindowId
    task_arn: MaintenanceWindowTaskArn
    task_type: Annotated[MaintenanceWindowTaskType, KNOWN]
    targets: Annotated[tuple[Target, ...], Field(max_length=5)] | None = None
    service_role_arn: str | None = None
    task_parameters: dict[str, MaintenanceWindowTaskParameterValueExpression] | None = None
    task_invocation_parameters: MaintenanceWindowTaskInvocationParameters | None = None
    priority: MaintenanceWindowTaskPriority | None = None
    max_concurrency: MaxConcurrency | None = None
    max_errors: MaxErrors | None = None
    logging_info: LoggingInfo | None = None
    name: MaintenanceWindowName | None = None
    description: MaintenanceWindowDescription | None = None
    client_token: ClientToken | None = None
    cutoff_behavior: Annotated[MaintenanceWindowTaskCutoffBehavior, KNOWN] | None = None
    alarm_configuration: AlarmConfiguration | None = None


class RegisterTaskWithMaintenanceWindowResult(Shape):
    """The task is registered."""

    window_task_id: str | None = None


class UpdateMaintenanceWindowTaskRequest(Shape):
    """Change a task: what is named, or with ``replace`` all. Invocation parameters are always replaced whole."""

    window_id: MaintenanceWindowId
    window_task_id: MaintenanceWindowTaskId
    targets: Annotated[tuple[Target, ...], Field(max_length=5)] | None = None
    task_arn: MaintenanceWindowTaskArn | None = None
    service_role_arn: str | None = None
    task_parameters: dict[str, MaintenanceWindowTaskParameterValueExpression] | None = None
    task_invocation_parameters: MaintenanceWindowTaskInvocationParameters | None = None
    priority: MaintenanceWindowTaskPriority | None = None
    max_concurrency: MaxConcurrency | None = None
    max_errors: MaxErrors | None = None
    logging_info: LoggingInfo | None = None
    name: MaintenanceWindowName | None = None
    description: MaintenanceWindowDescription | None = None
    replace: bool | None = None
    cutoff_behavior: Annotated[MaintenanceWindowTaskCutoffBehavior, KNOWN] | None = None
    alarm_configuration: AlarmConfiguration | None = None


class UpdateMaintenanceWindowTaskResult(Shape):
    """The task as changed."""

    window_id: str | None = None
    window_task_id: str | None = None
    targets: tuple[Target, ...] = ()
    task_arn: str | None = None
    service_role_arn: str | None = None
    task_parameters: dict[str, MaintenanceWindowTaskParameterValueExpression] | None = None
    task_invocation_parameters: MaintenanceWindowTaskInvocationParameters | None = None
    priority: int | None = None
    max_concurrency: str | None = None
    max_errors: str | None = None
    logging_info: LoggingInfo | None = None
    name: str | None = None
    description: str | None = None
    cutoff_behavior: Annotated[MaintenanceWindowTaskCutoffBehavior | None, ABSENT_IF_EMPTY] = None
    alarm_configuration: AlarmConfiguration | None = None


class DeregisterTaskFromMaintenanceWindowRequest(Shape):
    """Take a task out of a window."""

    window_id: MaintenanceWindowId
    window_task_id: MaintenanceWindowTaskId


class DeregisterTaskFromMaintenanceWindowResult(Shape):
    """The task is no longer registered."""

    window_id: str | None = None
    window_task_id: str | None = None


class DescribeMaintenanceWindowTasksRequest(Shape):
    """Ask for the tasks of a window, 10 to 100 on a page."""

    window_id: MaintenanceWindowId
    filters: Annotated[tuple[MaintenanceWindowFilter, ...], Field(max_length=5)] | None = None
    max_results: MaintenanceWindowMaxResults | None = None
    next_token: str | None = None


class MaintenanceWindowTask(Shape):
    """A task as a list shows it: without its invocation parameters."""

    window_id: str | None = None
    window_task_id: str | None = None
    task_arn: str | None = None
    type: Annotated[MaintenanceWindowTaskType | None, ABSENT_IF_EMPTY] = None
    targets: tuple[Target, ...] = ()
    task_parameters: dict[str, MaintenanceWindowTaskParameterValueExpression] | None = None
    priority: int | None = None
    logging_info: LoggingInfo | None = None
    service_role_arn: str | None = None
    max_concurrency: str | None = None
    max_errors: str | None = None
    name: str | None = None
    description: str | None = None
    cutoff_behavior: Annotated[MaintenanceWindowTaskCutoffBehavior | None, ABSENT_IF_EMPTY] = None
    alarm_configuration: AlarmConfiguration | None = None


class DescribeMaintenanceWindowTasksResult(Shape):
    """One page of tasks."""

    tasks: tuple[MaintenanceWindowTask, ...] = ()
    next_token: str | None = None


class GetMaintenanceWindowTaskRequest(Shape):
    """Ask for one task."""

    window_id: MaintenanceWindowId
    window_task_id: MaintenanceWindowTaskId


class GetMaintenanceWindowTaskResult(Shape):
    """One task whole."""

    window_id: str | None = None
    window_task_id: str | None = None
    targets: tuple[Target, ...] = ()
    task_arn: str | None = None
    service_role_arn: str | None = None
    task_type: Annotated[MaintenanceWindowTaskType | None, ABSENT_IF_EMPTY] = None
    task_parameters: dict[str, MaintenanceWindowTaskParameterValueExpression] | None = None
    task_invocation_parameters: MaintenanceWindowTaskInvocationParameters | None = None
    priority: int | None = None
    max_concurrency: str | None = None
    max_errors: str | None = None
    logging_info: LoggingInfo | None = None
    name: str | None = None
    description: str | None = None
    cutoff_behavior: Annotated[MaintenanceWindowTaskCutoffBehavior | None, ABSENT_IF_EMPTY] = None
    alarm_configuration: AlarmConfiguration | None = None
