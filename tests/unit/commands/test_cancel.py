"""Cancelling commands in every state."""

from typing import TYPE_CHECKING

import pytest

from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.refusal import Refusal

if TYPE_CHECKING:
    from tests.unit.commands.conftest import Desk

A, B, C, D, WINDOWS = (f"mi-{number:017x}" for number in range(1, 6))


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
