"""What a control plane makes of its time limits when its machine has been down, or its clock is astray."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.commands.conftest import Desk

A = "mi-00000000000000001"
YEAR_S = 365 * 86400.0


def test_what_ran_when_the_machine_went_down_has_its_whole_time_again(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    desk.clock.pass_s(YEAR_S)

    desk.service.renew_time_limits()
    desk.service.give_up_overdue()

    assert desk.on(command_id, A)[0] == "InProgress"


def test_what_only_waited_then_expires(desk: "Desk") -> None:
    command_id = desk.send(A)
    desk.clock.pass_s(YEAR_S)

    desk.service.renew_time_limits()
    desk.service.give_up_overdue()

    assert desk.on(command_id, A) == ("TimedOut", "DeliveryTimedOut")


def test_a_clock_years_ahead_wipes_no_history(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.run(command_id)
    desk.clock.pass_s(YEAR_S)

    desk.restart()

    assert desk.command(command_id) == ("Success", "Success")


def test_history_older_than_a_month_goes_when_there_is_newer(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.run(command_id)
    desk.clock.pass_s(YEAR_S)
    worker.run(desk.send(A))

    desk.restart()

    assert desk.service.repository.command(command_id) is None
