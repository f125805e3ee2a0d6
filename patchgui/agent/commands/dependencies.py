"""The documents that a command's document runs, found beforehand so that they travel with it.

A node then needs nobody to finish the command, and what it runs is what there was when the operator pressed the
button. What can't be foreseen is asked for when its step runs.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

DEPTH = 3
"""How many levels of documents may run documents (engine.md §7.8)."""

_NAME = re.compile(r"\{\{\s*([a-zA-Z0-9]+)\s*\}\}")

Find = Callable[[str, str], tuple[str, Mapping[str, Any]] | None]
"""Takes a document's name and version, returns its text and its content, or None."""


def documents_of(content: Mapping[str, Any], parameters: Mapping[str, Any], find: Find) -> dict[str, str]:
    """Return the texts of the documents that are run, by ``name`` or ``name:version`` as the steps call them."""
    found: dict[str, str] = {}
    _collect(content, parameters, find, found, DEPTH)
    return found


def _collect(
    content: Mapping[str, Any], parameters: Mapping[str, Any], find: Find, found: dict[str, str], depth: int
) -> None:
    if depth == 0:
        return
    values = {**_defaults(content), **parameters}
    for inputs in _nested(content):
        path = _substituted(inputs.get("documentPath"), values)
        if not isinstance(path, str) or path in found:
            continue
        name, _, version = path.rpartition(":") if re.search(r":(\d+|\$\w+)$", path) else (path, "", "")
        document = find(name, version)
        if document is not None:
            found[path] = document[0]
            _collect(document[1], _child_parameters(inputs, values), find, found, depth - 1)


def _nested(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    steps = content.get("mainSteps")
    return [
        step["inputs"]
        for step in (steps if isinstance(steps, list) else [])
        if isinstance(step, Mapping)
        and step.get("action") == "aws:runDocument"
        and isinstance(step.get("inputs"), Mapping)
        and step["inputs"].get("documentType") == "SSMDocument"
    ]


def _defaults(content: Mapping[str, Any]) -> dict[str, Any]:
    declared = content.get("parameters")
    if not isinstance(declared, Mapping):
        return {}
    return {name: each["default"] for name, each in declared.items() if isinstance(each, Mapping) and "default" in each}


def _child_parameters(inputs: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    given = _substituted(inputs.get("documentParameters"), values)
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return {}
    return {key: value for key, value in given.items() if value is not None} if isinstance(given, dict) else {}


def _substituted(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return _NAME.sub(lambda match: str(values.get(match[1], match[0])), value)
    if isinstance(value, Mapping):
        return {key: _substituted(each, values) for key, each in value.items()}
    return value
