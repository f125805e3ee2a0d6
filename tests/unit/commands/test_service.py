"""Commands from SendCommand to their end, over workers that report what the test says."""

import base64
from typing import TYPE_CHECKING

import pytest

from patchgui.agent.documents import NewVersion
from patchgui.agent.engine.statuses import StepStatus
from patchgui.ssm.shapes import DocumentFormat

if TYPE_CHECKING:
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


def test_commands_of_an_unknown_origin_are_acknowledged_and_left_alone(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    worker.report("from-another-life", "accepted")
    worker.report("from-another-life", "ended", status="Success", reason="")

    assert worker.sent == [{"type": "ack", "command": "from-another-life", "n": 2}]


def _new(text: str) -> NewVersion:
    return NewVersion(text, DocumentFormat.JSON)
