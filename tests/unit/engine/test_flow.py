"""Which steps an earlier end skips."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine.flow import Flow, modifier
from patchgui.agent.engine.prepare import Step
from patchgui.agent.engine.statuses import StepStatus, document_status, worst

STATUSES = st.sampled_from(
    [StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.TIMED_OUT, StepStatus.CANCELLED, StepStatus.SKIPPED]
)
MODIFIERS = st.dictionaries(
    st.sampled_from(["onFailure", "onSuccess", "finallyStep"]),
    st.sampled_from(["exit", "successAndExit", "Exit", "true", "True", True, False, 1, None]),
)
ENDED_STEPS = st.lists(st.tuples(MODIFIERS, STATUSES, st.sampled_from([0, 1, 137, 168, 169])), min_size=1, max_size=6)


def test_modifiers_count_in_inputs_with_exact_case() -> None:
    assert modifier(Step("s", "a", {"finallyStep": True}), "finallyStep") == "true"
    assert modifier(Step("s", "a", {"finallyStep": "True"}), "finallyStep") == "True"
    assert modifier(Step("s", "a", {"FinallyStep": True, "onFailure": 5}), "finallyStep") == ""
    assert modifier(Step("s", "a", {"onFailure": 5}), "onFailure") == ""
    assert modifier(Step("s", "a", [{"onFailure": "exit"}]), "onFailure") == ""
    assert modifier(Step("s", "a", None), "onFailure") == ""


@given(ENDED_STEPS)
def test_flow_agrees_with_a_plain_reading_of_the_rules(ended: list[tuple[dict[str, Any], StepStatus, int]]) -> None:
    steps = [Step(f"s{i}", "a", inputs) for i, (inputs, _, _) in enumerate(ended)]
    flow = Flow(steps)
    for index, (step, (inputs, status, code)) in enumerate(zip(steps, ended, strict=True)):
        flow.starts(step)
        is_last = index == len(steps) - 1
        earlier_exit = any(
            earlier_code in (168, 169)
            or (earlier_status == "Failed" and earlier_inputs.get("onFailure") == "exit")
            or (earlier_status == "Success" and earlier_inputs.get("onSuccess") == "exit")
            for earlier_inputs, earlier_status, earlier_code in ended[:index]
        )
        is_finally = is_last and inputs.get("finallyStep") in (True, "true") and inputs.get("finallyStep") != 1.5
        # In Python 1 equals True; in a document it doesn't.
        is_finally = is_finally and not (inputs["finallyStep"] == 1 and inputs["finallyStep"] is not True)
        assert flow.skips(step) == (earlier_exit and not is_finally)
        flow.ended(step, status, code)


@given(st.lists(STATUSES, max_size=6))
def test_document_status_ranks_failed_before_timed_out_and_a_merge_the_other_way(statuses: list[StepStatus]) -> None:
    ranks = [StepStatus.FAILED, StepStatus.TIMED_OUT, StepStatus.CANCELLED]
    assert document_status(statuses) == next((rank for rank in ranks if rank in statuses), StepStatus.SUCCESS)
    merged = [StepStatus.TIMED_OUT, StepStatus.CANCELLED, StepStatus.FAILED, StepStatus.SUCCESS, StepStatus.SKIPPED]
    assert worst(statuses) == next((rank for rank in merged if rank in statuses), StepStatus.EMPTY)


def test_reboot_outranks_everything_and_an_empty_status_leaves_the_document_in_progress() -> None:
    assert document_status([StepStatus.FAILED, StepStatus.SUCCESS_AND_REBOOT]) is StepStatus.SUCCESS_AND_REBOOT
    assert document_status([StepStatus.SUCCESS, StepStatus.EMPTY]) is StepStatus.IN_PROGRESS
