"""The clock of time-outs, while somebody sets the machine's clock or the machine loses it."""

from pathlib import Path

import pytest

from patchgui.agent.steady_clock import SteadyClock

HOUR, YEARS = 3600.0, 5 * 365 * 86400.0


class Machine:
    """A machine that can be set, restarted, and asked for the clock of an agent that has just started."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.boot, self.up, self.wall = "boot-1", 100.0, 1.8e9

    def clock(self) -> SteadyClock:
        return SteadyClock(self.file, boot_id=lambda: self.boot, up=lambda: self.up, wall=lambda: self.wall)

    def pass_time(self, seconds: float) -> None:
        self.up += seconds
        self.wall += seconds

    def restart(self) -> None:
        self.boot, self.up = "boot-2", 3.0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "clock.json")


@pytest.mark.parametrize("jump_s", [HOUR, -HOUR, YEARS, -YEARS])
def test_setting_the_clock_of_the_machine_moves_no_time_out(machine: Machine, jump_s: float) -> None:
    clock = machine.clock()
    before = clock()

    machine.wall += jump_s
    machine.pass_time(60)

    assert (clock() - before).total_seconds() == 60
    # Nor over a restart of the agent alone.
    again = machine.clock()
    assert (again() - before).total_seconds() == 60
    assert not again.is_new_boot


@pytest.mark.parametrize("jump_s", [-HOUR, -YEARS])
def test_a_machine_that_loses_its_clock_in_a_reboot_does_not_go_back(machine: Machine, jump_s: float) -> None:
    before = machine.clock()()

    machine.restart()
    machine.wall += jump_s
    clock = machine.clock()

    assert clock.is_new_boot
    assert clock() >= before


def test_a_reboot_is_told_whatever_the_clock_says_after_it(machine: Machine) -> None:
    machine.clock()()
    machine.restart()
    machine.wall += YEARS

    assert machine.clock().is_new_boot


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"boot_id": 1}', b"\xff"])
def test_a_torn_file_costs_only_the_memory(machine: Machine, damage: bytes) -> None:
    machine.file.write_bytes(damage)

    assert machine.clock()().timestamp() == pytest.approx(machine.wall)


def test_a_full_disk_stops_no_clock(machine: Machine) -> None:
    machine.file.mkdir()

    assert machine.clock()().timestamp() == pytest.approx(machine.wall)
