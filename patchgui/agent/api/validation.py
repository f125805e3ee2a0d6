"""A request outside Systems Manager's limits, in the words that Systems Manager uses for it."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from patchgui.agent.refusal import Refusal

_WRONG_TYPES = {
    "string_type": "a String",
    "int_type": "an Integer",
    "int_parsing": "an Integer",
    "int_from_float": "an Integer",
    "bool_type": "a Boolean",
    "bool_parsing": "a Boolean",
    "tuple_type": "a List",
    "list_type": "a List",
    "dict_type": "a Map",
    "mapping_type": "a Map",
    "model_type": "a Structure",
    "model_attributes_type": "a Structure",
    "datetime_type": "a Timestamp",
    "datetime_parsing": "a Timestamp",
}

_GUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# Our shapes spell a few patterns so that they match the whole value; the service shows its own spelling.
_SERVICE_PATTERNS = {
    r"^.+$": r"^.{1,100000}$",
    f"^{_GUID}$": _GUID,
    r"^[\w+=,.@/-]+$": r"[\w+=,.@/-]+",
    r"^arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+$": r"arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+",
    r"\S": r"^(?!\s*$).+",
    r"^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$": r"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)",
    r"^[1-9][0-9]*$": r"(^[1-9][0-9]*$)",
    r"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$": (
        r"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name"
    ),
}


def refusal_of(error: ValidationError) -> Refusal:
    """Return the answer to a request that does not fit its shape."""
    details = error.errors(include_url=False)
    for detail in details:
        kind = detail["type"]
        if kind == "json_invalid":
            return Refusal("SerializationException", "The request body is not well-formed JSON.")
        if kind in _WRONG_TYPES:
            return Refusal("SerializationException", _wrong_type(detail))
    texts = [_constraint(detail) for detail in details if not _follows_from_an_item(detail, details)]
    noun = "error" if len(texts) == 1 else "errors"
    return Refusal("ValidationException", f"{len(texts)} validation {noun} detected: {'; '.join(texts)}")


def _follows_from_an_item(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Return whether a list is too short only because pydantic did not count an item that is wrong itself."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in details
    )


def _wrong_type(detail: ErrorDetails) -> str:
    given = _wire_type(detail["input"])
    return f"{given} can not be converted to {_WRONG_TYPES[detail['type']]} at '{_path(detail['loc'])}'"


def _wire_type(value: object) -> str:
    match value:
        case bool():
            return "TRUE_VALUE" if value else "FALSE_VALUE"
        case int() | float():
            return "NUMBER_VALUE"
        case str():
            return "STRING_VALUE"
        case list() | tuple():
            return "START_ARRAY"
        case None:
            return "NULL_VALUE"
        case _:
            return "START_OBJECT"


def _constraint(detail: ErrorDetails) -> str:
    value = "null" if detail["type"] == "missing" else f"'{_shown(detail['input'])}'"
    return f"Value {value} at '{_path(detail['loc'])}' failed to satisfy constraint: {_rule(detail)}"


def _rule(detail: ErrorDetails) -> str:
    limits: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "Member must not be null"
        case "string_pattern_mismatch":
            pattern = _SERVICE_PATTERNS.get(limits["pattern"], limits["pattern"])
            return f"Member must satisfy regular expression pattern: {pattern}"
        case "enum" | "literal_error":
            return f"Member must satisfy enum value set: [{limits['expected']}]"
        case "string_too_short" | "too_short":
            return f"Member must have length greater than or equal to {limits['min_length']}"
        case "string_too_long" | "too_long":
            return f"Member must have length less than or equal to {limits['max_length']}"
        case "greater_than_equal":
            return f"Member must have value greater than or equal to {limits['ge']}"
        case "less_than_equal":
            return f"Member must have value less than or equal to {limits['le']}"
        case _:
            return detail["msg"]


def _path(location: Sequence[int | str]) -> str:
    """Return ``filters.1.member.values``: names begin in lower case, items count from one."""
    words = [f"{part + 1}.member" if isinstance(part, int) else part[:1].lower() + part[1:] for part in location]
    return ".".join(words)


def _shown(value: object) -> str:
    """Return a value as the service's own language prints it: ``[a, b]``, ``{k=[v]}``, ``Target(key=…)``."""
    match value:
        case bool():
            return str(value).lower()
        case list() | tuple():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}={_shown(item)}' for key, item in value.items())}}}"
        case _:
            return str(value)
