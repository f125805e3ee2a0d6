"""One call of the API: the shape of its request and the coroutine that answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from patchgui.agent.context import AgentContext
from patchgui.ssm.shapes.base import Shape

Handler = Callable[[AgentContext, Any], Awaitable[Shape]]


@dataclass(frozen=True)
class Operation:
    """A call that the agent serves; ``handle`` gets a valid ``request`` and may raise `Refusal`."""

    request: type[Shape]
    handle: Handler
