"""``patchgui windows edit-task``: the difference first, then the change, whoever else changes the task meanwhile."""

import os
import pty
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.cli.conftest import CommandLine

pytestmark = pytest.mark.xdist_group("cli")

WRAPPER = "AWS-RunPatchBaselineWithHooks"
HOOKS = (
    "--before-install", "PatchingDemo-StopAppGracefully",
    "--after-install", "PatchingDemo-UpdateApp",
    "--on-exit", "PatchingDemo-StartAppandVerify",
)  # fmt: skip


class Desk:
    """A window with one task, the command line, and whoever else changes it."""

    def __init__(self, patchgui: "CommandLine") -> None:
        self.patchgui, self.ssm = patchgui, patchgui.ssm()
        self.window_id = self.ssm.create_maintenance_window(
            Name="Edited", Schedule="cron(0 2 ? * SUN *)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True
        )["WindowId"]
        self.task_id = self.ssm.register_task_with_maintenance_window(
            WindowId=self.window_id,
            Name="Patching",
            TaskArn="AWS-RunPatchBaseline",
            TaskType="RUN_COMMAND",
            Targets=[{"Key": "tag:PatchGroup", "Values": ["web-servers"]}],
            MaxErrors="2",
            TaskInvocationParameters={
                "RunCommand": {
                    "Comment": "nightly",
                    "Parameters": {"Operation": ["Install"], "BaselineOverride": ["s3://a/b"]},
                }
            },
        )["WindowTaskId"]

    def task(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ssm.get_maintenance_window_task(WindowId=self.window_id, WindowTaskId=self.task_id)
        return {name: value for name, value in found.items() if name != "ResponseMetadata"}

    def edit(self, *options: str) -> "subprocess.CompletedProcess[str]":
        return self.patchgui("windows", "edit-task", "Edited", "Patching", *options)

    def asked(self, *options: str) -> "Terminal":
        return Terminal(self.patchgui, "windows", "edit-task", "Edited", "Patching", *options)


class Terminal:
    """The command in a terminal, where a person is asked."""

    def __init__(self, patchgui: "CommandLine", *arguments: str) -> None:
        self._mine, theirs = pty.openpty()
        self._process = subprocess.Popen(
            patchgui.argv(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=patchgui.environment(TERM="dumb")
        )
        os.close(theirs)

    def read_until(self, text: str) -> str:
        """Return what is said up to a text."""
        said = ""
        while text not in said:
            said += os.read(self._mine, 4096).decode()
        return said.replace("\r\n", "\n")

    def type(self, answer: str) -> None:
        """Answer."""
        os.write(self._mine, f"{answer}\n".encode())

    def end(self) -> tuple[int, str]:
        """Return the exit status and what is said until the end."""
        said = b""
        try:
            while part := os.read(self._mine, 4096):
                said += part
        except OSError:  # the other side is closed
            pass
        os.close(self._mine)
        return self._process.wait(30), said.decode()


@pytest.fixture
def desk(patchgui: "CommandLine") -> Iterator[Desk]:
    made = Desk(patchgui)
    yield made
    made.ssm.delete_maintenance_window(WindowId=made.window_id)


def test_a_task_gets_the_wrapper_with_three_hooks_and_keeps_the_rest(desk: Desk) -> None:
    before = desk.task()
    done = desk.edit("--document", WRAPPER, *HOOKS, "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:-3] == [
        "  - Document: AWS-RunPatchBaseline",
        f"  + Document: {WRAPPER}",
        "  - Baseline override: s3://a/b",
        "  + Before install: PatchingDemo-StopAppGracefully",
        "  + After install: PatchingDemo-UpdateApp",
        "  + On exit: PatchingDemo-StartAppandVerify",
    ]
    assert done.stdout.splitlines()[-3:] == [
        f"  Left out, since {WRAPPER} has no such parameter: Baseline override.",
        "  kept: Operation, Targets, Priority, Stop after errors, Name, Comment",
        "Saved: 5 changes.",
    ]
    before["TaskArn"] = WRAPPER
    before["TaskInvocationParameters"]["RunCommand"]["Parameters"] = {
        "Operation": ["Install"],
        "PreInstallHookDocName": ["PatchingDemo-StopAppGracefully"],
        "PostInstallHookDocName": ["PatchingDemo-UpdateApp"],
        "OnExitHookDocName": ["PatchingDemo-StartAppandVerify"],
    }
    assert desk.task() == before


def test_without_an_answer_the_difference_is_told_and_nothing_saved(desk: Desk) -> None:
    before = desk.task()
    done = desk.edit("--priority", "4", "--comment", "")
    assert (done.returncode, desk.task()) == (2, before)
    assert "  - Priority: 1\n  + Priority: 4\n" in done.stdout
    assert "Save it with: --yes" in done.stderr
    status, told = desk.patchgui.json("windows", "edit-task", desk.window_id, desk.task_id, "--priority", "4", "--yes")
    assert (status, told["Saved"], desk.task()["Priority"]) == (0, True, 4)
    assert told["Changes"] == [{"Field": "Priority", "Name": "Priority", "Old": 1, "New": 4}]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--set", "Operation=Look"), "Operation: it must be one of Scan and Install."),
        (("--set", "Operaton=Scan"), "AWS-RunPatchBaseline has no parameter “Operaton”."),
        (("--before-install", "PatchingDemo-UpdateApp"), "AWS-RunPatchBaseline runs no document before install."),
        (("--document", WRAPPER, "--on-exit", "Nowhere"), "Nowhere was not found."),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_saved(desk: Desk, options: tuple[str, ...], said: str) -> None:
    before = desk.task()
    done = desk.edit(*options, "--yes")
    assert (done.returncode, desk.task()) == (2, before)
    assert said in done.stderr


def test_what_somebody_else_changed_while_one_was_asked_is_shown_and_kept(desk: Desk) -> None:
    terminal = desk.asked("--priority", "4")
    terminal.read_until("Save 1 change? [y/N] ")
    ids = {"WindowId": desk.window_id, "WindowTaskId": desk.task_id}
    desk.ssm.update_maintenance_window_task(**ids, MaxErrors="9")
    terminal.type("y")
    said = terminal.read_until("Save 1 change? [y/N] ")
    assert "Somebody else changed this task meanwhile:\n  - Stop after errors: 2\n  + Stop after errors: 9\n" in said
    desk.ssm.update_maintenance_window_task(**ids, Priority=6)
    terminal.type("y")
    assert "Priority: yours is 4, theirs 6." in terminal.read_until("Keep [m]ine or [t]heirs? ")
    terminal.type("m")
    assert "  - Priority: 6\n  + Priority: 4\n" in terminal.read_until("[y/N] ")
    terminal.type("y")
    status, _ = terminal.end()
    task = desk.task()
    assert (status, task["Priority"], task["MaxErrors"]) == (0, 4, "9")


def test_a_no_saves_nothing(desk: Desk) -> None:
    terminal = desk.asked("--priority", "4")
    terminal.read_until("[y/N] ")
    terminal.type("")
    status, said = terminal.end()
    assert (status, desk.task()["Priority"]) == (1, 1)
    assert "Nothing was saved." in said
