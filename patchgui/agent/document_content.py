"""What Systems Manager reads out of a document's text: form, schema, parameters, platforms."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from patchgui.agent.engine import DocumentInvalid, load_document, validate_document
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import DocumentFormat, DocumentParameter, DocumentParameterType, DocumentType, PlatformType

MAX_DOCUMENT_BYTES = 64 * 1024
"""The size that a document's text may have (Systems Manager quota: 64 KB)."""

MAX_SCRIPTED_BYTES = 128 * 1024
"""The size of one that is scripts above all: Amazon's own ones have up to 103 KB and load here under another name."""

_COMMAND_SCHEMAS = frozenset({"1.0", "1.2", "2.0", "2.2"})
_ALL_PLATFORMS = (PlatformType.WINDOWS, PlatformType.LINUX, PlatformType.MAC_OS)
_UNIX = (PlatformType.LINUX, PlatformType.MAC_OS)
_WINDOWS = (PlatformType.WINDOWS,)

# Where an action runs (Systems Manager's command document plugin reference); others run everywhere.
_PLATFORMS_OF_ACTION = {
    "aws:runShellScript": _UNIX,
    "aws:runPowerShellScript": _ALL_PLATFORMS,
    "aws:psModule": _WINDOWS,
    "aws:domainJoin": (PlatformType.WINDOWS, PlatformType.LINUX),
    "aws:applications": _WINDOWS,
    "aws:updateAgent": _WINDOWS,
    "aws:cloudWatch": _WINDOWS,
    "aws:configureDocker": (PlatformType.WINDOWS, PlatformType.LINUX),
    "aws:runDockerAction": (PlatformType.WINDOWS, PlatformType.LINUX),
}


def read_content(text: str, document_format: DocumentFormat, document_type: DocumentType) -> dict[str, Any]:
    """Return the content of a document's text, having checked it as CreateDocument does.

    Raises:
        Refusal: MaxDocumentSizeExceeded, InvalidDocumentContent, InvalidDocumentSchemaVersion.
    """
    size = len(text.encode())
    if size > MAX_SCRIPTED_BYTES:
        raise _too_large()
    content = _load(text, document_format)
    if size > MAX_DOCUMENT_BYTES and _script_bytes(content) * 3 < size:
        raise _too_large()
    _check_schema(content, document_type)
    try:
        validate_document(content)
    except DocumentInvalid as error:
        raise Refusal("InvalidDocumentContent", str(error)) from error
    return content


def _too_large() -> Refusal:
    words = "The size limit of a document is 64 KB, and 128 KB where a third of it is scripts."
    return Refusal("MaxDocumentSizeExceeded", words)


def _script_bytes(content: Mapping[str, Any]) -> int:
    """Return the size of all scripts of a document's steps."""
    steps = content.get("mainSteps")
    inputs = [step.get("inputs") for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    scripts = [each.get("runCommand") for each in inputs if isinstance(each, Mapping)]
    lines = [line for script in scripts if isinstance(script, list) for line in script]
    return sum(len(line.encode(errors="replace")) for line in lines if isinstance(line, str))


def _load(text: str, document_format: DocumentFormat) -> dict[str, Any]:
    if document_format == DocumentFormat.TEXT:
        raise Refusal("InvalidDocumentContent", "The document format TEXT is not for documents of type Command.")
    if document_format == DocumentFormat.JSON:
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            raise Refusal(
                "InvalidDocumentContent", f"JSON not well-formed. at Line: {error.lineno}, Column: {error.colno}"
            ) from error
        except (ValueError, RecursionError) as error:
            # A number of thousands of digits, or brackets without end.
            raise Refusal(
                "InvalidDocumentContent", "JSON not well-formed. It is nested or written beyond measure."
            ) from error
    try:
        return load_document(text)
    except DocumentInvalid as error:
        raise Refusal("InvalidDocumentContent", f"{document_format} not well-formed. {error}") from error


def _check_schema(content: Mapping[str, Any], document_type: DocumentType) -> None:
    if document_type != DocumentType.COMMAND:
        raise Refusal(
            "InvalidDocumentContent", f"This agent keeps documents of type Command; {document_type} is not supported."
        )
    version = content.get("schemaVersion")
    if version is None:
        raise Refusal("InvalidDocumentContent", "schemaVersion is required in the document.")
    if not isinstance(version, str):
        raise Refusal("InvalidDocumentContent", "schemaVersion should be String")
    if version not in _COMMAND_SCHEMAS:
        raise Refusal(
            "InvalidDocumentSchemaVersion",
            f"The schema version {version} is not supported for document type {document_type}. "
            f"Supported versions: {', '.join(sorted(_COMMAND_SCHEMAS))}.",
        )


def in_format(text: str, content: Mapping[str, Any], own: DocumentFormat, wanted: DocumentFormat) -> str:
    """Return a document's text in the wanted form: untouched where it is written in that form."""
    if own == wanted or wanted == DocumentFormat.TEXT:
        return text
    if wanted == DocumentFormat.JSON:
        return json.dumps(content, indent=2, ensure_ascii=False)
    import yaml

    written: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    return written


def parameters_of(content: Mapping[str, Any]) -> tuple[DocumentParameter, ...]:
    """Return the declared parameters as DescribeDocument shows them; defaults that are no string become JSON."""
    declared = content.get("parameters")
    if not isinstance(declared, Mapping):
        return ()
    return tuple(_parameter(name, rules) for name, rules in declared.items() if isinstance(rules, Mapping))


def _parameter(name: str, rules: Mapping[str, Any]) -> DocumentParameter:
    default, kind, description = rules.get("default"), rules.get("type"), rules.get("description")
    return DocumentParameter(
        name=str(name),
        type=DocumentParameterType(kind) if isinstance(kind, str) else None,
        description=description if isinstance(description, str) else None,
        default_value=default if default is None or isinstance(default, str) else json.dumps(default),
    )


def platforms_of(content: Mapping[str, Any]) -> tuple[PlatformType, ...]:
    """Return the platforms that some step of the document can run on."""
    found: set[PlatformType] = set()
    for action, precondition in _actions(content):
        platforms = set(_PLATFORMS_OF_ACTION.get(action, _ALL_PLATFORMS))
        only = _platform_condition(precondition)
        found |= {platform for platform in platforms if only is None or platform.value == only}
    # Actions that no platform fits (a contradiction) leave a document that can be listed for all.
    return tuple(platform for platform in _ALL_PLATFORMS if platform in found or not found)


def _actions(content: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    steps = content.get("mainSteps")
    if isinstance(steps, list):
        for step in steps:
            if isinstance(step, Mapping):
                yield str(step.get("action", "")), step.get("precondition")
    runtime = content.get("runtimeConfig")
    if isinstance(runtime, Mapping):
        for action in runtime:
            yield str(action), None


def _platform_condition(precondition: object) -> str | None:
    """Return the platform that a step's precondition asks for, where it asks for one."""
    if not isinstance(precondition, Mapping):
        return None
    operands = precondition.get("StringEquals")
    if not isinstance(operands, list) or len(operands) != 2:
        return None
    texts = [str(operand) for operand in operands]
    others = [text for text in texts if text != "platformType"]
    return others[0] if len(others) == 1 else None
