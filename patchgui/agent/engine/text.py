"""Document texts: JSON first, YAML 1.1 when it is none."""

import json
from typing import Any, NoReturn

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.values import plain


def load_document(text: str) -> dict[str, Any]:
    """Return the content of a document that a person wrote, as JSON values.

    Raises:
        DocumentInvalid: when it is neither JSON nor YAML, or no mapping.
    """
    try:
        content = read_json(text)
    except ValueError as not_json:
        content = _read_yaml(text, not_json)
    if not isinstance(content, dict):
        raise DocumentInvalid("The document is no JSON object and no YAML mapping.")
    return content


def read_json(text: str) -> Any:
    """Return the values of a JSON text, numbers as float64 holds them.

    Raises:
        ValueError: when it is no JSON, or nested too deeply.
    """
    try:
        return plain(json.loads(text, parse_constant=_no_such_number))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _read_yaml(text: str, not_json: ValueError) -> Any:
    from patchgui.agent.engine.yaml_text import YamlInvalid, compose, value_of, version_as_text

    try:
        node = compose(text)
        return version_as_text(node, plain(value_of(node)))
    except YamlInvalid as error:
        if text.lstrip().startswith("{"):
            raise DocumentInvalid(f"The document is not valid JSON: {not_json}.") from error
        raise DocumentInvalid(f"The document is not valid JSON or YAML: {error}.") from error


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
