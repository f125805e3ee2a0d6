"""SendCommand and the calls that follow and stop a command."""

from collections.abc import Mapping
from sqlite3 import Row

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.commands.search import CommandSearch
from patchgui.agent.commands.views import command_view, invocation_view, plugin_view, step_view
from patchgui.agent.context import AgentContext
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    CancelCommandRequest,
    CancelCommandResult,
    Command,
    CommandInvocation,
    CommandStatus,
    GetCommandInvocationRequest,
    GetCommandInvocationResult,
    ListCommandInvocationsRequest,
    ListCommandInvocationsResult,
    ListCommandsRequest,
    ListCommandsResult,
    SendCommandRequest,
    SendCommandResult,
)


async def send_command(context: AgentContext, request: SendCommandRequest) -> SendCommandResult:
    """Run a document on nodes."""
    command_id = context.commands.send(request)
    row = context.commands.repository.command(command_id)
    assert row is not None
    # The service answers before it looks at any node.
    taken_in = {"status": CommandStatus.PENDING, "status_details": "Pending", "completed_count": 0}
    return SendCommandResult(command=_command(context, row).model_copy(update=taken_in))


async def list_commands(context: AgentContext, request: ListCommandsRequest) -> ListCommandsResult:
    """List commands, newest first."""
    if request.command_id:
        _known(context, request.command_id)
    found = CommandSearch(context.database).commands(request)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    commands = tuple(_command(context, _known(context, command_id)) for command_id in some)
    return ListCommandsResult(commands=commands, next_token=token)


async def list_command_invocations(
    context: AgentContext, request: ListCommandInvocationsRequest
) -> ListCommandInvocationsResult:
    """List what came of commands on nodes."""
    found = CommandSearch(context.database).invocations(request)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    commands = {command_id: _known(context, command_id) for command_id, _node in some}
    views = tuple(
        _invocation(context, commands[command_id], instance_id, with_steps=request.details)
        for command_id, instance_id in some
    )
    return ListCommandInvocationsResult(command_invocations=views, next_token=token)


async def get_command_invocation(
    context: AgentContext, request: GetCommandInvocationRequest
) -> GetCommandInvocationResult:
    """Show one step of a command on one node, with its output."""
    repository = context.commands.repository
    command = repository.command(request.command_id)
    if command is None or repository.invocation(request.command_id, request.instance_id) is None:
        raise Refusal("InvocationDoesNotExist", f"Command {request.command_id} was not sent to {request.instance_id}.")
    steps = repository.steps(request.command_id, request.instance_id)
    chosen = [step for step in steps if request.plugin_name in (None, step["name"])]
    if len(chosen) != 1:
        # Several steps and none named, or none of that name.
        raise Refusal("InvalidPluginName", f"Name one of the steps: {', '.join(step['name'] for step in steps)}.")
    step = chosen[0]
    return step_view(step, command, plugin_name=step["name"], live=context.commands.live_output)


async def cancel_command(context: AgentContext, request: CancelCommandRequest) -> CancelCommandResult:
    """Stop a command where it has not ended."""
    context.commands.cancel(request.command_id, request.instance_ids or ())
    return CancelCommandResult()


def _known(context: AgentContext, command_id: str) -> Row:
    row = context.commands.repository.command(command_id)
    if row is None:
        raise Refusal("InvalidCommandId", f"There is no command {command_id}.")
    return row


def _command(context: AgentContext, row: Row) -> Command:
    invocations = context.commands.repository.invocations(row["command_id"])
    return command_view(row, [invocation["instance_id"] for invocation in invocations])


def _invocation(context: AgentContext, command: Row, instance_id: str, *, with_steps: bool) -> CommandInvocation:
    repository, live = context.commands.repository, context.commands.live_output
    row = repository.invocation(command["command_id"], instance_id)
    assert row is not None
    steps = repository.steps(command["command_id"], instance_id) if with_steps else []
    return invocation_view(row, command, [plugin_view(step, command, live) for step in steps])


OPERATIONS: Mapping[str, Operation[AgentContext]] = {
    "SendCommand": Operation(SendCommandRequest, send_command),
    "ListCommands": Operation(ListCommandsRequest, list_commands),
    "ListCommandInvocations": Operation(ListCommandInvocationsRequest, list_command_invocations),
    "GetCommandInvocation": Operation(GetCommandInvocationRequest, get_command_invocation),
    "CancelCommand": Operation(CancelCommandRequest, cancel_command),
}
