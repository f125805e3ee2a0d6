"""Which steps an earlier one's end lets run: onFailure, onSuccess, finallyStep, codes 168 and 169 (engine.md §6)."""

from collections.abc import Sequence
from typing import Any

from patchgui.agent.engine.prepare import Step
from patchgui.agent.engine.statuses import StepStatus

SUCCESS_AND_SKIP_REST = 168
FAILURE_AND_SKIP_REST = 169


def modifier(step: Step, name: str) -> str:
    """Return a flow modifier of a step: ``true`` for a true boolean, empty when there is none."""
    value: Any = step.inputs.get(name) if isinstance(step.inputs, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""


class Flow:
    """How far a document's steps have come, and whether one of them has ended the way through the rest."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._last = steps[-1] if steps else None
        self._exits: set[str] = set()

    def starts(self, step: Step) -> None:
        """Note that a step's turn has come; a result under the same name counts no more (engine.md §1.9)."""
        self._exits.discard(step.name)

    def ended(self, step: Step, status: StepStatus, code: int) -> None:
        """Note how a step ended, in this run or in one before a reboot."""
        if _exits(step, status, code):
            self._exits.add(step.name)

    def skips(self, step: Step) -> bool:
        """Return whether an earlier end skips a step; a finallyStep in last position is never skipped."""
        is_finally = step is self._last and modifier(step, "finallyStep") == "true"
        return bool(self._exits) and not is_finally


def _exits(step: Step, status: StepStatus, code: int) -> bool:
    if code in {SUCCESS_AND_SKIP_REST, FAILURE_AND_SKIP_REST}:
        return True
    if status is StepStatus.FAILED:
        return modifier(step, "onFailure") == "exit"
    return status is StepStatus.SUCCESS and modifier(step, "onSuccess") == "exit"
