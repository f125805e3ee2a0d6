"""``patchgui run`` and its like, end to end."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patchgui.local_agent import read_door
from tests.e2e.cli.conftest import CommandLine

pytestmark = pytest.mark.xdist_group("cli")
LIMIT_S = 60.0


def states(told: dict[str, object], name: str) -> str:
    nodes = told["nodes"]
    assert isinstance(nodes, list)
    node = next(each for each in nodes if each["name"] == name)
    return " ".join(phase["state"] for phase in node["phases"])


def test_without_a_display_the_demo_run_takes_place_in_the_terminal_and_says_why(patchgui: CommandLine) -> None:
    done = patchgui()
    assert done.stdout.startswith("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).")
    assert "✓ All 3 nodes succeeded." in done.stdout
    for phase in ("Scan", "Before install", "Install", "After install", "Reboot", "On exit"):
        assert re.search(rf"web-1  {phase}: success", done.stdout), phase
    assert (done.returncode, done.stderr) == (0, "")


def test_a_second_run_finds_nothing_missing_and_says_what_was_not_needed(patchgui: CommandLine) -> None:
    arguments = ("--all", "--operation", "Install", "--before-install", "PatchingDemo-StopAppGracefully")
    patchgui("run", *arguments, "--reset-sandbox")
    status, told = patchgui.json("run", *arguments, "--on-exit", "PatchingDemo-StartAppandVerify")
    assert status == 0
    assert states(told, "web-1") == "success not_needed not_needed not_needed not_needed success"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("--before-install", "success failed skipped not_needed skipped success"),
        ("--after-install", "success not_needed success failed skipped success"),
        ("--on-exit", "success not_needed success not_needed success failed"),
    ],
)
def test_a_hook_that_exits_1_fails_the_run_with_its_own_words(patchgui: CommandLine, place: str, expected: str) -> None:
    name = f"Broken{place.title().replace('-', '')}"
    patchgui.create(name, "echo 'the queue is not empty' >&2", "exit 1")
    arguments = ["--nodes", "db-1", "--operation", "Install", "--reset-sandbox", place, name]
    if place != "--on-exit":
        arguments += ["--on-exit", "PatchingDemo-StartAppandVerify"]
    done = patchgui("run", *arguments)
    assert done.returncode == 1
    assert "the queue is not empty" in done.stdout.split("db-1 · ")[-1]
    _, listed = patchgui.json("runs", "--limit", "1")
    _, told = patchgui.json("watch", listed[0]["run_id"])
    assert states(told, "db-1") == expected
    assert told["status"] == "Failed"


def test_nodes_are_picked_by_tag(patchgui: CommandLine) -> None:
    status, told = patchgui.json("run", "--target", "tag:Role=web", "--operation", "Scan")
    assert status == 0
    assert [node["name"] for node in told["nodes"]] == ["web-1", "web-2"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--nodes", "web-9", "--operation", "Scan"), "There is no node web-9."),
        (("--all", "--operation", "Scan", "--on-exit", "X-Y"), "A scan changes nothing"),
        (("--all", "--operation", "Install", "--on-exit", "Gone"), "Gone was not found"),
        (("--all", "--operation", "Install", "--on-exit", "a b"), "is not a document name"),
        (("--target", "web", "--operation", "Scan"), "is not a target"),
        (("--all", "--operation", "Scan", "--max-concurrency", "0"), "--max-concurrency"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(patchgui: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    done = patchgui("run", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("patchgui: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def started(process: "subprocess.Popen[str]", words: str) -> None:
    """Read the process's lines until one says so."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"it never said {words!r}")


def test_ctrl_c_in_a_script_detaches_and_watch_follows_again(patchgui: CommandLine) -> None:
    patchgui.create("Slow", "sleep 3")
    argv = patchgui.argv(
        "run", "--nodes", "db-1", "--operation", "Install", "--reset-sandbox", "--after-install", "Slow"
    )
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=patchgui.environment()
    ) as process:
        started(process, "After install: running")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    run_id = errors.split("patchgui watch ")[1].strip()
    status, told = patchgui.json("watch", run_id)
    assert (status, told["status"]) == (0, "Success")


def test_an_agent_that_is_killed_is_started_again_and_the_run_ends(patchgui: CommandLine) -> None:
    patchgui.create("Slower", "sleep 2", "echo woke")
    argv = patchgui.argv(
        "run", "--nodes", "db-1", "--operation", "Install", "--reset-sandbox", "--after-install", "Slower"
    )
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=patchgui.environment()
    ) as process:
        started(process, "After install: running")
        door = read_door(patchgui.state)
        assert door is not None
        os.kill(door.pid, signal.SIGKILL)
        output, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, output + errors
    again = read_door(patchgui.state)
    assert again is not None
    assert (again.endpoint_url, again.pid == door.pid) == (door.endpoint_url, False)


class Terminal:
    """A command on a terminal, and what it has shown so far."""

    def __init__(self, argv: list[str], environment: dict[str, str]) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, environment | {"TERM": "xterm"})
        self.shown = ""

    def until(self, words: str) -> None:
        limit = time.monotonic() + LIMIT_S
        while words not in self.shown:
            assert time.monotonic() < limit, self.shown[-2000:]
            if select.select([self.fd], [], [], 0.2)[0]:
                self.shown += os.read(self.fd, 65536).decode(errors="replace")

    def type(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def end(self) -> int:
        while True:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            self.shown += data.decode(errors="replace")
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_ctrl_c_on_a_terminal_asks_and_c_cancels_the_run(patchgui: CommandLine) -> None:
    # A cancel is not passed on to a nested document: the hook runs to its end (engine.md §7.9), so it is a short one.
    patchgui.create("Patient", "sleep 5")
    argv = patchgui.argv(
        "run", "--nodes", "db-1", "--operation", "Install", "--reset-sandbox", "--before-install", "Patient"
    )
    terminal = Terminal(argv, patchgui.environment())
    terminal.until("Ctrl+C: detach or cancel")
    terminal.type("\x03")
    terminal.until("c cancel the run")
    terminal.type("c\n")
    assert terminal.end() == 1
    assert "cancelled" in terminal.shown
    assert terminal.shown.count("\x1b[?25l") <= terminal.shown.count("\x1b[?25h") + 1
    assert "Traceback" not in terminal.shown


def test_runs_are_listed_for_people_and_for_programs(patchgui: CommandLine) -> None:
    patchgui("run", "--nodes", "db-1", "--operation", "Scan")
    assert "Scan, 1 node" in patchgui("runs").stdout
    status, told = patchgui.json("runs", "--limit", "1")
    assert (status, told[0]["operation"], told[0]["status"]) == (0, "Scan", "Success")


def test_the_sandbox_is_reset(patchgui: CommandLine) -> None:
    done = patchgui("reset")
    assert (done.returncode, done.stdout) == (0, "The sandbox nodes are back in their unpatched state.\n")


def test_a_document_file_runs_here_without_an_agent(patchgui: CommandLine, tmp_path: Path) -> None:
    content = {
        "schemaVersion": "2.2",
        "mainSteps": [{"name": "say", "action": "aws:runShellScript", "inputs": {"runCommand": ["echo hello"]}}],
    }
    (tmp_path / "say.json").write_text(json.dumps(content))
    done = subprocess.run(
        [*patchgui.argv()[:-2], "document", "run", str(tmp_path / "say.json"), "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=patchgui.environment(),
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["steps"][0]["stdout"] == "hello\n"


def test_a_reboot_is_put_off_from_the_command_line(patchgui: CommandLine) -> None:
    arguments = ("run", "--nodes", "web-1", "--operation", "Install", "--reset-sandbox")
    later = ("--reboot-at", "2040-01-01 03:00", "--after-reboot", "PatchingDemo-StartAppandVerify")
    status, told = patchgui.json(*arguments, *later)
    assert status == 0
    (association,) = patchgui.ssm().list_associations()["Associations"]
    assert association["AssociationName"] == f"PatchNow-reboot-{told['run_id']}-1"
    at = datetime(2040, 1, 1, 3, 0).astimezone(UTC)
    assert association["ScheduleExpression"] == f"at({at:%Y-%m-%dT%H:%M:%S})"
    wrong = patchgui(*arguments, "--reboot-at", "25:00")
    assert (wrong.returncode, "is no time to come" in wrong.stderr) == (2, True)
    lonely = patchgui(*arguments, "--after-reboot", "PatchingDemo-StartAppandVerify")
    assert "--after-reboot goes with --reboot-at" in lonely.stderr
    patchgui.ssm().delete_association(AssociationId=association["AssociationId"])
