"""A command's document as the fleet's nodes follow it: what each step is there for, and where it does not run."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from patchgui.agent.worker.steps import outline
from patchgui.patching.document_steps import NO_HOOK, StepKind
from patchgui.patching.phases import Pipeline, derive_pipeline


class Part(Enum):
    """What a step is there for."""

    SCAN = "scan"
    DECIDE_INSTALL = "decide whether to install"
    INSTALL = "install"
    DECIDE_REBOOT = "decide whether to reboot"
    REBOOT = "reboot"
    HOOK = "hook"
    NOTHING = "nothing"
    """A hook where none was chosen."""
    WORK = "work"


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One step. ``platform`` is the only one that it is for, None for any; ``is_off`` says that it never runs."""

    name: str
    action: str
    part: Part
    document: str = ""
    platform: str | None = None
    unmet: str = ""
    is_off: bool = False
    is_finally: bool = False
    exits_on_failure: bool = False


@dataclass(frozen=True)
class Script:
    """All steps of a document with a command's parameters in them."""

    steps: tuple[ScriptStep, ...]
    operation: str
    may_reboot: bool

    @property
    def patches(self) -> bool:
        """Whether it scans or installs at all."""
        return bool(self.operation)


def script_of(content: Mapping[str, Any], parameters: Mapping[str, Any]) -> Script:
    """Return what the nodes follow."""
    pipeline = derive_pipeline(content, parameters)
    if not pipeline.steps:
        # Schema 1.x: plugins without names of their own.
        plugins = tuple(ScriptStep(each.name, each.action, Part.WORK) for each in outline(content))
        return Script(plugins, "", may_reboot=False)
    raw = {str(step.get("name", "")): step for step in content["mainSteps"]}
    values = _defaults(content) | dict(parameters)
    steps = tuple(_step(pipeline, index, raw[spec.name], values) for index, spec in enumerate(pipeline.steps))
    return Script(steps, pipeline.operation, may_reboot=pipeline.reboot_option != "NoReboot")


def _step(pipeline: Pipeline, index: int, raw: Mapping[str, Any], values: Mapping[str, Any]) -> ScriptStep:
    spec = pipeline.steps[index]
    platform, unmet, is_off = _precondition(raw.get("precondition"), values)
    return ScriptStep(
        name=spec.name,
        action=str(raw.get("action", "")),
        part=_part(pipeline, index),
        document=spec.document or "",
        platform=platform,
        unmet=unmet,
        is_off=is_off,
        is_finally=spec.is_finally,
        exits_on_failure=spec.exits_on_failure,
    )


def _part(pipeline: Pipeline, index: int) -> Part:
    spec = pipeline.steps[index]
    before = {each.kind for each in pipeline.steps[:index]}
    after = {each.kind for each in pipeline.steps[index + 1 :]}
    match spec.kind:
        case StepKind.SCAN:
            return Part.SCAN
        case StepKind.INSTALL:
            return Part.INSTALL
        case StepKind.INSTALL_AND_REBOOT:
            return Part.REBOOT if StepKind.INSTALL in before else Part.INSTALL
        case StepKind.DOCUMENT:
            return Part.NOTHING if spec.document == NO_HOOK else Part.HOOK
    if StepKind.SCAN in before and StepKind.INSTALL not in before and StepKind.INSTALL in after:
        return Part.DECIDE_INSTALL
    if StepKind.INSTALL in before and StepKind.INSTALL_AND_REBOOT in after:
        return Part.DECIDE_REBOOT
    return Part.REBOOT if spec.asks_reboot else Part.WORK


def _defaults(content: Mapping[str, Any]) -> dict[str, Any]:
    declared = content.get("parameters") or {}
    return {name: rules.get("default", "") for name, rules in declared.items() if isinstance(rules, Mapping)}


def _precondition(given: Any, values: Mapping[str, Any]) -> tuple[str | None, str, bool]:
    """Return the platform that a step is for, how its precondition reads, and whether it never holds."""
    if not isinstance(given, Mapping) or not isinstance(pair := given.get("StringEquals"), list) or len(pair) != 2:
        return None, "", False
    unmet = f'"StringEquals": [{pair[0]}, {pair[1]}]'
    sides = [_value(str(side), values) for side in pair]
    if "platformType" in sides:
        return next((side for side in sides if side != "platformType"), None), unmet, False
    return None, unmet, sides[0] != sides[1]


def _value(text: str, values: Mapping[str, Any]) -> str:
    bare = text.strip()
    if bare.startswith("{{") and bare.endswith("}}"):
        return str(values.get(bare[2:-2].strip(), bare))
    return bare
