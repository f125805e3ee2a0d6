"""A document's run: what is told, what happens over a reboot and after a crash."""

from collections.abc import Callable
from typing import Any

import pytest

from patchgui.agent.engine import DocumentResult, StepResult, StepStatus

Run = Callable[..., DocumentResult]
Script = Callable[..., dict[str, Any]]

WINDOWS = {"StringEquals": ["platformType", "Windows"]}


def test_observer_hears_start_output_and_end_in_order(run: Run, script: Script, recorder: Any) -> None:
    run([script("a", "echo o; echo e >&2; exit 1"), {**script("w", "x"), "precondition": WINDOWS}])
    first, *middle, last, skipped = recorder.events
    assert (first, last, skipped) == (("started", "a"), ("ended", "a"), ("ended", "w"))
    assert set(middle) == {("stdout", "a"), ("stderr", "a")}
    assert recorder.output["a", "stderr"] == b"e\nfailed to run commands: exit status 1"
    ended = recorder.ended[0]
    assert ended.started_at <= ended.ended_at


def test_trouble_of_the_observer_is_not_taken_for_the_scripts(run: Run, script: Script, recorder: Any) -> None:
    def disk_is_full() -> None:
        raise OSError(28, "No space left on device")

    recorder.on_output = disk_is_full
    with pytest.raises(OSError, match="No space left"):
        run([script("a", "echo x; sleep 60")])


def test_parse_error_runs_nothing_and_says_why(run: Run, script: Script, recorder: Any) -> None:
    result = run({"schemaVersion": "9", "mainSteps": [script("a", "echo x")]})
    assert (result.status, result.steps, recorder.events) == (StepStatus.FAILED, (), [])
    assert "schema version 9" in result.parse_error


def test_duplicate_names_are_an_error(run: Run, script: Script) -> None:
    assert "'a'" in run([script("a", "x"), script("b", "x"), script("a", "x")]).parse_error


def test_precondition_with_a_value_that_is_no_text_is_answered(run: Run, script: Script) -> None:
    document = {
        "schemaVersion": "2.2",
        "parameters": {"n": {"type": "Integer", "default": 5}},
        "mainSteps": [{**script("a", "x"), "precondition": {"StringEquals": ["{{ n }}", "5"]}}],
    }
    assert "step 'a'" in run(document).parse_error


def test_reboot_ends_the_run_and_the_next_goes_on_at_the_step(
    run: Run, script: Script, host: Any, recorder: Any
) -> None:
    mark = host.orchestration / "mark"
    steps = [
        script("ok", "echo once"),
        script("bad", "exit 3"),
        script("boot", f"echo x; test -e {mark} || {{ touch {mark}; exit 194; }}"),
        script("after", "echo after"),
    ]
    before = run(steps)
    assert before.status is StepStatus.SUCCESS_AND_REBOOT
    assert [step.name for step in before.steps] == ["ok", "bad", "boot"]
    recorder.ended.clear()
    previous = [StepResult.from_json(step.to_json()) for step in before.steps]
    after = run(steps, previous=previous)
    assert [step.name for step in recorder.ended] == ["bad", "boot", "after"]
    assert [step.status for step in after.steps] == ["Success", "Failed", "Success", "Success"]
    assert after.steps[2].stdout == "x\nx\n"
    assert after.status is StepStatus.FAILED


def test_earlier_time_out_is_not_forgotten_after_a_reboot(run: Run, script: Script) -> None:
    previous = [
        StepResult("a", "x", StepStatus.TIMED_OUT, 137),
        StepResult("b", "x", StepStatus.SUCCESS_AND_REBOOT, 194),
    ]
    result = run([script("a", "echo no"), script("b", "true")], previous=previous)
    assert (result.status, result.steps[0].stdout) == (StepStatus.TIMED_OUT, "")


def test_exits_survive_a_reboot(run: Run, script: Script) -> None:
    previous = [StepResult("a", "x", StepStatus.SUCCESS, 168), StepResult("fin", "x", StepStatus.SUCCESS_AND_REBOOT)]
    result = run([script("a", "x"), script("b", "echo no"), script("fin", "true", finallyStep=True)], previous=previous)
    assert [step.status for step in result.steps] == ["Success", "Skipped", "Success"]


def test_finally_step_runs_after_an_interrupted_step_and_only_once(run: Run, script: Script) -> None:
    steps = [script("a", "x", onFailure="exit"), script("b", "echo no"), script("fin", "echo fin", finallyStep=True)]
    interrupted = StepResult("a", "aws:runShellScript", StepStatus.FAILED, 1, error="interrupted")
    result = run(steps, previous=[interrupted])
    assert [step.status for step in result.steps] == ["Failed", "Skipped", "Success"]
    again = run(steps, previous=[*result.steps[:2], StepResult("fin", "a", StepStatus.FAILED, 1, error="interrupted")])
    assert again.steps[2].stdout == ""


@pytest.mark.parametrize("status", [StepStatus.NOT_STARTED, StepStatus.IN_PROGRESS])
def test_step_without_an_end_runs_again(run: Run, script: Script, status: StepStatus) -> None:
    result = run([script("a", "echo x")], previous=[StepResult("a", "x", status)])
    assert (result.status, result.steps[0].stdout) == (StepStatus.SUCCESS, "x\n")


def test_reply_is_never_a_failure_with_code_0_and_prefers_the_error() -> None:
    reply = StepResult("a", "x", StepStatus.FAILED, 0, output="out", error="why").reply
    assert (reply.code, reply.output) == (1, "why")
    assert StepResult("a", "x", StepStatus.TIMED_OUT, 0, output="out").reply.code == 0


def test_results_survive_json() -> None:
    result = StepResult("a", "x", StepStatus.EMPTY, -1, "o", "e", "b", "why")
    assert StepResult.from_json(result.to_json()) == result


def test_actions_of_the_real_agent_that_are_missing_here_say_so(run: Run) -> None:
    (step,) = run([{"name": "s", "action": "aws:softwareInventory", "inputs": {}}]).steps
    assert (step.status, step.code) == ("Failed", 1)
    assert "aws:softwareInventory" in step.stderr


def test_empty_list_of_inputs_leaves_the_document_without_a_final_status(run: Run) -> None:
    result = run([{"action": "aws:runShellScript", "name": "a", "inputs": []}])
    assert result.status is StepStatus.IN_PROGRESS
    assert [(step.status, step.code, step.stdout) for step in result.steps] == [(StepStatus.EMPTY, 0, "")]


def test_time_out_lets_the_next_step_run_whatever_on_failure_says(run: Run, script: Script) -> None:
    late = script("a", "exit 137")
    late["inputs"]["onFailure"] = "exit"
    result = run([late, script("b", "echo n")])
    assert result.status is StepStatus.TIMED_OUT
    assert [step.status for step in result.steps] == [StepStatus.TIMED_OUT, StepStatus.SUCCESS]
