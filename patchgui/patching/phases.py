"""The phases of a patch run, derived from what each step of its document runs – never from step names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from patchgui.patching.document_steps import NO_HOOK, StepKind, StepSpec, read_steps, values_of


class Phase(StrEnum):
    """Where a node stands in a run, in the operator's words."""

    SCAN = "scan"
    BEFORE_INSTALL = "before_install"
    INSTALL = "install"
    AFTER_INSTALL = "after_install"
    REBOOT = "reboot"
    ON_EXIT = "on_exit"
    STEPS = "steps"
    """All steps of a document that is not a patch run, as one phase."""

    @property
    def label(self) -> str:
        """The words on screen, as a sentence starts: ``Before install``."""
        return self.value.replace("_", " ").capitalize()


HOOK_PHASES = frozenset({Phase.BEFORE_INSTALL, Phase.AFTER_INSTALL, Phase.ON_EXIT})
"""The phases that run a document of the operator's choice."""

_PHASE_OF_PARAMETER = {
    "PreInstallHookDocName": Phase.BEFORE_INSTALL,
    "PostInstallHookDocName": Phase.AFTER_INSTALL,
    "OnExitHookDocName": Phase.ON_EXIT,
}
_PATCHING = frozenset({StepKind.SCAN, StepKind.INSTALL, StepKind.INSTALL_AND_REBOOT})


def phase_of_parameter(name: str) -> Phase | None:
    """Return the phase whose document this parameter names, None where it names none."""
    return _PHASE_OF_PARAMETER.get(name)


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """One phase of a document: its steps in order, and the hook document that it runs (None: no hook chosen)."""

    phase: Phase
    steps: tuple[str, ...]
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The phases of one document with one set of parameters, in the order in which they run."""

    phases: tuple[PhaseSpec, ...]
    operation: str = ""
    """``Scan``, ``Install``, or empty for a document that is not a patch run."""
    reboot_option: str = ""
    """``RebootIfNeeded``, ``NoReboot``, or empty."""
    steps: tuple[StepSpec, ...] = ()
    """Every step of the document, in document order."""

    def phase_of(self, step: str) -> Phase | None:
        """Return the phase that a step belongs to."""
        return next((spec.phase for spec in self.phases if step in spec.steps), None)


def derive_pipeline(content: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> Pipeline:
    """Return the phases of a document, ours or Amazon's or anybody's.

    ``content`` is the parsed document; ``parameters`` are the values a command was given, each plain or as SSM's list
    of strings. A document that patches nothing is a single phase, ``Phase.STEPS``.
    """
    values = values_of(content, parameters)
    steps = read_steps(content, values)
    if not any(step.kind in _PATCHING for step in steps):
        return Pipeline((PhaseSpec(Phase.STEPS, _step_names(content, steps)),), steps=steps)
    grouped: dict[Phase, list[StepSpec]] = {}
    phase = Phase.SCAN
    for index, step in enumerate(steps):
        phase = _phase(steps, index, phase)
        grouped.setdefault(phase, []).append(step)
    specs = tuple(
        PhaseSpec(phase, tuple(s.name for s in group), _hook(phase, group)) for phase, group in grouped.items()
    )
    installs = any(step.kind in {StepKind.INSTALL, StepKind.INSTALL_AND_REBOOT} for step in steps)
    operation = str(values.get("Operation") or ("Install" if installs else "Scan"))
    return Pipeline(specs, operation, str(values.get("RebootOption") or ""), steps)


def _phase(steps: Sequence[StepSpec], index: int, previous: Phase) -> Phase:
    """Place one step by what it runs and where it stands between the scans and installs."""
    step = steps[index]
    before = {each.kind for each in steps[:index]}
    has_installed = bool(before & {StepKind.INSTALL, StepKind.INSTALL_AND_REBOOT})
    match step.kind:
        case StepKind.SCAN:
            return Phase.SCAN
        case StepKind.INSTALL:
            return Phase.INSTALL
        case StepKind.INSTALL_AND_REBOOT:
            return Phase.REBOOT if StepKind.INSTALL in before else Phase.INSTALL
        case StepKind.DOCUMENT:
            if step.parameter in _PHASE_OF_PARAMETER:
                return _PHASE_OF_PARAMETER[step.parameter]
            if step.is_finally:
                return Phase.ON_EXIT
            return Phase.AFTER_INSTALL if has_installed else Phase.BEFORE_INSTALL
    if step.is_finally:
        return Phase.ON_EXIT
    following = next((each.kind for each in steps[index:] if each.kind in _PATCHING), None)
    decides_reboot = has_installed and following is StepKind.INSTALL_AND_REBOOT
    return Phase.REBOOT if decides_reboot or step.asks_reboot else previous


def _hook(phase: Phase, group: Sequence[StepSpec]) -> str | None:
    if phase not in HOOK_PHASES:
        return None
    documents = [step.document for step in group if step.document and step.document != NO_HOOK]
    return documents[0] if documents else None


def _step_names(content: Mapping[str, Any], steps: Sequence[StepSpec]) -> tuple[str, ...]:
    """Return the names that SSM reports by: step names, or plugin names of a schema 1.x document."""
    if steps:
        return tuple(step.name for step in steps)
    runtime = content.get("runtimeConfig")
    return tuple(runtime) if isinstance(runtime, Mapping) else ()
