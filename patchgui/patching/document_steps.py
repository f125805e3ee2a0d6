"""What each step of an SSM document runs: a scan, an install, another document, a script."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NO_HOOK = "AWS-Noop"
"""The document that does nothing: what the wrapper runs where no hook was chosen."""


class StepKind(StrEnum):
    """What a step does for a patch run."""

    SCAN = "scan"
    INSTALL = "install"
    INSTALL_AND_REBOOT = "install_and_reboot"
    DOCUMENT = "document"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step, read.

    ``document`` is the nested document after substitution; ``parameter`` is the name of the parameter that chose it.
    ``exits_on_failure`` is the modifier ``onFailure: exit``.
    """

    name: str
    kind: StepKind
    document: str | None = None
    parameter: str | None = None
    is_finally: bool = False
    exits_on_failure: bool = False
    asks_reboot: bool = False
    """The script itself ends with the reboot code (194, or Windows' 3010)."""


_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9]+)\s*\}\}")
_OPERATION = re.compile(r"""["']?Operation["']?\s*:\s*["']?(Scan|Install)\b""")
_REBOOT_OPTION = re.compile(r"""["']?RebootOption["']?\s*:\s*["']?(RebootIfNeeded|NoReboot)\b""")
_REBOOT_EXIT = re.compile(r"\bexit\s*\(?\s*(194|3010)\b")
_PATCH_OPERATIONS = {"Scan", "Install"}


def values_of(content: Mapping[str, Any], parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the value of each parameter: what was given, else the document's default.

    SSM carries every value as a list of strings; a list of one is that one.
    """
    declared = content.get("parameters")
    values = {
        name: spec["default"]
        for name, spec in (declared.items() if isinstance(declared, Mapping) else ())
        if isinstance(spec, Mapping) and "default" in spec
    }
    for name, given in (parameters or {}).items():
        values[name] = given[0] if isinstance(given, list | tuple) and len(given) == 1 else given
    return values


def read_steps(content: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[StepSpec, ...]:
    """Return the steps of a schema 2.x document; nothing when it has none."""
    steps = content.get("mainSteps")
    read = [
        _read_step(step, values) for step in (steps if isinstance(steps, list) else ()) if isinstance(step, Mapping)
    ]
    nests_patching = any(step.kind not in {StepKind.DOCUMENT, StepKind.SCRIPT} for step in read)
    if not nests_patching and _is_patch_document(content):
        kind = StepKind.SCAN if values.get("Operation") == "Scan" else StepKind.INSTALL
        return tuple(StepSpec(step.name, kind, asks_reboot=step.asks_reboot) for step in read)
    return tuple(read)


def _is_patch_document(content: Mapping[str, Any]) -> bool:
    """Tell AWS-RunPatchBaseline and its like: scripts that take ``Operation`` as Scan or Install."""
    declared = content.get("parameters")
    operation = declared.get("Operation") if isinstance(declared, Mapping) else None
    allowed = operation.get("allowedValues") if isinstance(operation, Mapping) else None
    return isinstance(allowed, list) and set(allowed) >= _PATCH_OPERATIONS


def _read_step(step: Mapping[str, Any], values: Mapping[str, Any]) -> StepSpec:
    inputs = step.get("inputs")
    inputs = inputs if isinstance(inputs, Mapping) else {}
    name = str(step.get("name", ""))
    is_finally = str(inputs.get("finallyStep", "")).lower() == "true"
    exits = inputs.get("onFailure") == "exit"
    if step.get("action") != "aws:runDocument":
        asks = bool(_REBOOT_EXIT.search("\n".join(_lines(inputs.get("runCommand")))))
        return StepSpec(name, StepKind.SCRIPT, is_finally=is_finally, exits_on_failure=exits, asks_reboot=asks)
    raw = str(inputs.get("documentPath", ""))
    whole = _REFERENCE.fullmatch(raw.strip())
    return StepSpec(
        name,
        _nested_kind(_substitute(inputs.get("documentParameters"), values)),
        document=_substitute(raw, values) or None,
        parameter=whole[1] if whole else None,
        is_finally=is_finally,
        exits_on_failure=exits,
    )


def _nested_kind(parameters: str) -> StepKind:
    """Classify a nested document by its parameters: they may be text that is not quite JSON (engine.md §13)."""
    operation = _OPERATION.search(parameters)
    if operation is None:
        return StepKind.DOCUMENT
    if operation[1] == "Scan":
        return StepKind.SCAN
    reboot = _REBOOT_OPTION.search(parameters)
    # The patch document reboots if needed unless it is told not to.
    return StepKind.INSTALL if reboot and reboot[1] == "NoReboot" else StepKind.INSTALL_AND_REBOOT


def _substitute(value: Any, values: Mapping[str, Any]) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return _REFERENCE.sub(lambda match: str(values.get(match[1], match[0])), text)


def _lines(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [str(line) for line in value] if isinstance(value, list) else []
