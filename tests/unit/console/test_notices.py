"""Which changes of runs are news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.connection import SANDBOX
from patchgui.console.notices import Occasion, RunNotices
from patchgui.console.rows import RunSummary

STARTED = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
RUN = RunSummary(
    run_id="r-1",
    title="Patch now, 3 nodes",
    document="AWS-RunPatchBaselineWithHooks",
    operation="Install",
    reboot="RebootIfNeeded",
    status="InProgress",
    started_at=STARTED,
    ended_at=None,
    node_count=3,
    completed_count=0,
    error_count=0,
    is_ours=True,
)


def test_what_was_over_when_the_window_opened_is_no_news() -> None:
    notices = RunNotices(STARTED)
    assert notices.take([replace(RUN, status="Failed", error_count=1)]) == ()
    assert notices.take([replace(RUN, status="Failed", error_count=1)]) == ()


def test_old_runs_of_a_connection_that_answers_late_are_no_news() -> None:
    notices = RunNotices(STARTED + timedelta(minutes=1))
    assert notices.take([]) == ()
    assert notices.take([replace(RUN, status="Failed", error_count=1)]) == ()
    (notice,) = notices.take([replace(RUN, run_id="r-2", started_at=STARTED + timedelta(minutes=2), status="Success")])
    assert notice.run_id == "r-2"


def test_a_run_that_ends_is_told_once() -> None:
    notices = RunNotices(STARTED)
    notices.take([RUN])
    (notice,) = notices.take([replace(RUN, status="Success", completed_count=3)])
    assert (notice.occasion, notice.title, notice.text) == (Occasion.ENDED, "Patch now ended", "3 nodes, no failure.")
    assert not notice.is_trouble
    assert notices.take([replace(RUN, status="Success", completed_count=3)]) == ()


def test_the_first_failure_is_told_at_once_and_the_end_again() -> None:
    notices = RunNotices(STARTED)
    notices.take([RUN])
    (look,) = notices.take([replace(RUN, error_count=1)])
    assert (look.occasion, look.title) == (Occasion.NEEDS_A_LOOK, "Patch now needs a look")
    assert notices.take([replace(RUN, error_count=2)]) == ()
    (end,) = notices.take([replace(RUN, status="Failed", error_count=2, completed_count=3)])
    assert (end.title, end.text) == ("Patch now failed", "2 of 3 nodes did not succeed.")


def test_a_success_within_the_allowed_errors_is_still_trouble() -> None:
    notices = RunNotices(STARTED)
    notices.take([replace(RUN, error_count=1)])
    (end,) = notices.take([replace(RUN, status="Success", error_count=1, completed_count=3)])
    assert end.is_trouble


def test_a_run_of_our_own_that_was_over_before_it_was_listed_is_told() -> None:
    notices = RunNotices(STARTED)
    notices.take([])
    (notice,) = notices.take([replace(RUN, status="Success", completed_count=3)])
    assert notice.title == "Patch now ended"


def test_an_old_run_of_somebody_else_that_comes_into_the_list_is_no_news() -> None:
    notices = RunNotices(STARTED)
    notices.take([])
    assert notices.take([replace(RUN, status="Failed", is_ours=False, error_count=1)]) == ()


def test_the_connection_is_named_where_there_are_several() -> None:
    notices = RunNotices(STARTED)
    run = replace(RUN, connection=SANDBOX)
    notices.take([run])
    (notice,) = notices.take([replace(run, status="Cancelled", completed_count=1)])
    assert notice.title == f"{SANDBOX.label}: Patch now was cancelled"
    assert notice.text == "1 of 3 nodes had come to their end."


states = st.lists(
    st.tuples(
        st.sampled_from(["Pending", "InProgress", "Cancelling", "Success", "Failed", "Unknown"]), st.integers(0, 3)
    ),
    max_size=12,
)


@given(states)
def test_whatever_a_list_says_each_thing_is_told_once_at_most(history: list[tuple[str, int]]) -> None:
    notices = RunNotices(STARTED)
    told = [each for status, bad in history for each in notices.take([replace(RUN, status=status, error_count=bad)])]
    occasions = [notice.occasion for notice in told]
    assert len(occasions) == len(set(occasions))
