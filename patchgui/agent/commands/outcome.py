"""How statuses of the engine become those of the service, and those of nodes that of a command.

Status details are spelled as the service sends them (``DeliveryTimedOut``); its guide spaces them for readers.

Two of the service's details cannot arise here: AccessDenied, for whoever has the agent's key pair may use all of its
nodes, and RateExceeded (LimitExceeded), for the agent has no limit on pending invocations.
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
DELAYED = Outcome("Delayed", "Delayed")
ALL_DELAYED = Outcome("Pending", "Delayed")
"""A command none of whose nodes can be reached yet: commands have the detail Delayed, but no such status."""

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
    """Return what the service shows for a command whose nodes stand like that (engine.md §8.7).

    Args:
        nodes: How many nodes have each outcome.
        max_errors: How many errors the command allows; with 0, one is enough to fail it.
        is_cancelled: Whether the command was cancelled on every node that had not ended.
    """
    seen = {outcome for outcome, count in nodes.items() if count}
    if not seen:
        return NO_INSTANCES_IN_TAG
    if all(outcome.is_final for outcome in seen):
        return _final(nodes, seen, enough=max(1, max_errors), is_cancelled=is_cancelled)
    if is_cancelled:
        return CANCELLING
    reachable = seen - _NEVER_SENT
    if reachable == {DELAYED}:
        return ALL_DELAYED
    return PENDING if reachable <= {PENDING, DELAYED} else IN_PROGRESS


_NEVER_SENT = frozenset({UNDELIVERABLE, INVALID_PLATFORM})
"""Neither errors nor successes: a command fails of them only when no node has any other outcome."""


def _final(nodes: Mapping[Outcome, int], seen: set[Outcome], *, enough: int, is_cancelled: bool) -> Outcome:
    if seen == {CANCELLED} or (is_cancelled and CANCELLED in seen):
        return CANCELLED
    timed_out = nodes.get(EXECUTION_TIMED_OUT, 0)
    failed = nodes.get(FAILED, 0)
    if failed + timed_out >= enough:
        return FAILED if failed else EXECUTION_TIMED_OUT
    if seen <= _NEVER_SENT:
        return FAILED
    if nodes.get(DELIVERY_TIMED_OUT, 0) >= enough:
        return DELIVERY_TIMED_OUT
    return SUCCESS if seen <= _NEVER_SENT | {SUCCESS} else INCOMPLETE
