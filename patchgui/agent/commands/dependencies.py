"""The documents that a command's document runs, found beforehand so that they travel with it.

A node then needs nobody to finish the command. Amazon's agent fetches such a document when its step runs, so the nodes
of a command under way are told when one changes (`renewed`). What can't be foreseen is asked for when its step runs.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from patchgui.agent.document_content import in_format
from patchgui.agent.engine.plugins.run_document import name_and_version
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import DocumentFormat

DEPTH = 3
"""How many levels of documents may run documents (engine.md §7.8)."""

_NAME = re.compile(r"\{\{\s*([a-zA-Z0-9]+)\s*\}\}")


class Document(Protocol):
    """A version of a document."""

    @property
    def text(self) -> str:
        """The content as it was given."""

    @property
    def document_format(self) -> DocumentFormat:
        """The form of the text."""

    @property
    def content(self) -> Mapping[str, Any]:
        """The content, loaded."""


class Library(Protocol):
    """Where documents are kept; `DocumentStore`."""

    def get(self, name: str, version: str | None = None) -> Document:
        """Return a version of a document, the default one when none is named.

        Raises:
            Refusal: there is none.
        """


Answer = Mapping[str, str]
"""What a node is told of a document: its ``text``, or the ``error`` of asking for it."""


def answer(library: Library, name: str, version: str) -> Answer:
    """Return the text of a document as it is now, or the words in which there is none."""
    try:
        return {"text": _text_of(library.get(name, version or None))}
    except Refusal as refusal:
        return {"error": f"{refusal.code}: {refusal.message}".removesuffix(": ")}


def _text_of(document: Document) -> str:
    """Return a document's text as a node gets it: as JSON, for it asks GetDocument for no other form."""
    return in_format(document.text, document.content, document.document_format, DocumentFormat.JSON)


def documents_of(content: Mapping[str, Any], parameters: Mapping[str, Any], library: Library) -> dict[str, str]:
    """Return the texts of the documents that are run, by ``name`` or ``name:version`` as the steps call them."""
    found: dict[str, str] = {}
    _collect(content, parameters, library, found, DEPTH)
    return found


def renewed(
    sent: Mapping[str, str], told: Collection[str], fresh: Collection[str], library: Library
) -> dict[str, Answer]:
    """Return what a node must be told of documents, so that it runs them as they are now.

    Args:
        sent: The texts that came with the command.
        told: The documents that it was told of since; it must hear of those again, also when they are as before.
        fresh: The documents that the command runs as things stand now.
        library: What the documents are now.
    """
    now = {path: answer(library, *name_and_version(path)) for path in {*sent, *told, *fresh}}
    return {path: each for path, each in now.items() if path in told or each.get("text") != sent.get(path)}


def _collect(
    content: Mapping[str, Any], parameters: Mapping[str, Any], library: Library, found: dict[str, str], depth: int
) -> None:
    if depth == 0:
        return
    values = {**_defaults(content), **parameters}
    for inputs in _nested(content):
        path = _substituted(inputs.get("documentPath"), values)
        if not isinstance(path, str) or path in found:
            continue
        name, version = name_and_version(path)
        try:
            document = library.get(name, version or None)
        except Refusal:
            # The step that runs it will say so, as it would on a real node.
            continue
        found[path] = _text_of(document)
        _collect(document.content, _child_parameters(inputs, values), library, found, depth - 1)


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
