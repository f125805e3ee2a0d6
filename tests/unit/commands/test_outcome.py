from collections import Counter

import pytest

from patchgui.agent.commands import outcome as o
from patchgui.agent.commands.outcome import Outcome, of_command, of_document, of_step


@pytest.mark.parametrize(
    ("engine", "shown"),
    [
        ("Success", o.SUCCESS),
        ("Skipped", o.SUCCESS),
        ("Failed", o.FAILED),
        ("TimedOut", o.EXECUTION_TIMED_OUT),
        ("Cancelled", o.CANCELLED),
        ("SuccessAndReboot", o.IN_PROGRESS),
        ("NotStarted", o.PENDING),
    ],
)
def test_a_step_shows_as_the_service_shows_it(engine: str, shown: Outcome) -> None:
    assert of_step(engine) == shown


def test_a_document_that_ends_without_a_final_status_has_failed() -> None:
    assert of_document("InProgress") == o.FAILED
    assert of_document("Success") == o.SUCCESS


@pytest.mark.parametrize(
    ("nodes", "max_errors", "shown"),
    [
        pytest.param([], 0, o.NO_INSTANCES_IN_TAG, id="targets that match nothing"),
        pytest.param([o.PENDING, o.PENDING], 0, o.PENDING, id="nothing sent yet"),
        pytest.param([o.PENDING, o.SUCCESS], 0, o.IN_PROGRESS, id="half done"),
        pytest.param([o.FAILED, o.IN_PROGRESS], 0, o.IN_PROGRESS, id="one failed, one runs"),
        pytest.param([o.SUCCESS, o.SUCCESS], 0, o.SUCCESS, id="all well"),
        pytest.param([o.SUCCESS, o.FAILED], 0, o.FAILED, id="one failed, none may"),
        pytest.param([o.SUCCESS, o.FAILED], 1, o.FAILED, id="as many failed as may: value or more"),
        pytest.param([o.SUCCESS, o.FAILED], 2, o.INCOMPLETE, id="fewer failed than may"),
        pytest.param([o.SUCCESS, o.EXECUTION_TIMED_OUT], 0, o.EXECUTION_TIMED_OUT, id="all errors are time limits"),
        pytest.param([o.FAILED, o.EXECUTION_TIMED_OUT], 0, o.FAILED, id="some errors are time limits"),
        pytest.param([o.FAILED, o.TERMINATED], 0, o.FAILED, id="the rest was not sent"),
        pytest.param([o.DELIVERY_TIMED_OUT, o.SUCCESS], 0, o.DELIVERY_TIMED_OUT, id="one not delivered"),
        pytest.param([o.DELIVERY_TIMED_OUT, o.SUCCESS], 2, o.INCOMPLETE, id="fewer not delivered than may fail"),
        pytest.param([o.DELIVERY_TIMED_OUT, o.FAILED], 1, o.FAILED, id="a failure weighs more than a missed delivery"),
        pytest.param([o.INVALID_PLATFORM, o.INVALID_PLATFORM], 0, o.FAILED, id="all of the wrong platform"),
        pytest.param([o.INVALID_PLATFORM, o.PENDING], 0, o.PENDING, id="one of the wrong platform, one to come"),
        pytest.param([*[o.INVALID_PLATFORM] * 4, o.SUCCESS], 0, o.SUCCESS, id="four of the wrong platform, one well"),
        pytest.param([o.INVALID_PLATFORM, o.SUCCESS, o.FAILED], 2, o.INCOMPLETE, id="wrong, well and failed"),
        pytest.param([o.UNDELIVERABLE, o.UNDELIVERABLE], 0, o.FAILED, id="all undeliverable"),
        pytest.param([*[o.UNDELIVERABLE] * 4, o.SUCCESS], 0, o.SUCCESS, id="four undeliverable, one well"),
        pytest.param([o.DELAYED, o.DELAYED], 0, o.ALL_DELAYED, id="none can be reached yet"),
        pytest.param([o.DELAYED, o.PENDING], 0, o.PENDING, id="one can't be reached yet, one is about to be"),
        pytest.param([o.DELAYED, o.SUCCESS], 0, o.IN_PROGRESS, id="one can't be reached yet, one has ended"),
        pytest.param([o.CANCELLED, o.IN_PROGRESS], 0, o.IN_PROGRESS, id="one cancelled alone, one runs"),
        pytest.param([o.CANCELLED, o.SUCCESS], 0, o.INCOMPLETE, id="one cancelled alone, one well"),
        pytest.param([o.CANCELLED, o.CANCELLED], 0, o.CANCELLED, id="each cancelled alone"),
    ],
)
def test_a_command_is_the_sum_of_its_nodes(nodes: list[Outcome], max_errors: int, shown: Outcome) -> None:
    assert of_command(Counter(nodes), max_errors=max_errors, is_cancelled=False) == shown


def test_a_cancelled_command_is_cancelling_until_its_nodes_are_done() -> None:
    def shown(*nodes: Outcome) -> Outcome:
        return of_command(Counter(nodes), max_errors=0, is_cancelled=True)

    assert shown(o.CANCELLING, o.CANCELLED) == o.CANCELLING
    assert shown(o.CANCELLED, o.SUCCESS) == o.CANCELLED
    assert shown(o.SUCCESS, o.SUCCESS) == o.SUCCESS
    assert shown(o.FAILED, o.SUCCESS) == o.FAILED


def test_only_failures_and_time_limits_count_as_errors() -> None:
    assert {each for each in vars(o).values() if isinstance(each, Outcome) and each.is_error} == {
        o.FAILED,
        o.EXECUTION_TIMED_OUT,
    }
