"""How statuses of the engine become those of the service, and those of nodes that of a command.

Status details are spelled as the service sends them (``DeliveryTimedOut``); its guide spaces them for readers.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """A status with its details."""

    status: str
    details: str

    @property
    def is_final(self) -> bool:
        """Whether it can change no more."""
        return self.status in _FINAL

    @property
    def is_error(self) -> bool:
        """Whether it counts against MaxErrors (engine.md §8.7)."""
        return self in (FAILED, EXECUTION_TIMED_OUT)


_FINAL = frozenset({"Success", "Cancelled", "Failed", "TimedOut"})

PENDING = Outcome("Pending", "Pending")
IN_PROGRESS = Outcome("InProgress", "InProgress")
SUCCESS = Outcome("Success", "Success")
FAILED = Outcome("Failed", "Failed")
CANCELLING = Outcome("Cancelling", "Cancelling")
CANCELLED = Outcome("Cancelled", "Cancelled")
TERMINATED = Outcome("Cancelled", "Terminated")
EXECUTION_TIMED_OUT = Outcome("TimedOut", "ExecutionTimedOut")
DELIVERY_TIMED_OUT = Outcome("TimedOut", "DeliveryTimedOut")
UNDELIVERABLE = Outcome("Failed", "Undeliverable")
INVALID_PLATFORM = Outcome("Failed", "InvalidPlatform")
INCOMPLETE = Outcome("Failed", "Incomplete")
NO_INSTANCES_IN_TAG = Outcome("Success", "NoInstancesInTag")

_STEP = {
    "Success": SUCCESS,
    # The service has no word for it: a skipped step shows as a success whose output says so (engine.md §8.4).
    "Skipped": SUCCESS,
    "Failed": FAILED,
    "Cancelled": CANCELLED,
    "TimedOut": EXECUTION_TIMED_OUT,
    "SuccessAndReboot": IN_PROGRESS,
    "PassedAndReboot": IN_PROGRESS,
    "InProgress": IN_PROGRESS,
    "NotStarted": PENDING,
}


def of_step(status: str) -> Outcome:
    """Return what the service shows for a step's status."""
    return _STEP.get(status, FAILED)


def of_document(status: str) -> Outcome:
    """Return what the service shows for a document that has ended; one without a final status has failed."""
    outcome = _STEP.get(status, FAILED)
    return outcome if outcome.is_final else FAILED


def of_command(nodes: Mapping[Outcome, int], *, max_errors: int, is_cancelled: bool) -> Outcome:
    """Return what the service shows for a command of which so many nodes stand like that (engine.md §8.7)."""
    seen = {outcome: count for outcome, count in nodes.items() if count}
    if not seen:
        return NO_INSTANCES_IN_TAG
    if not all(outcome.is_final for outcome in seen):
        if is_cancelled:
            return CANCELLING
        return PENDING if set(seen) == {PENDING} else IN_PROGRESS
    return _final(seen, max_errors=max_errors, is_cancelled=is_cancelled)


def _final(seen: Mapping[Outcome, int], *, max_errors: int, is_cancelled: bool) -> Outcome:
    if set(seen) == {SUCCESS}:
        return SUCCESS
    if is_cancelled and CANCELLED in seen:
        return CANCELLED
    enough = max(1, max_errors)
    errors = {outcome: count for outcome, count in seen.items() if outcome.is_error}
    if sum(errors.values()) >= enough:
        return EXECUTION_TIMED_OUT if set(errors) == {EXECUTION_TIMED_OUT} else FAILED
    for undelivered in (UNDELIVERABLE, INVALID_PLATFORM):
        if set(seen) == {undelivered}:
            return undelivered
    if seen.get(DELIVERY_TIMED_OUT, 0) >= enough:
        return DELIVERY_TIMED_OUT
    return INCOMPLETE
