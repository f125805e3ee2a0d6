"""How commands spread, and what stops them."""

from typing import TYPE_CHECKING

import pytest

from patchgui.agent.engine.statuses import StepStatus

if TYPE_CHECKING:
    from tests.unit.commands.conftest import Desk

A, B, C, D, WINDOWS = (f"mi-{number:017x}" for number in range(1, 6))


def test_a_command_spreads_from_one_node_to_all(desk: "Desk") -> None:
    workers = desk.connect(A, B, C, D)
    command_id = desk.send(A, B, C, D)
    assert [len(worker.commands()) for worker in workers] == [1, 0, 0, 0]

    workers[0].accept(command_id)

    assert [len(worker.commands()) for worker in workers] == [1, 1, 1, 0]


def test_no_more_nodes_run_than_may(desk: "Desk") -> None:
    workers = desk.connect(A, B, C)
    command_id = desk.send(A, B, C, MaxConcurrency="1")
    workers[0].accept(command_id)
    assert not workers[1].commands()

    workers[0].step(command_id, "one")
    workers[0].end(command_id)

    assert [len(worker.commands()) for worker in workers] == [1, 1, 0]


def test_a_node_that_is_away_does_not_hold_the_others_up(desk: "Desk") -> None:
    _, worker = desk.connect(B, C)
    command_id = desk.send(A, B, C, MaxConcurrency="1")
    desk.workers[B].run(command_id)

    assert worker.commands() == [command_id]


def test_too_many_errors_stop_the_spreading(desk: "Desk") -> None:
    workers = desk.connect(A, B, C, D)
    command_id = desk.send(A, B, C, D, MaxConcurrency="2", MaxErrors="0")
    workers[0].accept(command_id)
    assert len(workers[1].commands()) == 1
    workers[1].accept(command_id)

    workers[0].step(command_id, "one", StepStatus.FAILED, code=3)
    workers[0].end(command_id, "Failed")

    assert desk.on(command_id, C) == desk.on(command_id, D) == ("Cancelled", "Terminated")
    assert desk.on(command_id, B) == ("InProgress", "InProgress"), "what runs goes on"
    assert desk.command(command_id) == ("InProgress", "InProgress")
    workers[1].step(command_id, "one")
    workers[1].end(command_id)
    assert desk.command(command_id) == ("Failed", "Failed")
    assert desk.counts(command_id) == (4, 4, 1, 0)


def test_errors_within_the_limit_leave_the_command_incomplete(desk: "Desk") -> None:
    desk.connect(A, B, C, D)
    command_id = desk.send(A, B, C, D, MaxErrors="50%")
    for instance_id, status in ((A, "Failed"), (B, "Success"), (C, "Success"), (D, "Success")):
        desk.workers[instance_id].run(command_id, status)

    assert desk.command(command_id) == ("Failed", "Incomplete")
    assert desk.counts(command_id) == (4, 4, 1, 0)


def test_a_node_that_went_away_before_it_acknowledged_keeps_its_lane(desk: "Desk") -> None:
    workers = desk.connect(A, B)
    command_id = desk.send(A, B, MaxConcurrency="1")
    workers[0].disconnect()

    assert desk.on(command_id, A) == ("Delayed", "Delayed")
    assert workers[1].commands() == [], "it may have begun: two at a time would be one too many"
    desk.clock.pass_s(3600 + 6)
    desk.service.give_up_overdue()
    assert desk.on(command_id, A) == ("TimedOut", "DeliveryTimedOut")


@pytest.mark.parametrize(
    ("max_errors", "failing", "terminated", "status"),
    [
        pytest.param("0", 1, 3, ("Failed", "Failed"), id="none may fail"),
        pytest.param("1", 2, 2, ("Failed", "Failed"), id="one may fail, the second stops"),
        pytest.param("25%", 2, 2, ("Failed", "Failed"), id="a quarter of four is one"),
        pytest.param("0%", 1, 3, ("Failed", "Failed"), id="no share at all"),
        pytest.param("100%", 4, 0, ("Failed", "Failed"), id="all may fail"),
        pytest.param("9", 4, 0, ("Failed", "Incomplete"), id="more may fail than there are"),
    ],
)
def test_errors_stop_a_command_beyond_its_limit(
    desk: "Desk", max_errors: str, failing: int, terminated: int, status: tuple[str, str]
) -> None:
    workers = desk.connect(A, B, C, D)
    command_id = desk.send(A, B, C, D, MaxConcurrency="1", MaxErrors=max_errors)
    for worker in workers[:failing]:
        worker.run(command_id, "Failed")

    details = [desk.on(command_id, each)[1] for each in (A, B, C, D)]
    assert details == ["Failed"] * failing + ["Terminated"] * terminated
    assert desk.command(command_id) == status
    assert [desk.steps(command_id, each)["one"]["status_details"] for each in (A, B, C, D)] == details


@pytest.mark.parametrize(
    ("max_concurrency", "at_once"),
    [("1", 1), ("2", 2), ("9", 4), ("50%", 2), ("100%", 4), ("1%", 1), ("60%", 2)],
)
def test_so_many_nodes_run_at_one_time(desk: "Desk", max_concurrency: str, at_once: int) -> None:
    workers = desk.connect(A, B, C, D)
    command_id = desk.send(A, B, C, D, MaxConcurrency=max_concurrency)
    for _round in range(4):
        for worker in workers:
            if worker.commands() and not worker.numbers:
                worker.accept(command_id)

    assert sum(bool(worker.commands()) for worker in workers) == at_once


def test_time_limits_of_steps_count_as_errors_and_missed_deliveries_do_not(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A, B, C, TimeoutSeconds=30, MaxErrors="1")
    worker.run(command_id, "TimedOut")
    desk.clock.pass_s(30)
    desk.service.give_up_overdue()

    assert desk.counts(command_id) == (3, 3, 1, 2)
    assert desk.on(command_id, A) == ("TimedOut", "ExecutionTimedOut")
    assert desk.on(command_id, B) == desk.on(command_id, C) == ("TimedOut", "DeliveryTimedOut")
    assert desk.command(command_id) == ("TimedOut", "ExecutionTimedOut")
