"""Invocations: one command on one node, with its steps and their output."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import Moment, Shape
from patchgui.ssm.shapes.commands import CloudWatchOutputConfig, CommandFilter, NotificationConfig
from patchgui.ssm.shapes.limits import CommandId, CommandMaxResults, CommandPluginName, InstanceId
from patchgui.ssm.shapes.statuses import CommandInvocationStatus, CommandPluginStatus


class ListCommandInvocationsRequest(Shape):
    """Ask for invocations, 1 to 50 on a page; ``details`` adds the steps, each with 2,500 characters of output."""

    command_id: CommandId | None = None
    instance_id: InstanceId | None = None
    max_results: CommandMaxResults | None = None
    next_token: str | None = None
    filters: Annotated[tuple[CommandFilter, ...], Field(min_length=1, max_length=5)] | None = None
    details: bool = False


class CommandPlugin(Shape):
    """One step on one node. ``response_code`` is -1 until it has ended."""

    name: str = ""
    status: CommandPluginStatus = CommandPluginStatus.PENDING
    status_details: str = ""
    response_code: int = -1
    response_start_date_time: Moment | None = None
    response_finish_date_time: Moment | None = None
    output: str = ""
    standard_output_url: str = ""
    standard_error_url: str = ""
    output_s3_region: str | None = None
    output_s3_bucket_name: str = ""
    output_s3_key_prefix: str = ""


class CommandInvocation(Shape):
    """One command on one node; ``command_plugins`` is empty unless details were asked for."""

    command_id: str = ""
    instance_id: str = ""
    instance_name: str = ""
    comment: str = ""
    document_name: str = ""
    document_version: str = ""
    requested_date_time: Moment | None = None
    status: CommandInvocationStatus = CommandInvocationStatus.PENDING
    status_details: str = ""
    trace_output: str = ""
    standard_output_url: str = ""
    standard_error_url: str = ""
    command_plugins: tuple[CommandPlugin, ...] = ()
    service_role: str = ""
    notification_config: NotificationConfig | None = None
    cloud_watch_output_config: CloudWatchOutputConfig | None = None


class ListCommandInvocationsResult(Shape):
    """One page of invocations."""

    command_invocations: tuple[CommandInvocation, ...] = ()
    next_token: str | None = None


class GetCommandInvocationRequest(Shape):
    """Ask for one command on one node; a document of several steps needs ``plugin_name``."""

    command_id: CommandId
    instance_id: InstanceId
    plugin_name: CommandPluginName | None = None


class GetCommandInvocationResult(Shape):
    """One step, or the only one, with up to 24,000 characters of output and 8,000 of errors.

    Its moments are ISO 8601 text, empty until known; ``response_code`` is -1 until the step has ended.
    """

    command_id: str = ""
    instance_id: str = ""
    comment: str = ""
    document_name: str = ""
    document_version: str = ""
    plugin_name: str = ""
    response_code: int = -1
    execution_start_date_time: str = ""
    execution_elapsed_time: str = ""
    execution_end_date_time: str = ""
    status: CommandInvocationStatus = CommandInvocationStatus.PENDING
    status_details: str = ""
    standard_output_content: str = ""
    standard_output_url: str = ""
    standard_error_content: str = ""
    standard_error_url: str = ""
    cloud_watch_output_config: CloudWatchOutputConfig | None = None
