"""The checks on a document that CreateDocument makes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from patchgui.agent.engine.document import SCHEMA_VERSIONS, Document
from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.gate import is_known
from patchgui.agent.engine.parameters import TYPES
from patchgui.agent.engine.reading import read_document


def validate_document(content: Mapping[str, Any]) -> None:
    """Check a Command document before it is stored.

    Raises:
        DocumentInvalid: naming what is wrong and where.
    """
    document = read_document(content)
    if document.schema_version not in SCHEMA_VERSIONS:
        versions = ", ".join(sorted(SCHEMA_VERSIONS))
        raise DocumentInvalid(f"schemaVersion {document.schema_version!r} is not supported; use one of {versions}.")
    if not document.steps:
        member = "runtimeConfig" if document.is_first_generation else "mainSteps"
        raise DocumentInvalid(f"A document of schema version {document.schema_version} needs {member}.")
    _check_parameters(document)
    _check_steps(document)


def _check_parameters(document: Document) -> None:
    for name, declared in document.parameters.items():
        if declared.type not in TYPES:
            raise DocumentInvalid(f"Parameter {name} has type {declared.type!r}; use one of {', '.join(TYPES)}.")
        if declared.interpolation and declared.type != "String":
            raise DocumentInvalid(f"Parameter {name}: only a String can have interpolationType ENV_VAR.")
        if declared.interpolation not in {"", "ENV_VAR"}:
            raise DocumentInvalid(
                f"Parameter {name} has interpolationType {declared.interpolation!r}; there is only ENV_VAR."
            )


def _check_steps(document: Document) -> None:
    names = Counter(step.name for step in document.steps)
    for number, step in enumerate(document.steps, start=1):
        called = step.name or f"number {number}"
        if not step.name:
            raise DocumentInvalid(f"Step {called} has no name.")
        if names[step.name] > 1:
            raise DocumentInvalid(f"Two steps have the name {step.name!r}; every step needs a name of its own.")
        if not is_known(step.action):
            raise DocumentInvalid(f"Step {called} has the action {step.action!r}, which does not exist.")
        if step.precondition and not document.has_preconditions:
            raise DocumentInvalid(f"Step {called} has a precondition; that needs schema version 2.2.")
