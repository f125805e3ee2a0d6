"""Commands from SendCommand to their end, over workers that report what the test says."""

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from patchgui.agent.documents import NewVersion
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.refusal import Refusal
from patchgui.agent.worker.journal import uptime
from patchgui.ssm.shapes import DocumentFormat, DocumentType

if TYPE_CHECKING:
    from patchgui.agent.documents import DocumentStore
    from tests.unit.commands.conftest import Desk

A, B, C, D, WINDOWS = (f"mi-{number:017x}" for number in range(1, 6))


def test_a_command_goes_from_pending_to_success(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    assert desk.command(command_id) == ("Pending", "Pending")
    assert worker.commands() == [command_id]

    worker.accept(command_id)
    assert desk.command(command_id) == desk.on(command_id, A) == ("InProgress", "InProgress")
    worker.report(command_id, "step_started", step="one", action="aws:runShellScript")
    assert desk.steps(command_id, A)["one"]["status"] == "InProgress"
    assert desk.steps(command_id, A)["one"]["code"] == -1
    worker.step(command_id, "one", stdout="hi\n", output="hi\n")
    worker.end(command_id)

    assert desk.command(command_id) == desk.on(command_id, A) == ("Success", "Success")
    step = desk.steps(command_id, A)["one"]
    assert (step["status"], step["code"], step["output"], step["stdout"]) == ("Success", 0, "hi\n", "hi\n")
    assert desk.counts(command_id) == (1, 1, 0, 0)
    assert worker.sent[-1] == {"type": "ack", "command": command_id, "n": worker.numbers[command_id]}


def test_a_message_carries_all_that_a_worker_needs_alone(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    desk.send(A, document="Outer", Parameters={"Hook": ["One"]})

    command = worker.sent[-1]["command"]

    assert command["parameters"] == {"Hook": "One"}
    assert list(command["documents"]) == ["One"]
    assert command["content"]["mainSteps"][0]["name"] == "hook"
    assert command["baseline"]
    assert command["deliver_until_up"] == pytest.approx(uptime() + 3600, abs=5)


def test_a_report_that_comes_twice_is_applied_once(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.run(command_id, "Failed")
    before = desk.steps(command_id, A)

    worker.resend(command_id, {"n": 1, "at": 0.0, "type": "accepted"})
    worker.resend(command_id, {"n": 3, "at": 0.0, "type": "step_started", "step": "one", "action": "x"})

    assert desk.on(command_id, A) == ("Failed", "Failed")
    assert desk.steps(command_id, A) == before


def test_a_step_that_reboots_stays_in_progress_with_its_first_start(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    worker.step(command_id, "one", StepStatus.SUCCESS_AND_REBOOT, code=194, stdout="down\n")
    started_at = desk.steps(command_id, A)["one"]["started_at"]
    worker.report(command_id, "reboot_requested", boot_id="b1")
    worker.disconnect()

    step = desk.steps(command_id, A)["one"]
    assert (step["status"], step["code"], step["stdout"], step["ended_at"]) == ("InProgress", -1, "down\n", None)
    assert desk.on(command_id, A) == ("InProgress", "InProgress")

    desk.clock.pass_s(18)
    worker.connect()
    worker.report(command_id, "resumed", boot_id="b2")
    worker.step(command_id, "one", stdout="down\nup\n")
    worker.end(command_id)

    step = desk.steps(command_id, A)["one"]
    assert (step["status"], step["code"], step["started_at"]) == ("Success", 0, started_at)
    assert desk.command(command_id) == ("Success", "Success")


def test_a_skipped_step_shows_as_a_success_that_says_why(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    worker.step(command_id, "one", StepStatus.SKIPPED, output="Step execution skipped due to …")
    worker.end(command_id)

    step = desk.steps(command_id, A)["one"]
    assert (step["status"], step["code"], step["output"]) == ("Success", 0, "Step execution skipped due to …")


def test_a_document_that_can_not_be_read_says_so_at_its_first_step(desk: "Desk") -> None:
    desk.create("Two", "one", "two")
    (worker,) = desk.connect(A)
    command_id = desk.send(A, document="Two")
    worker.accept(command_id)
    worker.end(command_id, "Failed", "Unsupported schema format")

    steps = desk.steps(command_id, A)
    assert [step["status"] for step in steps.values()] == ["Failed", "Failed"]
    assert (steps["one"]["output"], steps["one"]["code"]) == ("Unsupported schema format", 1)
    assert steps["two"]["code"] == -1


@pytest.mark.parametrize(
    ("engine", "shown"),
    [
        ("Failed", ("Failed", "Failed")),
        ("TimedOut", ("TimedOut", "ExecutionTimedOut")),
        ("Cancelled", ("Cancelled", "Cancelled")),
        ("InProgress", ("Failed", "Failed")),
    ],
)
def test_a_document_that_does_not_end_well_shows_how(desk: "Desk", engine: str, shown: tuple[str, str]) -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    worker.end(command_id, engine)

    assert desk.on(command_id, A) == shown


# -- nodes that are away -------------------------------------------------------------------------------------------


def test_a_node_that_is_away_gets_its_command_when_it_comes(desk: "Desk") -> None:
    command_id = desk.send(A)
    assert desk.on(command_id, A) == ("Delayed", "Delayed")
    assert desk.command(command_id) == ("Pending", "Delayed")
    assert desk.steps(command_id, A)["one"]["status"] == "Pending", "steps know no delay"
    desk.clock.pass_s(3599)

    (worker,) = desk.connect(A)

    assert worker.commands() == [command_id]
    assert desk.on(command_id, A) == desk.command(command_id) == ("Pending", "Pending")


def test_a_node_that_stays_away_is_given_up_in_time(desk: "Desk") -> None:
    command_id = desk.send(A, TimeoutSeconds=30)
    desk.clock.pass_s(29)
    desk.service.give_up_overdue()
    assert desk.on(command_id, A) == ("Delayed", "Delayed")

    desk.clock.pass_s(1)
    desk.service.give_up_overdue()

    assert desk.on(command_id, A) == desk.command(command_id) == ("TimedOut", "DeliveryTimedOut")
    assert desk.counts(command_id) == (1, 1, 0, 1)
    assert desk.steps(command_id, A)["one"]["code"] == -1
    (worker,) = desk.connect(A)
    assert worker.commands() == []


def test_a_node_that_never_reports_the_end_is_given_up_after_the_total_time(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A, TimeoutSeconds=30)
    worker.accept(command_id)
    worker.disconnect()

    desk.clock.pass_s(30 + 3600 - 1)
    desk.service.give_up_overdue()
    assert desk.on(command_id, A) == ("InProgress", "InProgress")
    desk.clock.pass_s(1)
    desk.service.give_up_overdue()

    assert desk.on(command_id, A) == ("TimedOut", "DeliveryTimedOut")


def test_what_was_sent_and_not_acknowledged_is_sent_again(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.disconnect()
    worker.connect()

    assert worker.commands() == [command_id, command_id]
    assert desk.service.applied(A) == {}
    worker.accept(command_id)
    assert desk.service.applied(A) == {command_id: 2}


def test_a_node_that_has_lost_its_journal_fails_the_command(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)

    desk.service.received([(A, [{"type": "lost", "command": command_id, "reason": "The journal is damaged."}])])

    assert desk.on(command_id, A) == ("Failed", "Failed")
    assert desk.steps(command_id, A)["one"]["output"] == "The journal is damaged."


# -- many nodes ----------------------------------------------------------------------------------------------------


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


# -- who is meant --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "chosen"),
    [
        pytest.param([("tag:Role", ["web"])], {A, B}, id="by tag"),
        pytest.param([("tag:Role", ["web", "db"]), ("tag:Name", ["node-3"])], {C}, id="all targets must fit"),
        pytest.param([("tag-key", ["Role"])], {A, B, C, D, WINDOWS}, id="by key"),
        pytest.param([("InstanceIds", [A, D])], {A, D}, id="by id"),
        pytest.param([("InstanceIds", ["*"])], {A, B, C, D, WINDOWS}, id="all"),
        pytest.param([("tag:Role", ["cache"])], set(), id="none"),
        pytest.param([("resource-groups:Name", ["mine"])], set(), id="no resource groups here"),
    ],
)
def test_targets_choose_nodes(desk: "Desk", targets: list[tuple[str, list[str]]], chosen: set[str]) -> None:
    wire = [{"Key": key, "Values": values} for key, values in targets]
    command_id = desk.send(Targets=wire)

    rows = desk.service.repository.invocations(command_id)
    assert {row["instance_id"] for row in rows} == chosen
    if not chosen:
        assert desk.command(command_id) == ("Success", "NoInstancesInTag")


def test_a_node_of_the_wrong_platform_among_targets_is_not_sent_anything(desk: "Desk") -> None:
    (worker,) = desk.connect(WINDOWS)
    command_id = desk.send(Targets=[{"Key": "InstanceIds", "Values": [WINDOWS]}])

    assert desk.on(command_id, WINDOWS) == ("Failed", "InvalidPlatform")
    assert desk.command(command_id) == ("Failed", "Failed")
    assert desk.counts(command_id) == (1, 1, 0, 0)
    assert worker.commands() == []


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("InvalidInstanceId", {"InstanceIds": ["mi-0123456789abcdef0"]}),
        ("DuplicateInstanceId", {"InstanceIds": [A, A]}),
        ("UnsupportedPlatformType", {"InstanceIds": [WINDOWS]}),
        ("InvalidDocument", {"InstanceIds": [A], "DocumentName": "Missing"}),
        ("InvalidDocumentVersion", {"InstanceIds": [A], "DocumentVersion": "9"}),
        ("InvalidDocument", {"InstanceIds": [A], "DocumentHash": "0" * 64}),
        ("InvalidParameters", {"InstanceIds": [A], "Parameters": {"what": ["x"]}}),
        ("InvalidTarget", {"Targets": [{"Key": "colour", "Values": ["red"]}]}),
        ("ValidationException", {}),
        ("ValidationException", {"InstanceIds": [A], "Targets": [{"Key": "InstanceIds", "Values": [A]}]}),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_and_leaves_no_trace(
    desk: "Desk", code: str, members: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        desk.send(**members)

    assert refused.value.code == code
    assert desk.service.is_idle


# -- cancel --------------------------------------------------------------------------------------------------------


def test_a_command_that_waits_is_cancelled_at_once(desk: "Desk") -> None:
    command_id = desk.send(A)
    desk.service.cancel(command_id, ())

    assert desk.on(command_id, A) == desk.command(command_id) == ("Cancelled", "Cancelled")
    assert desk.steps(command_id, A)["one"]["status"] == "Cancelled"
    (worker,) = desk.connect(A)
    assert worker.sent == []


def test_a_command_that_runs_is_cancelled_by_its_worker(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)

    desk.service.cancel(command_id, ())
    assert desk.on(command_id, A) == desk.command(command_id) == ("Cancelling", "Cancelling")
    assert worker.sent[-1] == {"type": "cancel", "command": command_id}
    worker.step(command_id, "one", StepStatus.CANCELLED, code=137)
    worker.end(command_id, "Cancelled")

    assert desk.command(command_id) == ("Cancelled", "Cancelled")
    assert desk.steps(command_id, A)["one"]["code"] == 137


def test_a_cancel_between_delivery_and_acknowledgement_is_not_forgotten(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    desk.service.cancel(command_id, ())

    worker.accept(command_id)

    assert desk.on(command_id, A) == ("Cancelling", "Cancelling")
    assert [message["type"] for message in worker.sent] == ["command", "cancel"]


def test_a_cancel_survives_that_the_command_is_sent_again(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    desk.service.cancel(command_id, ())
    worker.disconnect()
    worker.sent.clear()

    worker.connect()

    assert [message["type"] for message in worker.sent] == ["command", "cancel"]


def test_a_cancel_reaches_a_node_that_comes_back_from_a_reboot(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    worker.disconnect()
    desk.service.cancel(command_id, ())
    worker.sent.clear()

    worker.connect()

    assert worker.sent == [{"type": "cancel", "command": command_id}]


def test_what_ended_before_the_cancel_stays_as_it_is(desk: "Desk") -> None:
    workers = desk.connect(A, B)
    command_id = desk.send(A, B, MaxConcurrency="1")
    workers[0].run(command_id)
    desk.service.cancel(command_id, ())
    workers[1].accept(command_id)
    workers[1].end(command_id, "Cancelled")

    assert desk.on(command_id, A) == ("Success", "Success")
    assert desk.command(command_id) == ("Cancelled", "Cancelled")
    desk.service.cancel(command_id, ())
    assert desk.command(command_id) == ("Cancelled", "Cancelled")


def test_one_node_of_several_can_be_cancelled(desk: "Desk") -> None:
    desk.connect(A)
    command_id = desk.send(A, B)
    desk.service.cancel(command_id, [B])

    assert desk.on(command_id, A) == ("Pending", "Pending")
    assert desk.on(command_id, B) == ("Cancelled", "Cancelled")


def test_a_command_that_does_not_exist_can_not_be_cancelled(desk: "Desk") -> None:
    with pytest.raises(Refusal, match="InvalidCommandId"):
        desk.service.cancel("00000000-0000-0000-0000-000000000000", ())


@pytest.mark.parametrize(
    "state", ["waits for its turn", "node is away", "sent", "sent to a node that went away", "running", "rebooting"]
)
def test_a_command_can_be_cancelled_when_it(desk: "Desk", state: str) -> None:
    """In each state it comes to Cancelled, at once or when its worker says so, and never runs afterwards."""
    worker = desk.workers[A]
    if state != "node is away":
        worker.connect()
    if state == "waits for its turn":
        desk.connect(B)
    command_id = desk.send(B, A, MaxConcurrency="1") if state == "waits for its turn" else desk.send(A)
    if state in {"running", "rebooting"}:
        worker.accept(command_id)
    if state == "rebooting":
        worker.step(command_id, "one", StepStatus.SUCCESS_AND_REBOOT, code=194)
        worker.report(command_id, "reboot_requested", boot_id="b1")
    if state in {"rebooting", "sent to a node that went away"}:
        worker.disconnect()

    desk.service.cancel(command_id, ())
    desk.service.cancel(command_id, ())

    if state in {"waits for its turn", "node is away"}:
        assert desk.on(command_id, A) == ("Cancelled", "Cancelled")
        worker.connect()
        assert worker.commands() == []
        return
    assert desk.on(command_id, A) == desk.command(command_id) == ("Cancelling", "Cancelling")
    if state == "rebooting":
        assert not any(message["type"] == "cancel" for message in worker.sent), "it is told when it is there again"
    if state in {"rebooting", "sent to a node that went away"}:
        worker.connect()
    assert {"type": "cancel", "command": command_id} in worker.sent
    if state.startswith("sent"):
        worker.accept(command_id)
    worker.step(command_id, "one", StepStatus.CANCELLED, code=137)
    worker.end(command_id, "Cancelled")
    assert desk.on(command_id, A) == desk.command(command_id) == ("Cancelled", "Cancelled")


def test_a_step_that_ends_well_in_spite_of_a_cancel_is_shown_so(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    desk.service.cancel(command_id, ())
    worker.step(command_id, "one")
    worker.end(command_id)

    assert desk.on(command_id, A) == desk.command(command_id) == ("Success", "Success")


def test_a_cancelled_node_that_never_comes_back_is_given_up_in_time(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A, TimeoutSeconds=30)
    worker.accept(command_id)
    worker.disconnect()
    desk.service.cancel(command_id, ())

    desk.clock.pass_s(30 + 3600)
    desk.service.give_up_overdue()

    assert desk.on(command_id, A) == ("TimedOut", "DeliveryTimedOut"), "nobody knows what it did"


def test_a_command_goes_on_where_it_was_not_cancelled(desk: "Desk") -> None:
    workers = desk.connect(A, B)
    command_id = desk.send(A, B)
    workers[0].accept(command_id)
    workers[1].accept(command_id)

    desk.service.cancel(command_id, [B])
    assert desk.on(command_id, B) == ("Cancelling", "Cancelling")
    assert desk.command(command_id) == ("InProgress", "InProgress")
    workers[1].end(command_id, "Cancelled")
    workers[0].step(command_id, "one")
    workers[0].end(command_id)

    assert desk.command(command_id) == ("Failed", "Incomplete")


def test_a_command_that_was_cancelled_node_by_node_is_cancelled(desk: "Desk") -> None:
    command_id = desk.send(A, B)
    desk.service.cancel(command_id, [A])
    desk.service.cancel(command_id, [B])

    assert desk.command(command_id) == ("Cancelled", "Cancelled")


# -- nodes that are no more ----------------------------------------------------------------------------------------


def test_a_command_for_a_node_that_is_registered_no_more_is_undeliverable(desk: "Desk") -> None:
    command_id = desk.send(A, B)
    del desk.node_names[A]
    desk.restart()

    assert desk.on(command_id, A) == ("Failed", "Undeliverable")
    assert "not registered" in desk.steps(command_id, A)["one"]["output"]
    desk.connect(B)
    desk.workers[B].run(command_id)
    assert desk.command(command_id) == ("Success", "Success"), "it counts neither as an error nor as a success"
    assert desk.counts(command_id) == (2, 2, 0, 0)


def test_a_command_for_nodes_that_are_all_no_more_has_failed(desk: "Desk") -> None:
    command_id = desk.send(A)
    del desk.node_names[A]
    desk.restart()

    assert desk.command(command_id) == ("Failed", "Failed")


# -- late words ----------------------------------------------------------------------------------------------------


def test_what_comes_after_a_time_out_is_kept_and_changes_no_status(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A, TimeoutSeconds=30)
    worker.accept(command_id)
    worker.disconnect()
    desk.clock.pass_s(30 + 3600)
    desk.service.give_up_overdue()

    worker.connect()
    worker.step(command_id, "one", stdout="done\n", output="done\n")
    worker.end(command_id)

    assert desk.on(command_id, A) == desk.command(command_id) == ("TimedOut", "DeliveryTimedOut")
    step = desk.steps(command_id, A)["one"]
    assert (step["status"], step["output"]) == ("TimedOut", "done\n")
    assert worker.sent[-1]["type"] == "ack"


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


# -- output, questions, time ---------------------------------------------------------------------------------------


def test_output_shows_while_a_step_runs(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    message = {"type": "output", "command": command_id, "step": "one", "stream": "stdout", "offset": 0}
    desk.service.received([(A, [{**message, "data": base64.b64encode(b"half").decode()}])])

    assert desk.service.live_output.text((command_id, A, "one"), "stdout") == "half"
    worker.step(command_id, "one")
    assert desk.service.live_output.text((command_id, A, "one"), "stdout") == ""


def test_a_worker_may_ask_for_a_document(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    desk.service.received([(A, [{"type": "question", "id": 7, "name": "One", "version": ""}])])
    desk.service.received([(A, [{"type": "question", "id": 8, "name": "Missing", "version": ""}])])

    assert worker.sent[0]["id"] == 7
    assert "mainSteps" in worker.sent[0]["text"]
    assert worker.sent[1]["error"].startswith("InvalidDocument")


# -- documents that change under way -------------------------------------------------------------------------------


def test_nodes_under_way_are_told_what_a_hook_is_now(desk: "Desk") -> None:
    _outer(desk)
    workers = desk.connect(A, B)
    command_id = desk.send(A, B, document="Outer", Parameters={"Hook": ["One"]}, MaxConcurrency="1")
    workers[0].accept(command_id)

    _change(desk.documents, "One", "first", "second")

    told = workers[0].sent[-1]
    assert (told["type"], told["command"]) == ("documents", command_id)
    assert "second" in told["documents"]["One"]["text"]
    workers[0].end(command_id)
    assert "second" in workers[1].sent[0]["command"]["documents"]["One"], "a node that waited gets it with the command"


def test_a_node_that_was_away_is_told_when_it_comes_back(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    command_id = desk.send(A, document="Outer", Parameters={"Hook": ["One"]})
    worker.accept(command_id)
    worker.disconnect()
    desk.documents.delete("One")
    worker.sent.clear()

    worker.connect()

    error = "InvalidDocument: Document with name One does not exist."
    assert worker.sent == [{"type": "documents", "command": command_id, "documents": {"One": {"error": error}}}]


def test_a_document_that_a_command_does_not_run_is_of_no_concern_to_its_nodes(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    worker.sent.clear()

    desk.create("Another", "step")
    _change(desk.documents, "One", "first")

    assert worker.sent == [], "the command's own document was sent with it"


def test_a_new_version_that_is_not_the_default_changes_nothing(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    worker.accept(desk.send(A, document="Outer", Parameters={"Hook": ["One"]}))
    worker.sent.clear()
    desk.documents.update("One", _new(_shell("later")), None)
    assert worker.sent == []

    desk.documents.set_default("One", "2")

    assert worker.sent[-1]["type"] == "documents"


def test_an_agent_that_was_killed_between_a_change_and_telling_it_tells_at_its_return(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    command_id = desk.send(A, document="Outer", Parameters={"Hook": ["One"]})
    worker.accept(command_id)
    worker.sent.clear()
    _change(desk.unwatched_documents(), "One", "late")
    assert worker.sent == []

    desk.restart()
    worker.connect()

    assert "late" in worker.sent[-1]["documents"]["One"]["text"]


def _outer(desk: "Desk") -> None:
    """Make a document that runs the one named by its parameter."""
    hook = {"documentType": "SSMDocument", "documentPath": "{{ Hook }}"}
    content = {
        "schemaVersion": "2.2",
        "parameters": {"Hook": {"type": "String"}},
        "mainSteps": [{"name": "hook", "action": "aws:runDocument", "inputs": hook}],
    }
    desk.documents.create("Outer", _new(json.dumps(content)), DocumentType.COMMAND, {})


def _change(documents: "DocumentStore", name: str, *steps: str) -> None:
    """Give a document other steps."""
    changed = documents.update(name, _new(_shell(*steps)), None)
    documents.set_default(name, changed.version)


def _shell(*steps: str) -> str:
    main = [{"name": step, "action": "aws:runShellScript", "inputs": {"runCommand": [step]}} for step in steps]
    return json.dumps({"schemaVersion": "2.2", "mainSteps": main})


def test_commands_of_an_unknown_origin_are_acknowledged_and_left_alone(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    worker.report("from-another-life", "accepted")
    worker.report("from-another-life", "ended", status="Success", reason="")

    assert worker.sent == [{"type": "ack", "command": "from-another-life", "n": 2}]


def _new(text: str) -> NewVersion:
    return NewVersion(text, DocumentFormat.JSON)
