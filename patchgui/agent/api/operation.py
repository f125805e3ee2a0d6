"""One call of the API: the shape of its request and the coroutine that answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from patchgui.ssm.shapes.base import Shape

Parts_contra = TypeVar("Parts_contra", contravariant=True)


class Answer(Protocol):
    """What a call says; a `Shape`, or what is spelled as one already."""

    def to_wire_json(self) -> bytes:
        """Return the body, in SSM's spelling."""


@dataclass(frozen=True)
class Operation(Generic[Parts_contra]):
    """A call that is served; ``handle`` gets the parts of the server that it needs and a valid ``request``.

    It may raise `Refusal`.
    """

    request: type[Shape]
    handle: Callable[[Parts_contra, Any], Awaitable[Answer]]
