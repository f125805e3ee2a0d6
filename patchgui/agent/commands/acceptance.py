"""SendCommand: what is checked before a command is taken in, and what is recorded of it."""

import uuid
from collections.abc import Mapping
from typing import Any

from patchgui.agent.clock import Clock
from patchgui.agent.commands.dependencies import documents_of
from patchgui.agent.commands.outcome import INVALID_PLATFORM, PENDING
from patchgui.agent.commands.repository import CommandRepository, NewCommand, NewInvocation
from patchgui.agent.commands.targets import resolve
from patchgui.agent.commands.typed_parameters import typed
from patchgui.agent.documents import DocumentStore
from patchgui.agent.engine import check_parameters
from patchgui.agent.nodes import NodeRegistry, RegisteredNode
from patchgui.agent.refusal import Refusal
from patchgui.agent.stored_document import StoredDocument
from patchgui.agent.worker.steps import outline
from patchgui.patching.rate import RateControl
from patchgui.ssm.shapes import SendCommandRequest

DELIVERY_TIMEOUT_S = 3600
"""How long a command waits for its nodes, unless it says otherwise."""

EXECUTION_TIMEOUT_S = 3600
"""How long a step may take, unless it says otherwise (engine.md §4.6, §8.6)."""

_TAKEN_S = range(5, 172_801)


class Acceptance:
    """Takes commands in."""

    def __init__(
        self, repository: CommandRepository, documents: DocumentStore, nodes: NodeRegistry, clock: Clock
    ) -> None:
        self._repository = repository
        self._documents = documents
        self._nodes = nodes
        self._clock = clock

    def accept(self, request: SendCommandRequest) -> str:
        """Record a command and return its id.

        Raises:
            Refusal: with the code that SendCommand has for what is wrong.
        """
        document = self._documents.get(request.document_name, request.document_version)
        check_document(document, request)
        nodes = resolve(request, self._nodes)
        if request.instance_ids:
            _check_platforms(document, nodes)
        parameters = given_parameters(document, request)
        command = self._command(document, request, parameters, len(nodes))
        invocations = [_invocation(document, record) for record in nodes]
        self._repository.add(command, invocations, outline(document.content))
        return command.command_id

    def _command(
        self, document: StoredDocument, request: SendCommandRequest, parameters: Mapping[str, Any], targets: int
    ) -> NewCommand:
        now = self._clock().timestamp()
        timeout_s = request.timeout_seconds or DELIVERY_TIMEOUT_S
        rate = RateControl(max_concurrency=request.max_concurrency or "50", max_errors=request.max_errors or "0")
        return NewCommand(
            command_id=str(uuid.uuid4()),
            request=request.to_wire(),
            document_name=document.name,
            content=document.content,
            parameters=parameters,
            documents=documents_of(document.content, parameters, self._documents),
            requested_at=now,
            deliver_until=now + timeout_s,
            expires_at=now + timeout_s + execution_timeout_s(document.content, parameters),
            lanes=rate.lanes(targets),
            max_errors=rate.errors(targets),
        )


def execution_timeout_s(content: Mapping[str, Any], parameters: Mapping[str, Any]) -> float:
    """Return how long a document may take in all: the sum of what its steps may take."""
    declared = content.get("parameters")
    defaults = {
        name: each.get("default")
        for name, each in (declared.items() if isinstance(declared, Mapping) else ())
        if isinstance(each, Mapping)
    }
    values = {**defaults, **parameters}
    return sum(_limit_s(inputs, values) for inputs in _inputs(content)) or EXECUTION_TIMEOUT_S


def _inputs(content: Mapping[str, Any]) -> list[Any]:
    """Return the inputs of all steps, of schema 2.x or 1.x; 1.x may give a step several, to run one after another."""
    steps, config = content.get("mainSteps"), content.get("runtimeConfig")
    found = [step.get("inputs") for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    if isinstance(config, Mapping):
        found = [plugin.get("properties") for plugin in config.values() if isinstance(plugin, Mapping)]
    return [each for inputs in found for each in (inputs if isinstance(inputs, list) else [inputs])]


def _limit_s(inputs: Any, values: Mapping[str, Any]) -> float:
    """Return a script's time limit as the agent on the node reads it (engine.md §4.6)."""
    text = str(inputs.get("timeoutSeconds") if isinstance(inputs, Mapping) else None).strip()
    if text.startswith("{{") and text.endswith("}}"):
        text = str(values.get(text[2:-2].strip()))
    try:
        limit = int(float(text))
    except (ValueError, OverflowError):
        return EXECUTION_TIMEOUT_S
    return limit if limit in _TAKEN_S else EXECUTION_TIMEOUT_S


def check_document(document: StoredDocument, request: SendCommandRequest) -> None:
    """Let a document pass that may be sent.

    Raises:
        Refusal: InvalidDocument.
    """
    if document.document_type != "Command":
        raise Refusal("InvalidDocument", f"{document.name} is of type {document.document_type}, not Command.")
    if request.document_hash and request.document_hash != document.sha256:
        raise Refusal("InvalidDocument", f"The hash of {document.name} is {document.sha256}, not the given one.")


def _check_platforms(document: StoredDocument, nodes: list[RegisteredNode]) -> None:
    unfit = [record.instance_id for record in nodes if not _fits(document, record)]
    if unfit:
        raise Refusal("UnsupportedPlatformType", f"{document.name} does not run on the platform of {', '.join(unfit)}.")


def _invocation(document: StoredDocument, record: RegisteredNode) -> NewInvocation:
    outcome = PENDING if _fits(document, record) else INVALID_PLATFORM
    return NewInvocation(record.instance_id, record.node.computer_name, outcome)


def _fits(document: StoredDocument, record: RegisteredNode) -> bool:
    return not document.platform_types or record.node.platform_type in document.platform_types


def given_parameters(document: StoredDocument, request: SendCommandRequest) -> dict[str, Any]:
    """Return the request's parameters as values of the types that the document declares.

    Raises:
        Refusal: InvalidParameters.
    """
    declared = document.content.get("parameters") or {}
    given = typed(declared, request.parameters or {})
    problems = check_parameters(declared, given)
    if problems:
        raise Refusal("InvalidParameters", " ".join(problems))
    return given
