"""Before and after a run: what changed, who did not get better, and what was not read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.archive.entries import PatchCounts, PatchStateChange
from patchgui.console.improvement import COUNTS, Difference, Outcome, improvement

ENDED = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
_numbers = st.none() | st.integers(0, 50)
_sides = st.none() | st.builds(PatchCounts, _numbers, _numbers, _numbers, _numbers, _numbers, st.just(ENDED))
_changes = st.lists(
    st.builds(PatchStateChange, st.sampled_from([f"mi-{number}" for number in range(8)]), _sides, _sides),
    unique_by=lambda change: change.instance_id,
)
NAMES = {f"mi-{number}": f"node-{number}" for number in range(6)}


def _counts(missing: int, *, failed: int = 0, security: int = 0, at: datetime = ENDED) -> PatchCounts:
    return PatchCounts(missing, security, 100 - missing, 0, failed, at)


def _outcome(before: PatchCounts | None, after: PatchCounts | None) -> Outcome:
    (node,) = improvement({"mi-1": "web-1"}, [PatchStateChange("mi-1", before, after)], ENDED).nodes
    return node.outcome


@given(_changes)
def test_every_node_of_the_run_appears_once_and_sums_are_of_those_known_on_both_sides(
    changes: list[PatchStateChange],
) -> None:
    found = improvement(NAMES, changes, ENDED)
    assert sorted(node.instance_id for node in found.nodes) == sorted(NAMES)
    known = [each for each in changes if each.instance_id in NAMES and each.before and each.after]
    assert found.compared == len(known)
    for number, name in enumerate(COUNTS):
        pairs = [(getattr(each.before, name), getattr(each.after, name)) for each in known]
        whole = [(before, after) for before, after in pairs if before is not None and after is not None]
        told = (found.sums[number].before, found.sums[number].after)
        if whole:
            assert told == (sum(b for b, _ in whole), sum(a for _, a in whole))
        else:
            assert None in told
    assert sum(found.count(outcome) for outcome in Outcome) == len(NAMES)


@given(_changes)
def test_nodes_stand_with_those_that_did_not_improve_first(changes: list[PatchStateChange]) -> None:
    order = [list(Outcome).index(node.outcome) for node in improvement(NAMES, changes, ENDED).nodes]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (_counts(12), _counts(0), Outcome.WHOLE),
        (_counts(0), _counts(0), Outcome.WHOLE),
        (_counts(12), _counts(3), Outcome.BETTER),
        (_counts(12), _counts(12), Outcome.STILL_MISSING),
        (_counts(3), _counts(4), Outcome.WORSE),
        (_counts(3), _counts(0, failed=1), Outcome.WORSE),
        (_counts(3, security=2), _counts(3, security=1), Outcome.BETTER),
        (None, _counts(0), Outcome.WHOLE),
        (None, _counts(2), Outcome.UNREAD),
        (_counts(2), PatchCounts(), Outcome.UNREAD),
        (_counts(3), None, Outcome.UNREAD),
    ],
)
def test_what_became_of_a_node(before: PatchCounts | None, after: PatchCounts | None, outcome: Outcome) -> None:
    assert _outcome(before, after) is outcome


def test_what_was_not_read_is_said() -> None:
    changes = [PatchStateChange("mi-1", None, _counts(0)), PatchStateChange("mi-2", _counts(2), None)]
    notes = {node.instance_id: node.note for node in improvement(NAMES, changes, ENDED).nodes}
    assert notes["mi-1"] == "How it stood before the run was not read."
    assert notes["mi-2"] == "How it stands after the run was not read."
    assert notes["mi-3"] == "Its patch states were not read."
    live = {node.instance_id: node.note for node in improvement(NAMES, changes, None).nodes}
    assert live["mi-2"] == "Not read yet."


def test_a_state_that_is_newer_than_the_run_is_told() -> None:
    after = _counts(0, at=ENDED + timedelta(hours=2))
    (node,) = improvement({"mi-1": "web-1"}, [PatchStateChange("mi-1", _counts(2), after)], ENDED).nodes
    assert "newer than the run" in node.note
    assert node.is_newer


def test_where_nobody_was_scanned_before_the_sums_are_of_what_was_read_after() -> None:
    changes = [PatchStateChange("mi-1", None, _counts(2)), PatchStateChange("mi-2", None, _counts(3))]
    found = improvement(NAMES, changes, ENDED)
    assert found.compared == 0
    assert (found.sums[0].before, found.sums[0].after) == (None, 5)
    assert not any(node.is_newer for node in found.nodes)


def test_more_installed_is_better_and_more_missing_is_not() -> None:
    assert Difference(3, 5, more_is_better=True).is_better
    assert Difference(3, 5).is_better is False
    assert Difference(3, 3).is_better is None
    assert Difference(None, 3).is_better is None
