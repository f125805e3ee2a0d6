"""Calls of our own, beside Systems Manager's: how the agent is, and bringing the sandbox back to its first state."""

from collections.abc import Mapping

from pydantic import Field

from patchgui import __version__
from patchgui.agent.api.operation import Operation
from patchgui.agent.context import AgentContext
from patchgui.agent.refusal import Refusal
from patchgui.ssm.errors import AgentError
from patchgui.ssm.shapes.base import Shape

_PATIENCE_S = 3.0
"""How long the answer to a reset waits for the nodes to be there again."""


class StatusRequest(Shape):
    """Ask how the agent is."""


class StatusResult(Shape):
    """How the agent is: its release, what its nodes are, how many, and whether no command runs."""

    version: str = ""
    nodes: str = ""
    node_count: int = 0
    is_idle: bool = Field(default=True, alias="IsIdle")


class ResetSandboxRequest(Shape):
    """Ask for the unpatched sandbox."""


class ResetSandboxResult(Shape):
    """The sandbox is as it was at first."""


async def status(context: AgentContext, _request: StatusRequest) -> StatusResult:
    """Return how the agent is."""
    return StatusResult(
        version=__version__,
        nodes=context.settings.nodes,
        node_count=len(context.nodes),
        is_idle=context.commands.is_idle,
    )


async def reset_sandbox(context: AgentContext, _request: ResetSandboxRequest) -> ResetSandboxResult:
    """End the workers, bring every node back to its first state and start the workers again.

    Raises:
        Refusal: ValidationException on an agent without a sandbox; ResourceInUseException while a command runs.
    """
    if context.settings.nodes != "sandbox":
        raise Refusal(
            "ValidationException", "This agent patches this machine, not a sandbox: there is nothing to reset."
        )
    if not context.commands.is_idle:
        raise Refusal(
            "ResourceInUseException", "A command is running: wait until it has ended, or cancel it, then reset."
        )
    await context.commands.suspend()
    try:
        await context.fleet.reset()
        for record in context.nodes:
            context.patches.forget(record.instance_id)
    except AgentError as error:
        raise Refusal("InternalServerError", f"{error} {error.hint}", http_status=500) from error
    finally:
        await context.commands.resume()
    await context.nodes.wait_online(_PATIENCE_S)
    return ResetSandboxResult()


OPERATIONS: Mapping[str, Operation[AgentContext]] = {
    "ResetSandbox": Operation(ResetSandboxRequest, reset_sandbox),
    "Status": Operation(StatusRequest, status),
}
