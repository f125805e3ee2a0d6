"""SendCommand and the calls that follow and stop a command; each list lags behind what was accepted."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.commands.search import filter_value
from patchgui.agent.refusal import Refusal
from patchgui.simulator.answer import Written, written_page
from patchgui.simulator.command import FleetCommand
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.views import CommandViews
from patchgui.ssm.shapes import (
    CancelCommandRequest,
    CancelCommandResult,
    CommandFilter,
    GetCommandInvocationRequest,
    GetCommandInvocationResult,
    ListCommandInvocationsRequest,
    ListCommandsRequest,
    ListCommandsResult,
    SendCommandRequest,
    SendCommandResult,
)

_Test = Callable[[FleetCommand], bool]


async def send_command(parts: FleetParts, request: SendCommandRequest) -> SendCommandResult:
    """Run a document on nodes."""
    command = parts.fleet.command(parts.commands.send(request))
    assert command is not None
    return SendCommandResult(command=CommandViews(parts.fleet, parts.fleet.clock.now()).command(command))


async def list_commands(parts: FleetParts, request: ListCommandsRequest) -> ListCommandsResult:
    """List commands, newest first."""
    now = parts.fleet.catch_up()
    tests = _tests(parts, request.filters or (), ("DocumentName", "ExecutionStage"))
    found = [each for each in _asked(parts, request.command_id, now) if all(test(each) for test in tests)]
    if request.instance_id:
        found = [each for each in found if parts.fleet.positions_of(each, [request.instance_id])]
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    views = CommandViews(parts.fleet, now)
    return ListCommandsResult(commands=tuple(views.command(each) for each in some), next_token=token)


async def list_command_invocations(parts: FleetParts, request: ListCommandInvocationsRequest) -> Written:
    """List what came of commands on nodes."""
    now = parts.fleet.catch_up()
    filters = request.filters or ()
    statuses = [each.value for each in filters if each.key == "Status"]
    tests = _tests(parts, [each for each in filters if each.key != "Status"], ())
    commands = [each for each in _asked(parts, request.command_id, now) if all(test(each) for test in tests)]
    found = _invocations(parts, commands, request.instance_id, statuses, now)
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    views = CommandViews(parts.fleet, now)
    rows = (views.invocation(command, at, with_steps=request.details) for command, at in some)
    return written_page("CommandInvocations", rows, token)


async def get_command_invocation(parts: FleetParts, request: GetCommandInvocationRequest) -> GetCommandInvocationResult:
    """Show one step of a command on one node, with its output."""
    now = parts.fleet.catch_up()
    command = parts.fleet.command(request.command_id)
    is_seen = command is not None and _is_seen(parts, command, now)
    positions = parts.fleet.positions_of(command, [request.instance_id]) if command and is_seen else []
    if command is None or not positions:
        raise Refusal("InvocationDoesNotExist", f"Command {request.command_id} was not sent to {request.instance_id}.")
    node = parts.fleet.population.node(command.members[positions[0]])
    views = CommandViews(parts.fleet, now)
    steps = views.steps(command, positions[0], node)
    chosen = [step for step in steps if request.plugin_name in {None, step.name}]
    if len(chosen) != 1:
        raise Refusal("InvalidPluginName", f"Name one of the steps: {', '.join(step.name for step in steps)}.")
    return views.step(command, node, chosen[0])


async def cancel_command(parts: FleetParts, request: CancelCommandRequest) -> CancelCommandResult:
    """Stop a command where it has not ended."""
    parts.commands.cancel(request.command_id, request.instance_ids or ())
    return CancelCommandResult()


def _is_seen(parts: FleetParts, command: FleetCommand, now: float) -> bool:
    return now >= command.sent.requested_at + parts.fleet.clock.in_fleet_time(parts.settings.lag_s)


def _asked(parts: FleetParts, command_id: str | None, now: float) -> Iterable[FleetCommand]:
    """Return the command that is asked for, or all; what was sent just now is in no list yet.

    Raises:
        Refusal: InvalidCommandId.
    """
    if not command_id:
        return [each for each in parts.fleet.commands() if _is_seen(parts, each, now)]
    command = parts.fleet.command(command_id)
    if command is None:
        raise Refusal("InvalidCommandId", f"There is no command {command_id}.")
    return [command] if _is_seen(parts, command, now) else []


def _tests(parts: FleetParts, filters: Iterable[CommandFilter], more_keys: Sequence[str]) -> list[_Test]:
    tests = []
    for each in filters:
        if each.key not in {"InvokedAfter", "InvokedBefore", "Status", *more_keys}:
            raise Refusal("InvalidFilterKey", f"{each.key} is no filter of this call.")
        tests.append(_test(parts, each.key, filter_value(each)))
    return tests


def _test(parts: FleetParts, key: str, value: str | float) -> _Test:
    shown = parts.fleet.clock.shown
    match key:
        case "InvokedAfter":
            return lambda command: shown(command.sent.requested_at) > float(value)
        case "InvokedBefore":
            return lambda command: shown(command.sent.requested_at) < float(value)
        case "Status":
            return lambda command: value in {command.outcome.status, command.outcome.details}
        case "DocumentName":
            return lambda command: command.sent.document.name == value
        case _:
            return lambda command: command.outcome.is_final == bool(value)


def _invocations(
    parts: FleetParts, commands: Iterable[FleetCommand], instance_id: str | None, statuses: Sequence[str], now: float
) -> list[tuple[FleetCommand, int]]:
    """Return the fitting invocations: the newest command first, in the order of its nodes."""
    found: list[tuple[FleetCommand, int]] = []
    for command in commands:
        positions: Iterable[int] = range(len(command))
        if instance_id:
            positions = parts.fleet.positions_of(command, [instance_id])
        for wanted in statuses:
            positions = command.with_status(positions, wanted, now)
        found += [(command, position) for position in positions]
        if len(found) > _MOST_INVOCATIONS:
            break
    return found


_MOST_INVOCATIONS = 200_000
"""No caller reads more of them; older commands are then left out."""

OPERATIONS: Mapping[str, Operation[FleetParts]] = {
    "SendCommand": Operation(SendCommandRequest, send_command),
    "ListCommands": Operation(ListCommandsRequest, list_commands),
    "ListCommandInvocations": Operation(ListCommandInvocationsRequest, list_command_invocations),
    "GetCommandInvocation": Operation(GetCommandInvocationRequest, get_command_invocation),
    "CancelCommand": Operation(CancelCommandRequest, cancel_command),
}
