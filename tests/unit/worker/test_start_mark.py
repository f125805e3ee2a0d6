"""The mark of an exit hook that has begun."""

import subprocess
from pathlib import Path

import pytest

from patchgui.agent.worker.start_mark import StartMark
from patchgui.agent.worker.steps import StepOutline

EXIT = StepOutline("fin", "aws:runShellScript", is_finally=True)


def test_the_first_script_of_an_exit_hook_leaves_the_mark_and_is_itself_all_the_same(tmp_path: Path) -> None:
    mark = StartMark(tmp_path, "c-1")
    name = mark.set_for(EXIT)
    command = mark.launch(["/bin/sh", "-c", 'echo "$0 $1 $$"; exit 7', "a b", "c"])
    assert not mark.is_there(name)

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert mark.is_there(name)
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.startswith("a b c ")
    # The second script of a nested document needs no proof.
    assert mark.launch(["/bin/true"]) == ["/bin/true"]


def test_each_start_has_a_mark_of_its_own(tmp_path: Path) -> None:
    mark = StartMark(tmp_path, "c-1")

    assert mark.set_for(EXIT) != mark.set_for(EXIT)


@pytest.mark.parametrize(
    "step", [None, StepOutline("one", "aws:runShellScript"), StepOutline("fin", "aws:downloadContent", is_finally=True)]
)
def test_other_steps_leave_none(tmp_path: Path, step: StepOutline | None) -> None:
    mark = StartMark(tmp_path, "c-1")

    assert mark.set_for(step) == ""
    assert mark.launch(["/bin/true"]) == ["/bin/true"]


def test_a_program_that_does_not_exist_fails_as_itself(tmp_path: Path) -> None:
    mark = StartMark(tmp_path, "c-1")
    mark.set_for(EXIT)

    assert mark.launch(["/nonexistent/pwsh", "-f"]) == ["/nonexistent/pwsh", "-f"]


def test_a_mark_that_can_not_be_made_keeps_no_hook_from_running(tmp_path: Path) -> None:
    mark = StartMark(tmp_path / "gone", "c-1")
    mark.set_for(EXIT)

    done = subprocess.run(mark.launch(["/bin/echo", "up"]), capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("up\n", "")
