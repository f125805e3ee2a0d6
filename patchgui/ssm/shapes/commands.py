"""Commands: sending one, listing them, and stopping one."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import ABSENT_IF_EMPTY, KNOWN, KNOWN_INSIDE, Moment, Shape
from patchgui.ssm.shapes.limits import (
    AlarmName,
    CloudWatchLogGroupName,
    CommandFilterValue,
    CommandId,
    CommandMaxResults,
    Comment,
    DocumentARN,
    DocumentHash,
    DocumentVersion,
    InstanceId,
    InstanceIdList,
    MaxConcurrency,
    MaxErrors,
    Parameters,
    S3BucketName,
    S3KeyPrefix,
    S3Region,
    TargetKey,
    TimeoutSeconds,
)
from patchgui.ssm.shapes.statuses import CommandStatus
from patchgui.ssm.shapes.vocabularies import (
    CommandFilterKey,
    DocumentHashType,
    ExternalAlarmState,
    NotificationEvent,
    NotificationType,
)


class Target(Shape):
    """Nodes by property: a key such as ``tag:Role`` or ``InstanceIds``, and the values of which any fits."""

    key: TargetKey = ""
    values: Annotated[tuple[str, ...], Field(max_length=50)] = ()


class NotificationConfig(Shape):
    """The topic that is told of status changes, and of which."""

    notification_arn: str | None = None
    notification_events: tuple[NotificationEvent, ...] | None = None
    notification_type: Annotated[NotificationType | None, ABSENT_IF_EMPTY] = None


class CloudWatchOutputConfig(Shape):
    """Whether and where CloudWatch keeps the whole output."""

    cloud_watch_log_group_name: Annotated[CloudWatchLogGroupName | None, ABSENT_IF_EMPTY] = None
    cloud_watch_output_enabled: bool | None = None


class Alarm(Shape):
    """An alarm by its name."""

    name: AlarmName


class AlarmConfiguration(Shape):
    """The alarm that stops the command when it goes off."""

    alarms: Annotated[tuple[Alarm, ...], Field(min_length=1, max_length=1)]
    ignore_poll_alarm_failure: bool | None = None


class SendCommandRequest(Shape):
    """Run a document on nodes: on up to 50 ids, or on targets; ``timeout_seconds`` bounds delivery only."""

    document_name: DocumentARN
    instance_ids: InstanceIdList | None = None
    targets: Annotated[tuple[Target, ...], Field(max_length=5)] | None = None
    document_version: DocumentVersion | None = None
    document_hash: DocumentHash | None = None
    document_hash_type: Annotated[DocumentHashType, KNOWN] | None = None
    timeout_seconds: TimeoutSeconds | None = None
    comment: Comment | None = None
    parameters: Parameters | None = None
    output_s3_region: S3Region | None = None
    output_s3_bucket_name: S3BucketName | None = None
    output_s3_key_prefix: S3KeyPrefix | None = None
    max_concurrency: MaxConcurrency | None = None
    max_errors: MaxErrors | None = None
    service_role_arn: str | None = None
    notification_config: Annotated[NotificationConfig, KNOWN_INSIDE] | None = None
    cloud_watch_output_config: CloudWatchOutputConfig | None = None
    alarm_configuration: AlarmConfiguration | None = None


class AlarmStateInformation(Shape):
    """The state of an alarm that stopped the command."""

    name: str
    state: ExternalAlarmState


class Command(Shape):
    """A command as a whole. ``completed_count`` holds failures too; they are also in ``error_count``."""

    command_id: str = ""
    document_name: str = ""
    document_version: str = ""
    comment: str = ""
    expires_after: Moment | None = None
    parameters: Parameters = Field(default_factory=dict)
    instance_ids: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    requested_date_time: Moment | None = None
    status: CommandStatus = CommandStatus.PENDING
    status_details: str = ""
    output_s3_region: str | None = None
    output_s3_bucket_name: str = ""
    output_s3_key_prefix: str = ""
    max_concurrency: str = ""
    max_errors: str = ""
    target_count: int = 0
    completed_count: int = 0
    error_count: int = 0
    delivery_timed_out_count: int = 0
    service_role: str = ""
    notification_config: NotificationConfig | None = None
    cloud_watch_output_config: CloudWatchOutputConfig | None = None
    timeout_seconds: int | None = None
    alarm_configuration: AlarmConfiguration | None = None
    triggered_alarms: tuple[AlarmStateInformation, ...] | None = None


class SendCommandResult(Shape):
    """The command as accepted, before any node has seen it."""

    command: Command


class CommandFilter(Shape):
    """One condition on commands or invocations."""

    key: Annotated[CommandFilterKey, KNOWN] = Field(alias="key")
    value: CommandFilterValue = Field(alias="value")


class ListCommandsRequest(Shape):
    """Ask for commands of the last 30 days, newest first, 1 to 50 on a page."""

    command_id: CommandId | None = None
    instance_id: InstanceId | None = None
    max_results: CommandMaxResults | None = None
    next_token: str | None = None
    filters: Annotated[tuple[CommandFilter, ...], Field(min_length=1, max_length=5)] | None = None


class ListCommandsResult(Shape):
    """One page of commands."""

    commands: tuple[Command, ...] = ()
    next_token: str | None = None


class CancelCommandRequest(Shape):
    """Stop a command, on the given nodes or everywhere. What runs already may still end by itself."""

    command_id: CommandId
    instance_ids: InstanceIdList | None = None


class CancelCommandResult(Shape):
    """The wish is noted; the invocations tell what became of it."""
