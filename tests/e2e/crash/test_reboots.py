"""Nodes that reboot and do not come back, come back late, or come back to something else than they left."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from patchgui.agent.clock import utc_now
from tests.soak import documents
from tests.soak.plane import HostNode, Plane
from tests.soak.platter import Platter, kill_session, make_sync_program
from tests.soak.trial import WORKER

pytestmark = pytest.mark.anyio

MakePlane = Callable[..., Plane]


class MovableClock:
    """The time, for a control plane that is to believe that more of it has passed."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass(frozen=True)
class SlowNode(HostNode):
    """A machine that is away after its reboot until a file ``back`` appears."""

    async def reboot(self) -> None:
        (self.folder.parent / "away").touch()
        while not (self.folder.parent / "back").exists():  # noqa: ASYNC110 - the test makes it
            await asyncio.sleep(0.01)


async def gone(make_plane: MakePlane, folder: Path) -> tuple[Plane, str, MovableClock]:
    """Send the document of one reboot and return when the node has gone down and all the command's time is over."""
    clock = MovableClock()
    plane = make_plane(node_type=SlowNode, clock=clock)
    command_id = await plane.launch(documents.reboots(folder, times=1))
    async with asyncio.timeout(20):
        while not (folder / "away").exists():  # noqa: ASYNC110 - another task makes it
            await asyncio.sleep(0.01)
    clock.ahead = timedelta(days=3)
    plane.commands.give_up_overdue()
    return plane, command_id, clock


async def test_a_node_that_never_comes_back_ends_by_the_total_time_out(make_plane: MakePlane, tmp_path: Path) -> None:
    plane, command_id, _clock = await gone(make_plane, tmp_path)

    invocation = plane.invocation(command_id)
    assert (invocation["status"], invocation["status_details"]) == ("TimedOut", "DeliveryTimedOut")
    assert plane.is_final(command_id)
    assert {step["status"] for step in plane.steps(command_id).values()} <= {"Success", "TimedOut"}


async def test_a_node_that_comes_back_after_the_time_out_still_runs_its_exit_hook_and_is_usable(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane, command_id, clock = await gone(make_plane, tmp_path)

    clock.ahead = timedelta()
    (tmp_path / "back").touch()
    again = plane.send("Scene")
    await plane.ended(again)

    assert (tmp_path / "log").read_text().split().count("fin") == 2
    assert plane.invocation(again)["status"] == "Success"
    # What it told late is on record, and changes nothing of how the command had ended.
    assert plane.invocation(command_id)["status_details"] == "DeliveryTimedOut"
    assert plane.invocation(command_id)["applied"] > 5
    assert "InProgress" not in {step["status"] for step in plane.steps(command_id).values()}


@pytest.mark.parametrize("times", [1, 2])
async def test_a_node_reboots_as_often_as_its_step_asks(make_plane: MakePlane, tmp_path: Path, times: int) -> None:
    plane = make_plane()
    command_id = await plane.launch(documents.reboots(tmp_path, times=times))
    await plane.ended(command_id)

    assert plane.invocation(command_id)["status"] == "Success"
    assert (tmp_path / "log").read_text().split() == ["one", *["boot"] * (times + 1), "fin"]


async def test_a_node_that_reboots_again_and_again_is_stopped_and_still_runs_its_exit_hook(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane()
    command_id = await plane.launch(documents.reboots(tmp_path, times=99))
    await plane.ended(command_id)

    assert plane.invocation(command_id)["status"] == "Failed"
    assert "restarted the node 15 times" in plane.steps(command_id)["boot"]["output"]
    assert (tmp_path / "log").read_text().split() == ["one", *["boot"] * 16, "fin"]


@pytest.mark.parametrize("jump", ["+1 hour", "-1 hour", "+5 years", "-5 years"])
async def test_a_node_whose_clock_jumps_over_a_reboot_neither_expires_nor_refuses_anything(
    make_plane: MakePlane, tmp_path: Path, jump: str
) -> None:
    number, unit = jump.split()
    seconds = int(number) * {"hour": 3600, "years": 365 * 86400}[unit]
    program = tmp_path / "worker_with_another_clock.py"
    program.write_text(
        "import pathlib, sys, time\n"
        "from patchgui.agent.worker import __main__ as worker\n"
        "real = time.time\n"
        f"if pathlib.Path({str(tmp_path / 'count')!r}).exists():\n"
        f"    time.time = lambda: real() + {seconds}\n"
        "sys.exit(worker.main())\n"
    )
    plane = make_plane(worker_program=(str(program),))
    command_id = await plane.launch(documents.reboots(tmp_path, times=1))
    await plane.ended(command_id)
    again = plane.send("Scene")
    await plane.ended(again)

    assert plane.invocation(command_id)["status"] == "Success"
    assert plane.invocation(again)["status"] == "Success"
    assert (tmp_path / "log").read_text().split() == ["one", "boot", "boot", "fin", "one", "boot", "fin"]


async def test_a_control_plane_restored_from_an_old_copy_learns_how_a_command_ended(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane()
    command_id = await plane.launch(documents.four_steps(tmp_path))
    await plane.ended(command_id)
    await plane.commands.stop()
    with plane.commands.repository.write() as db:
        db.execute("UPDATE invocation SET stage = 'running', status = 'InProgress', applied = 2")
        db.execute("UPDATE command SET is_final = 0, status = 'InProgress'")
        db.execute("UPDATE step SET status = 'Pending', output = ''")

    await plane.commands.start()
    await plane.ended(command_id)

    assert plane.invocation(command_id)["status"] == "Success"
    assert plane.steps(command_id)["fin"]["output"] == "fin speaks\n"
    assert (tmp_path / "log").read_text().split() == ["one", "two", "three", "fin"]


async def test_a_journal_that_ends_before_what_it_has_told_is_reported_as_damaged(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane()
    wait = documents.shell("two", "echo begun; sleep 5")
    plane.create("Wait", documents.of(documents.shell("one", "true"), wait, documents.shell("fin", "true")))
    await plane.commands.start()
    command_id = plane.send("Wait")
    key = (command_id, plane.node.instance_id, "two")
    await plane.until(lambda: "begun" in plane.commands.live_output.text(key, "stdout"))
    journal = tmp_path / "node" / "journal" / f"{command_id}.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:2]))

    plane.kill_worker()
    await plane.ended(command_id)

    assert plane.invocation(command_id)["status"] == "Failed"
    assert "damaged" in json.dumps(plane.invocation(command_id)["trace"])


def flushed(points: Path) -> bool:
    """Return whether a worker has brought its output log to the disk, and the log's name."""
    passed = points.read_text() if points.exists() else ""
    return "after fsync journal" in passed.partition("after fdatasync .output")[2]


async def test_output_that_was_shown_for_a_moment_survives_a_power_cut(make_plane: MakePlane, tmp_path: Path) -> None:
    make_sync_program(tmp_path / "bin", tmp_path / "platter")
    plane = make_plane(worker_program=WORKER)
    plane.create("Wait", documents.of(documents.shell("one", "echo so far; sleep 60"), documents.shell("fin", "true")))
    await plane.commands.start()
    command_id = plane.send("Wait")
    async with asyncio.timeout(20):
        while not flushed(tmp_path / "points"):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.01)

    pid = plane.worker_pid()
    assert pid is not None
    kill_session(pid)
    Platter(tmp_path / "node" / "journal", tmp_path / "platter").cut()
    await plane.ended(command_id)

    assert plane.steps(command_id)["one"]["output"].startswith("so far\n")
    assert "was interrupted" in plane.steps(command_id)["one"]["output"]


@dataclass(frozen=True)
class SmallNode(HostNode):
    """A node with a disk of three megabytes; the socket is outside, where the control plane finds it."""

    @property
    def socket(self) -> Path:
        return self.folder.parent / "worker.sock"

    def worker_command(self, boot_id: str) -> list[str]:
        enclosure = ["bwrap", "--dev-bind", "/", "/", "--size", "3000000", "--tmpfs", str(self.folder)]
        return [*enclosure, "--chdir", str(Path.cwd()), *super().worker_command(boot_id)]


async def test_a_node_on_a_full_disk_tells_the_truth_and_can_be_cleaned_up(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane(node_type=SmallNode)
    fill = documents.shell("fill", "head -c 9000000 /dev/zero > big", "echo filled")
    plane.create("Fill", documents.of(fill, documents.shell("next", "echo next"), documents.shell("fin", "true")))
    plane.create("Clean", documents.of(documents.shell("clean", "rm big; echo cleaned")))
    plane.create("Plain", documents.plain(tmp_path / "log", "one", "fin"))
    await plane.commands.start()

    for name in ("Fill", "Clean", "Plain"):
        command_id = plane.send(name)
        await plane.ended(command_id)
        steps = plane.steps(command_id)
        assert {step["status"] for step in steps.values()} <= {"Success", "Failed"}, steps
        if name == "Fill":
            assert "No space left" in steps["fill"]["output"]
        else:
            assert plane.invocation(command_id)["status"] == "Success", steps
