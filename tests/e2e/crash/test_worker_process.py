"""A worker in a process of its own: what it does beside running one command to its end."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.soak.plane import StubbornNode

pytestmark = pytest.mark.anyio

MakePlane = Callable[..., Any]


def shell(*steps: tuple[str, str], **last: Any) -> dict[str, Any]:
    main = [
        {"name": name, "action": "aws:runShellScript", "inputs": {"runCommand": [script]}} for name, script in steps
    ]
    main[-1]["inputs"].update(last)  # type: ignore[attr-defined]
    return {"schemaVersion": "2.2", "mainSteps": main}


def worker_pid(plane: Any) -> int:
    (supervisor,) = plane.commands._supervisors._running
    pid: int = supervisor._connection.worker_pid
    return pid


def is_alive(pid_file: Path) -> bool:
    # A dead process that nobody has waited for yet has no working directory any more.
    return Path(f"/proc/{pid_file.read_text().strip()}/cwd").exists()


def output(plane: Any, command_id: str, step: str) -> str:
    text: str = plane.commands.live_output.text((command_id, plane.node.instance_id, step), "stdout")
    return text


async def test_what_an_interrupted_step_left_running_is_ended(make_plane: MakePlane, tmp_path: Path) -> None:
    plane = make_plane()
    left = tmp_path / "left"
    plane.create("Left", shell(("one", f"sleep 5 & echo $! > {left}; echo begun; wait")))
    await plane.commands.start()
    command_id = plane.send("Left")
    await plane.until(lambda: "begun" in output(plane, command_id, "one"))

    os.kill(worker_pid(plane), signal.SIGKILL)
    await plane.ended(command_id)

    assert plane.invocation(command_id)["status"] == "Failed"
    assert not is_alive(left)


async def test_a_damaged_journal_is_kept_and_the_node_stays_usable(make_plane: MakePlane, tmp_path: Path) -> None:
    plane = make_plane()
    left = tmp_path / "left"
    plane.create("Wait", shell(("one", f"sleep 5 & echo $! > {left}; echo begun; wait")))
    plane.create("Hello", shell(("one", "echo hello")))
    await plane.commands.start()
    command_id = plane.send("Wait")
    await plane.until(lambda: "begun" in output(plane, command_id, "one"))
    journal = tmp_path / "node" / "journal" / f"{command_id}.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]) + b"rubbish\n" + b"".join(lines[3:]))

    os.kill(worker_pid(plane), signal.SIGKILL)
    await plane.ended(command_id)

    assert plane.invocation(command_id)["status"] == "Failed"
    assert "damaged" in plane.invocation(command_id)["trace"]
    assert not is_alive(left)
    assert list((tmp_path / "node" / "journal" / "corrupt").glob(f"{command_id}.*"))
    hello = plane.send("Hello")
    await plane.ended(hello)
    assert plane.invocation(hello)["status"] == "Success"


async def test_a_node_whose_journals_are_gone_says_so(make_plane: MakePlane, tmp_path: Path) -> None:
    plane = make_plane()
    plane.create("Wait", shell(("one", "echo begun; sleep 5")))
    await plane.commands.start()
    command_id = plane.send("Wait")
    await plane.until(lambda: "begun" in output(plane, command_id, "one"))
    (tmp_path / "node" / "journal" / f"{command_id}.jsonl").unlink()

    os.kill(worker_pid(plane), signal.SIGKILL)
    await plane.ended(command_id)

    assert "no journal" in plane.invocation(command_id)["trace"]


async def test_a_reboot_that_is_refused_fails_its_step_and_still_runs_the_exit_hook(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane(node_type=StubbornNode)
    steps = (("boot", "exit 194"), ("next", f"echo next >> {tmp_path}/log"), ("exit", f"echo exit >> {tmp_path}/log"))
    plane.create("Reboot", shell(*steps, finallyStep=True))
    await plane.commands.start()
    command_id = plane.send("Reboot")
    await plane.ended(command_id)

    found = plane.steps(command_id)
    assert "needs root" in found["boot"]["output"]
    assert found["boot"]["status"] == plane.invocation(command_id)["status"] == "Failed"
    assert (tmp_path / "log").read_text().split() == ["exit"]


def wait_and_reboot(plane: Any, folder: Path) -> None:
    """Make a document that goes on until a file ``go`` is there, and one that asks for a reboot once."""
    plane.create("Wait", shell(("one", f"echo begun; while [ ! -e {folder}/go ]; do sleep 0.02; done; echo ended")))
    plane.create("Reboot", shell(("one", f"[ -e {folder}/up ] || {{ touch {folder}/up; exit 194; }}")))


async def test_a_reboot_comes_as_soon_as_no_other_command_of_the_node_runs(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane(reboot_delay_s=60.0)
    wait_and_reboot(plane, tmp_path)
    await plane.commands.start()
    waiting = plane.send("Wait")
    await plane.until(lambda: "begun" in output(plane, waiting, "one"))
    rebooting = plane.send("Reboot")
    await plane.until(lambda: plane.steps(rebooting)["one"]["started_at"] is not None)

    (tmp_path / "go").touch()
    await plane.ended(waiting)
    await plane.ended(rebooting)

    assert plane.steps(waiting)["one"]["output"] == "begun\nended\n"
    assert plane.invocation(rebooting)["status"] == "Success"


async def test_a_reboot_waits_for_other_commands_no_longer_than_it_is_set_to(
    make_plane: MakePlane, tmp_path: Path
) -> None:
    plane = make_plane(reboot_delay_s=0.3)
    wait_and_reboot(plane, tmp_path)
    await plane.commands.start()
    waiting = plane.send("Wait")
    await plane.until(lambda: "begun" in output(plane, waiting, "one"))
    rebooting = plane.send("Reboot")

    await plane.ended(rebooting)
    await plane.ended(waiting)

    assert plane.invocation(rebooting)["status"] == "Success"
    assert plane.invocation(waiting)["status"] == "Failed"
    assert plane.steps(waiting)["one"]["output"].startswith("begun\n")
    assert "was interrupted" in plane.steps(waiting)["one"]["output"]


async def test_commands_of_one_node_run_side_by_side(make_plane: MakePlane, tmp_path: Path) -> None:
    plane = make_plane()
    here, there = f"touch {tmp_path}/here", f"touch {tmp_path}/there"
    wait = "while [ ! -e {} ]; do sleep 0.02; done"
    plane.create("Here", shell(("one", f"{here}; {wait.format(tmp_path / 'there')}")))
    plane.create("There", shell(("one", f"{there}; {wait.format(tmp_path / 'here')}")))
    await plane.commands.start()

    both = plane.send("Here"), plane.send("There")

    for command_id in both:
        await plane.ended(command_id)
        assert plane.invocation(command_id)["status"] == "Success"


async def test_a_patch_report_reaches_the_control_plane(make_plane: MakePlane, tmp_path: Path) -> None:
    plane = make_plane()
    recorded: list[tuple[str, Any]] = []
    plane.commands._book._patches.record = lambda *report: recorded.append(report)
    report = tmp_path / "node" / "patch-report.json"
    plane.create("Scan", shell(("one", "true"), ("two", f"echo '{json.dumps({'counts': {}})}' > {report}")))
    await plane.commands.start()
    command_id = plane.send("Scan")
    await plane.ended(command_id)

    assert recorded == [(plane.node.instance_id, {"counts": {}})]


async def test_a_bug_in_the_engine_fails_the_command_and_not_the_worker(make_plane: MakePlane, tmp_path: Path) -> None:
    program = tmp_path / "buggy_worker.py"
    program.write_text(
        "import sys\n"
        "from patchgui.agent.worker import __main__ as worker, command_run\n"
        "real = command_run.run_document\n"
        "def run(content, *args, **more):\n"
        "    if content['mainSteps'][0]['name'] == 'bug':\n"
        "        raise LookupError('a bug')\n"
        "    return real(content, *args, **more)\n"
        "command_run.run_document = run\n"
        "sys.exit(worker.main())\n"
    )
    plane = make_plane(worker_program=(str(program),))
    plane.create("Bug", shell(("bug", "true")))
    plane.create("Hello", shell(("one", "true")))
    await plane.commands.start()
    bug, hello = plane.send("Bug"), plane.send("Hello")
    await plane.ended(bug)
    await plane.ended(hello)

    assert "LookupError: a bug" in plane.steps(bug)["bug"]["output"]
    assert plane.invocation(hello)["status"] == "Success"
