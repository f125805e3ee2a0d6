"""Which run a node's newest patch state belongs to: Systems Manager keeps no other."""

from datetime import UTC, datetime, timedelta

import pytest

from patchgui.console.archive.patch_states import change_by_run, reported_from
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.ssm.shapes import InstancePatchState

STARTED = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
ENDED = STARTED + timedelta(minutes=20)


def state(began_min: float, took_min: float = 1, snapshot_id: str | None = None) -> InstancePatchState:
    """Return what a node reported of an operation that began so many minutes after the run."""
    began = STARTED + timedelta(minutes=began_min)
    return InstancePatchState(
        instance_id="i-1",
        patch_group="",
        baseline_id="pb-1",
        operation_start_time=began,
        operation_end_time=began + timedelta(minutes=took_min),
        operation="Install",
        snapshot_id=snapshot_id,
        missing_count=2,
    )


@pytest.mark.parametrize(
    ("reported", "snapshot_id", "side"),
    [
        (state(-60), "", "before"),
        (state(-60, snapshot_id="other"), "ours", "before"),
        (state(5), "", "after"),
        (state(5, snapshot_id="ours"), "ours", "after"),
        (state(-0.5, took_min=0.2, snapshot_id="ours"), "ours", "after"),  # a node whose clock is slow
        (state(5, snapshot_id="other"), "ours", None),
        (state(120), "", None),
        (state(-0.5, took_min=5), "", "after"),
    ],
)
def test_a_state_is_of_before_of_after_or_of_another_operation(
    reported: InstancePatchState, snapshot_id: str, side: str | None
) -> None:
    change = change_by_run(reported, snapshot_id, STARTED, ENDED)
    told = None if change is None else "before" if change.before else "after"
    assert told == side


def phase(which: Phase, phase_state: PhaseState, began_min: float | None) -> PhaseProgress:
    began = None if began_min is None else STARTED + timedelta(minutes=began_min)
    return PhaseProgress(which, phase_state, started_at=began)


def test_the_last_phase_that_reported_says_since_when_a_state_is_the_last_one() -> None:
    node = NodeProgress(
        "i-1",
        "web-1",
        "Failed",
        "Failed",
        (
            phase(Phase.SCAN, PhaseState.SUCCESS, 1),
            phase(Phase.INSTALL, PhaseState.SUCCESS, 3),
            phase(Phase.AFTER_INSTALL, PhaseState.FAILED, 6),
            phase(Phase.REBOOT, PhaseState.SKIPPED, None),
        ),
    )
    assert reported_from(node) == STARTED + timedelta(minutes=3)
    untouched = NodeProgress("i-1", "web-1", "TimedOut", "", (phase(Phase.SCAN, PhaseState.SKIPPED, None),))
    assert reported_from(untouched) is None
