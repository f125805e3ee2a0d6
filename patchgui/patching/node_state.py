"""What a node's phases mean together: one state per node, and where to look first."""

from typing import Final

from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress

BAD: Final = (PhaseState.FAILED, PhaseState.TIMED_OUT)
MOVING: Final = (PhaseState.RUNNING, PhaseState.REBOOTING)
_FINAL: Final = {
    "Success": PhaseState.SUCCESS,
    "Failed": PhaseState.FAILED,
    "TimedOut": PhaseState.TIMED_OUT,
    "Cancelled": PhaseState.CANCELLED,
}


def node_state(node: NodeProgress) -> PhaseState:
    """Return one state for the whole node; a failed phase outweighs whatever else is going on."""
    states = [phase.state for phase in node.phases]
    for state in BAD:
        if state in states:
            return state
    if node.is_final:
        return _FINAL.get(str(node.status), PhaseState.UNKNOWN)
    for state in (PhaseState.REBOOTING, PhaseState.RUNNING):
        if state in states:
            return state
    begun = any(state is not PhaseState.WAITING for state in states)
    return PhaseState.RUNNING if begun else PhaseState.WAITING


def first_trouble(node: NodeProgress) -> int | None:
    """Return the index of the phase to show first: the failed one, else what moves or was cancelled, else the last."""
    for wanted in (BAD, MOVING, (PhaseState.CANCELLED,)):
        for index, phase in enumerate(node.phases):
            if phase.state in wanted:
                return index
    done = [index for index, phase in enumerate(node.phases) if phase.state is PhaseState.SUCCESS]
    return done[-1] if done else None


def telling_step(phase: PhaseProgress) -> StepProgress | None:
    """Return the step of a phase whose output says most: the failed, else the running, else the last that ran."""
    for wanted in (BAD, MOVING):
        for step in phase.steps:
            if step.status in wanted:
                return step
    ran = [step for step in phase.steps if step.started_at is not None and not step.skipped_reason]
    return ran[-1] if ran else phase.steps[-1] if phase.steps else None
