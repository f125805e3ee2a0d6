"""A command's parameters: lists of texts on the wire, JSON values of the declared types for the engine."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from patchgui.agent.refusal import Refusal

_JSON_TYPES = {"Integer": int, "Boolean": bool, "StringMap": dict, "MapList": list}


def typed(declared: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the given parameters as values of their declared types; unknown ones are kept for `check_parameters`.

    Raises:
        Refusal: InvalidParameters, when a text is none of its type.
    """
    return {name: _value(name, _type_of(declared.get(name)), values) for name, values in given.items()}


def _type_of(declaration: Any) -> str:
    return str(declaration.get("type", "String")) if isinstance(declaration, Mapping) else "String"


def _value(name: str, kind: str, values: Sequence[str]) -> Any:
    if kind == "StringList":
        return list(values)
    if kind == "MapList":
        return [_json(name, dict, text) for text in values]
    if len(values) != 1:
        raise Refusal("InvalidParameters", f"Parameter {name} is of type {kind} and takes one value.")
    wanted = _JSON_TYPES.get(kind)
    return values[0] if wanted is None else _json(name, wanted, values[0])


def _json(name: str, wanted: type, text: str) -> Any:
    try:
        value = json.loads(text.lower() if wanted is bool else text)
    except ValueError:
        value = None
    # bool is an int to Python, but true is no Integer to Systems Manager.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise Refusal("InvalidParameters", f"Parameter {name}: {text!r} is not of the type that the document declares.")
    return value
