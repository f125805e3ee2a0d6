"""A value that SSM would not accept, found before it is sent, in the words for whoever typed it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydantic import ValidationError

from patchgui.ssm.errors import InvalidInput

_LONGEST_SHOWN = 60


@contextmanager
def checked() -> Iterator[None]:
    """Make requests inside from what an operator gave.

    Raises:
        InvalidInput: a request is outside SSM's limits; ``field`` is the path of its first bad member.
    """
    try:
        yield
    except ValidationError as error:
        raise invalid_input(error) from error


def invalid_input(error: ValidationError) -> InvalidInput:
    """Return our error for a shape that could not be made."""
    details = error.errors(include_url=False)
    texts = [f"{_name(each['loc'])} cannot be {_shown(each['input'])}: {_rule(each['msg'])}" for each in details]
    return InvalidInput(
        "; ".join(texts),
        field=_path(details[0]["loc"]),
        code="ValidationException",
        hint="Correct the value and try again.",
        log_detail=f"{error.title}: {error}",
    )


def _path(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location)


def _name(location: Sequence[int | str]) -> str:
    return _path(location).replace("_", " ").capitalize()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _rule(message: str) -> str:
    return message[:1].lower() + message[1:]
