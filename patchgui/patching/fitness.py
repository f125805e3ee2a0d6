"""Whether a document is fit to be a hook: asked before the run, since a node finds out only in the middle of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from patchgui.patching.phases import Phase
from patchgui.patching.wording import counted, listed, span


class Severity(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found before the run: a title in bold and a detail that says what to do."""

    severity: Severity
    title: str
    detail: str = ""
    hook: Phase | None = None


class HookDocument(Protocol):
    """What is looked at of a document."""

    @property
    def name(self) -> str:
        """Its name or ARN."""

    @property
    def version(self) -> str:
        """The version that would run."""

    @property
    def content(self) -> Mapping[str, Any]:
        """Its content, read; empty when it could not be."""

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that SSM says it is for."""

    @property
    def document_type(self) -> str:
        """Command, Automation and so on."""

    @property
    def schema_version(self) -> str:
        """The version of its schema."""


_REBOOT_EXIT = re.compile(r"\bexit\s*\(?\s*(194|3010)\b")
_EXPLICIT_END = re.compile(r"\bset\s+-[a-z]*e|\bexit\b|\$ErrorActionPreference|\|\|")
_SHORT_S = 5
_LONG_S = 172_800
_DEFAULT_S = 3600
"""A script's time limit: 5 to 172,800 s, and 3,600 s when it is missing or outside (engine.md §4.6)."""


def check_hook(
    phase: Phase, reference: str, document: HookDocument | None, targets: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Return why a document is not fit to be this hook; nothing when it is.

    ``document`` is None when it does not exist; ``targets`` counts the picked nodes by platform type.
    """
    name = short_name(reference)
    if document is None:
        where = "the node" if sum(targets.values()) == 1 else "every node"
        detail = f"{phase.label} would fail on {where}. Choose another document, or create it."
        return (_error(phase, f"{name} was not found.", detail),)
    return (
        *_wrong_kind(phase, name, document),
        *_platform(phase, name, document, targets),
        *_parameters(phase, name, document),
    )


def surprises(hooks: Sequence[tuple[Phase, str, HookDocument]]) -> Iterable[Finding]:
    """Yield what is allowed in these hooks and may still not be what the operator expects."""
    yield from _time_limits(hooks)
    for phase, reference, document in hooks:
        scripts = list(_scripts(document.content))
        name = short_name(reference)
        if any(_REBOOT_EXIT.search(text) for text, _ in scripts):
            detail = "After that reboot the whole document runs again from its first step, so it must bear that."
            yield Finding(Severity.INFO, f"{name} may ask for a reboot (exit 194).", detail, phase)
        if any(text.strip().count("\n") and not _EXPLICIT_END.search(text) for text, _ in scripts):
            detail = (
                "A script's status is that of its last command. Begin it with “set -e” to stop at the first failure."
            )
            yield Finding(Severity.INFO, f"{name} goes on after a failing command.", detail, phase)
    yield from _unpinned(hooks)


def _time_limits(hooks: Sequence[tuple[Phase, str, HookDocument]]) -> Iterable[Finding]:
    """Warn of hooks with a time limit: a time-out is no failure, so the run goes on after it (engine.md §6.3)."""
    limits = {
        phase: min(limits)
        for phase, _, document in hooks
        if phase is not Phase.ON_EXIT
        and (limits := [each for _, each in _scripts(document.content) if each is not None])
    }
    if not limits:
        return
    labels = [phase.label if at == 0 else phase.label.lower() for at, phase in enumerate(limits)]
    detail = (
        f"If it takes longer than {' or '.join(span(limit) for limit in dict.fromkeys(limits.values()))}, "
        "SSM goes on patching: only a failure stops a run, a time-out does not."
    )
    yield Finding(Severity.WARNING, f"{listed(labels)} can time out silently.", detail, next(iter(limits)))


def _unpinned(hooks: Sequence[tuple[Phase, str, HookDocument]]) -> Iterable[Finding]:
    loose = [(reference, document) for _, reference, document in hooks if not _is_pinned(reference, document)]
    if not loose:
        return
    reference, document = loose[0]
    title = f"{short_name(reference)} is not pinned to a version."
    if len(loose) > 1:
        title = f"{len(loose)} documents are not pinned to a version."
    detail = "A node runs whatever is the default when it gets there."
    example = f" To hold it still, choose {reference}:{document.version}." if document.version else ""
    yield Finding(Severity.INFO, title, detail + example)


def _wrong_kind(phase: Phase, name: str, document: HookDocument) -> Iterable[Finding]:
    if document.document_type and document.document_type != "Command":
        detail = f"It is of type {document.document_type}. A hook is a document of type Command."
        yield _error(phase, f"{name} cannot be a hook.", detail)
    schema = document.schema_version or str(document.content.get("schemaVersion", ""))
    if not schema.startswith("2."):
        yield _error(phase, f"{name} has schema {schema or 'unknown'}.", "A hook needs schema 2.x; 2.2 has everything.")
    elif not document.content:
        yield _error(phase, f"{name} cannot be read.", "Its content is neither JSON nor YAML.")


def _platform(phase: Phase, name: str, document: HookDocument, targets: Mapping[str, int]) -> Iterable[Finding]:
    if not document.platforms:
        return
    unfit = {platform: number for platform, number in targets.items() if platform not in document.platforms}
    if not unfit:
        return
    where = " and ".join(f"{counted(number, platform + ' node')}" for platform, number in unfit.items())
    detail = f"It is made for {', '.join(document.platforms)}. On {where} its steps are skipped without an error."
    severity = Severity.ERROR if len(unfit) == len(targets) else Severity.WARNING
    yield Finding(severity, f"{name} does not fit every node.", detail, phase)


def _parameters(phase: Phase, name: str, document: HookDocument) -> Iterable[Finding]:
    declared = document.content.get("parameters")
    if not isinstance(declared, Mapping):
        return
    needed = [key for key, spec in declared.items() if not (isinstance(spec, Mapping) and "default" in spec)]
    if needed:
        which = f"parameter {needed[0]}" if len(needed) == 1 else f"parameters {', '.join(needed)}"
        detail = "A hook is given no parameters. Give each a default in the document."
        yield _error(phase, f"{name} needs the {which}.", detail)


def _is_pinned(reference: str, document: HookDocument) -> bool:
    return reference != document.name and reference.endswith(f":{document.version}")


def _scripts(content: Mapping[str, Any]) -> Iterable[tuple[str, float | None]]:
    """Yield each script of a document with its own time limit in seconds (None: the usual hour)."""
    steps = content.get("mainSteps")
    for step in steps if isinstance(steps, list) else ():
        inputs = step.get("inputs") if isinstance(step, Mapping) else None
        lines = inputs.get("runCommand") if isinstance(inputs, Mapping) else None
        if isinstance(inputs, Mapping) and isinstance(lines, list):
            yield "\n".join(str(line) for line in lines), _limit_s(inputs.get("timeoutSeconds"))


def _limit_s(value: object) -> float | None:
    try:
        limit = float(str(value))
    except ValueError:
        return None
    return limit if _SHORT_S <= limit <= _LONG_S and limit != _DEFAULT_S else None


def short_name(reference: str) -> str:
    """Return the name of a document without an ARN before it or a version after it."""
    name = reference.rsplit("/", 1)[-1]
    return name.split(":", 1)[0] or reference


def step_count(document: HookDocument) -> int:
    """Return how many steps a document has."""
    steps = document.content.get("mainSteps")
    return len(steps) if isinstance(steps, list) else 0


def _error(phase: Phase, title: str, detail: str) -> Finding:
    return Finding(Severity.ERROR, f"{phase.label}: {title}", detail, phase)
