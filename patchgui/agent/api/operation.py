"""One call of the API: the shape of its request and the coroutine that answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from patchgui.ssm.shapes.base import Shape

Parts_contra = TypeVar("Parts_contra", contravariant=True)


@dataclass(frozen=True)
class Operation(Generic[Parts_contra]):
    """A call that is served; ``handle`` gets the parts of the server that it needs and a valid ``request``.

    It may raise `Refusal`.
    """

    request: type[Shape]
    handle: Callable[[Parts_contra, Any], Awaitable[Shape]]
