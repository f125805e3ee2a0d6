"""The steps that a document has, read leniently: names for reports, before or without the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StepOutline:
    """A step's name and action, and whether it runs whatever failed before (engine.md §6.5)."""

    name: str
    action: str
    is_finally: bool = False


def outline(content: Mapping[str, Any]) -> tuple[StepOutline, ...]:
    """Return a document's steps in order; what is malformed is left out, the engine reports it."""
    document = _lowered(content)
    config = document.get("runtimeconfig")
    if isinstance(config, Mapping) and config:
        return tuple(StepOutline(str(action), str(action)) for action in config)
    steps = document.get("mainsteps")
    if not isinstance(steps, list):
        return ()
    named = [_lowered(step) for step in steps if isinstance(step, Mapping)]
    last = len(named) - 1
    return tuple(
        StepOutline(str(step.get("name", "")), str(step.get("action", "")), index == last and _is_finally(step))
        for index, step in enumerate(named)
    )


def _is_finally(step: Mapping[str, Any]) -> bool:
    inputs = step.get("inputs")
    return isinstance(inputs, Mapping) and inputs.get("finallyStep") in (True, "true")


def _lowered(mapping: Mapping[str, Any]) -> dict[str, Any]:
    # Keys of the structure match in any case (engine.md §1.4).
    return {str(key).lower(): value for key, value in mapping.items()}
