"""How a step or a document stands, and how single statuses make one."""

from collections.abc import Iterable
from enum import StrEnum


class StepStatus(StrEnum):
    """Status of a step or of a whole document, in the words of Amazon's agent."""

    NOT_STARTED = "NotStarted"
    IN_PROGRESS = "InProgress"
    SUCCESS = "Success"
    FAILED = "Failed"
    SUCCESS_AND_REBOOT = "SuccessAndReboot"
    PASSED_AND_REBOOT = "PassedAndReboot"
    CANCELLED = "Cancelled"
    TIMED_OUT = "TimedOut"
    SKIPPED = "Skipped"
    # A step whose inputs are an empty list ends without a status, and its document InProgress (engine.md §4.8).
    EMPTY = ""

    @property
    def is_final(self) -> bool:
        """Whether a step with this status is over; a step that asked for a reboot is not."""
        return self in _FINAL


_FINAL = frozenset(
    {StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.CANCELLED, StepStatus.TIMED_OUT, StepStatus.SKIPPED}
)

# From best to worst, no status counting for nothing; a merged result takes the worst (engine.md §7.5).
_MERGE_ORDER = (
    StepStatus.EMPTY,
    StepStatus.SKIPPED,
    StepStatus.SUCCESS,
    StepStatus.SUCCESS_AND_REBOOT,
    StepStatus.PASSED_AND_REBOOT,
    StepStatus.NOT_STARTED,
    StepStatus.IN_PROGRESS,
    StepStatus.FAILED,
    StepStatus.CANCELLED,
    StepStatus.TIMED_OUT,
)


def worst(statuses: Iterable[StepStatus]) -> StepStatus:
    """Return the status that several results have together, as one step (engine.md §7.5)."""
    return max(statuses, key=_MERGE_ORDER.index, default=StepStatus.EMPTY)


def document_status(statuses: Iterable[StepStatus]) -> StepStatus:
    """Return the status of a document from those of its steps (engine.md §8.1)."""
    seen = set(statuses)
    for status in (
        StepStatus.SUCCESS_AND_REBOOT,
        StepStatus.FAILED,
        StepStatus.TIMED_OUT,
        StepStatus.CANCELLED,
    ):
        if status in seen:
            return status
    return StepStatus.SUCCESS if seen <= {StepStatus.SUCCESS, StepStatus.SKIPPED} else StepStatus.IN_PROGRESS
