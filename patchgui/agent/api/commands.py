"""SendCommand and the calls that follow and stop a command."""

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from sqlite3 import Row
from typing import Any

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.commands.search import CommandSearch
from patchgui.agent.commands.views import InvocationPage, InvocationView, command_view, step_view
from patchgui.agent.context import AgentContext
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    CancelCommandRequest,
    CancelCommandResult,
    CommandStatus,
    GetCommandInvocationRequest,
    GetCommandInvocationResult,
    ListCommandInvocationsRequest,
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
    return SendCommandResult(command=command_view(row).model_copy(update=taken_in))


async def list_commands(context: AgentContext, request: ListCommandsRequest) -> ListCommandsResult:
    """List commands, newest first."""
    if request.command_id:
        _known(context, request.command_id)
    found = CommandSearch(context.database).commands(request)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    commands = tuple(command_view(_known(context, command_id)) for command_id in some)
    return ListCommandsResult(commands=commands, next_token=token)


async def list_command_invocations(context: AgentContext, request: ListCommandInvocationsRequest) -> InvocationPage:
    """List what came of commands on nodes."""
    repository = context.commands.repository
    found = CommandSearch(context.database).invocations(request)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    shown: list[Mapping[str, Any]] = []
    for command_id, keys in groupby(some, key=itemgetter(0)):
        instance_ids = [instance_id for _command, instance_id in keys]
        view = InvocationView(_known(context, command_id), context.commands.live_output)
        rows = repository.some_invocations(command_id, instance_ids)
        steps = repository.some_steps(command_id, instance_ids if request.details else ())
        shown += [view.invocation(rows[instance_id], steps[instance_id]) for instance_id in instance_ids]
    return InvocationPage(shown, token)


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


OPERATIONS: Mapping[str, Operation[AgentContext]] = {
    "SendCommand": Operation(SendCommandRequest, send_command),
    "ListCommands": Operation(ListCommandsRequest, list_commands),
    "ListCommandInvocations": Operation(ListCommandInvocationsRequest, list_command_invocations),
    "GetCommandInvocation": Operation(GetCommandInvocationRequest, get_command_invocation),
    "CancelCommand": Operation(CancelCommandRequest, cancel_command),
}
