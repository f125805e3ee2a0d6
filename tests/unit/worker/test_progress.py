from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.worker.progress import Progress, interruption

CONTENT = {
    "schemaVersion": "2.2",
    "mainSteps": [
        {"name": name, "action": "aws:runShellScript", "inputs": {"finallyStep": name == "fin"}}
        for name in ("one", "two", "three", "fin")
    ],
}
ACCEPTED = {"type": "accepted", "command": {"command_id": "c-1", "content": CONTENT}}


def progress(*records: Mapping[str, Any]) -> Progress:
    return Progress.of(
        [{"n": n, "at": 0.0, "up": float(n), **record} for n, record in enumerate([ACCEPTED, *records], start=1)]
    )


def started(step: str) -> dict[str, Any]:
    return {"type": "step_started", "step": step, "action": "aws:runShellScript"}


def ended(step: str, status: StepStatus = StepStatus.SUCCESS, kind: str = "step_ended") -> dict[str, Any]:
    return {"type": kind, "result": StepResult(step, "aws:runShellScript", status).to_json()}


def test_a_step_that_started_and_did_not_end_is_running() -> None:
    now = progress({"type": "started", "session": 7}, started("one"), ended("one"), started("two"))

    assert now.running == ("two", "aws:runShellScript")
    assert now.running_since_up == 5.0
    assert now.session == 7
    assert [result.name for result in now.previous] == ["one"]


def test_previous_results_are_in_document_order() -> None:
    now = progress(ended("three"), ended("one"))

    assert [result.name for result in now.previous] == ["one", "three"]


def test_a_resume_ends_the_wait_for_the_reboot() -> None:
    waiting = progress(ended("one", StepStatus.SUCCESS_AND_REBOOT), {"type": "reboot_requested", "boot_id": "b1"})
    assert waiting.reboot_from == "b1"

    waiting.take({"n": 4, "at": 0.0, "type": "resumed", "boot_id": "b2"})

    assert waiting.reboot_from is None
    assert waiting.resumed == 1


def test_after_an_interruption_only_the_finally_step_is_left_to_run() -> None:
    now = progress(ended("one"), started("two"), ended("two", StepStatus.FAILED, "interrupted"))

    assert now.running is None
    assert [(result.name, result.status) for result in now.skipped()] == [("three", StepStatus.SKIPPED)]
    assert now.skipped()[0].output.endswith("id three skipped due to prior step with an exit condition")


def test_an_interrupted_finally_step_leaves_nothing_to_run() -> None:
    now = progress(ended("one"), ended("two"), ended("three"), started("fin"), ended("fin", StepStatus.FAILED))

    assert now.skipped() == []


def test_an_unknown_record_of_a_newer_release_changes_nothing() -> None:
    assert progress({"type": "greeting"}) == progress()


@given(stdout=st.text(max_size=3000), stderr=st.text(max_size=3000))
def test_an_interruption_says_so_whatever_the_step_wrote(stdout: str, stderr: str) -> None:
    result = interruption("two", "aws:runShellScript", "the power went.", stdout=stdout, stderr=stderr)

    assert result.status is StepStatus.FAILED
    assert result.reply.output.endswith("The step was interrupted: the power went.")
    assert len(result.reply.output) <= 2500
    assert result.stdout == stdout


def test_taking_a_command_up_is_fruitless_until_a_step_ends() -> None:
    again = {"type": "resumed", "boot_id": "b1"}
    now = progress({"type": "started"}, again, again, started("one"), again)
    assert now.fruitless == 3

    now.take({"n": 9, "at": 0.0, **ended("one")})

    assert now.fruitless == 0
    assert now.resumed == 3


def test_an_interrupted_step_waits_for_no_reboot() -> None:
    now = progress(ended("one", StepStatus.SUCCESS_AND_REBOOT), {"type": "reboot_requested", "boot_id": "b1"})
    assert now.rebooting is not None

    now.take({"n": 4, "at": 0.0, **ended("one", StepStatus.FAILED, "interrupted")})

    assert now.reboot_from is None
    assert now.rebooting is None
