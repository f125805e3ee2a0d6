"""Which steps an earlier one's end lets run: onFailure, onSuccess, finallyStep, codes 168 and 169 (engine.md §6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from patchgui.agent.engine.prepare import Step
from patchgui.agent.engine.statuses import StepStatus

SUCCESS_AND_SKIP_REST = 168
FAILURE_AND_SKIP_REST = 169

Ended = tuple[StepStatus, int]


def modifier(step: Step, name: str) -> str:
    """Return a flow modifier of a step: ``true`` for a true boolean, empty when there is none."""
    value: Any = step.inputs.get(name) if isinstance(step.inputs, Mapping) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""


def is_finally(steps: Sequence[Step], index: int) -> bool:
    """Return whether a step runs despite exits: a finallyStep counts in last position only."""
    return index == len(steps) - 1 and modifier(steps[index], "finallyStep") == "true"


def is_skipped(steps: Sequence[Step], index: int, ended: Mapping[str, Ended]) -> bool:
    """Return whether an earlier step's end skips the step; ``ended`` holds status and code by step name."""
    if is_finally(steps, index):
        return False
    return any(_exits(step, *ended[step.name]) for step in steps[:index] if step.name in ended)


def _exits(step: Step, status: StepStatus, code: int) -> bool:
    if code in {SUCCESS_AND_SKIP_REST, FAILURE_AND_SKIP_REST}:
        return True
    if status is StepStatus.FAILED:
        return modifier(step, "onFailure") == "exit"
    return status is StepStatus.SUCCESS and modifier(step, "onSuccess") == "exit"
