"""A whole message as the service sends it: a document and its parameters (engine.md §1)."""

from typing import Any

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.reading import JsonFields
from patchgui.agent.engine.text import read_json


def read_message(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the content of the document and the parameters in a message.

    Raises:
        DocumentInvalid: when it is no JSON object, or a part of it is none.
    """
    try:
        payload = read_json(text)
    except ValueError as error:
        raise DocumentInvalid(f"The message is no JSON: {error}.") from error
    fields = JsonFields.of(payload, "", ("Parameters", "DocumentContent"))
    return fields.raw_members("DocumentContent"), fields.raw_members("Parameters")
