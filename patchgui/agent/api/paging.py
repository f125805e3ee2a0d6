"""Pages of a list, and the tokens that lead from one to the next."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import TypeVar

from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes.base import Shape

Item = TypeVar("Item")


def page(
    items: Sequence[Item], request: Shape, *, max_results: int | None, next_token: str | None, default: int = 50
) -> tuple[Sequence[Item], str | None]:
    """Return one page of ``items`` and the token of the next one, None at the end.

    A token belongs to its question: with other filters it is refused.

    Raises:
        Refusal: InvalidNextToken.
    """
    question = _fingerprint(request)
    start = _read_token(next_token, question) if next_token else 0
    end = start + (max_results or default)
    return items[start:end], _make_token(end, question) if end < len(items) else None


def _fingerprint(request: Shape) -> int:
    asked = {name: value for name, value in request.to_wire().items() if name not in {"NextToken", "MaxResults"}}
    return zlib.crc32(f"{type(request).__name__}{asked}".encode())


def _make_token(start: int, question: int) -> str:
    return urlsafe_b64encode(f"{start}.{question:08x}".encode()).decode()


def _read_token(token: str, question: int) -> int:
    try:
        start, _, fingerprint = urlsafe_b64decode(token.encode()).decode().partition(".")
        if int(fingerprint, 16) == question and start.isdecimal():
            return int(start)
    except (NotBase64, ValueError):
        pass
    raise Refusal("InvalidNextToken", "The specified token is not valid.")
