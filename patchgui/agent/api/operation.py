"""One call of the API: the shape of its request and the coroutine that answers it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from starlette.responses import Response

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


Fields = Mapping[str, Sequence[str]]
"""The fields of a form, as the query protocol sends them."""


@dataclass(frozen=True)
class Query(Generic[Parts_contra]):
    """A call of the query protocol: the service that requests are signed for, and what answers a form.

    ``handle`` gets the id of the request too, and may raise `Refusal`.
    """

    service: str
    handle: Callable[[Parts_contra, Fields, str], Response]


@dataclass(frozen=True)
class RestCall(Generic[Parts_contra]):
    """A call that is known by its path: the service that requests are signed for, and what answers.

    ``handle`` gets the fields of the address and the members of the body, and may raise `Refusal`.
    """

    service: str
    handle: Callable[[Parts_contra, Mapping[str, str], Mapping[str, Any]], Mapping[str, Any]]
