"""Phase truth: each situation of engine.md §13, on our document and on one written as Amazon writes it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from patchgui.patching.phases import Phase, derive_pipeline
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.patching.truth import node_progress
from patchgui.ssm.shapes import CommandInvocation, CommandPlugin
from tests.unit.patching.reported import (
    ENOUGH,
    OK,
    PRECONDITION,
    RUNNING,
    SKIPPED,
    START,
    TIMED_OUT,
    WAITS,
    Outcome,
    amazons_document,
    failed,
    invocation,
    our_document,
    pipeline,
    silent_since,
)

ALL = (Phase.SCAN, Phase.BEFORE_INSTALL, Phase.INSTALL, Phase.AFTER_INSTALL, Phase.REBOOT, Phase.ON_EXIT)
LATER = START + timedelta(seconds=20)


@pytest.fixture(params=[our_document, amazons_document], ids=["ours", "amazons"])
def content(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    document: Mapping[str, Any] = request.param()
    return document


def judge(
    content: Mapping[str, Any],
    outcomes: Sequence[Outcome],
    status: str = "InProgress",
    *,
    operation: str = "Install",
    reboot: str = "RebootIfNeeded",
    details: str = "",
) -> NodeProgress:
    told = invocation(content, outcomes, status, details)
    return node_progress(pipeline(content, operation, reboot), told, None, LATER, name="web-1")


def states(node: NodeProgress) -> str:
    return " ".join(phase.state.value for phase in node.phases)


def reason(node: NodeProgress, phase: Phase) -> str:
    found = node.phase(phase)
    assert found is not None
    return found.reason


def text(node: NodeProgress, phase: Phase) -> str:
    found = node.phase(phase)
    assert found is not None
    return found.text


def test_the_six_phases_come_from_what_the_steps_run(content: Mapping[str, Any]) -> None:
    specs = pipeline(content).phases
    assert tuple(spec.phase for spec in specs) == ALL
    assert [spec.document for spec in specs] == [None, "Stop", None, "Update", None, "Start"]
    assert [len(spec.steps) for spec in specs][1::2] == [1, 1, 1]


def test_phases_do_not_hang_on_the_names_of_steps(content: Mapping[str, Any]) -> None:
    renamed = {**content, "mainSteps": [{**s, "name": f"s{at}"} for at, s in enumerate(content["mainSteps"])]}
    before, after = pipeline(content).phases, pipeline(renamed).phases
    assert [(spec.phase, spec.document, len(spec.steps)) for spec in after] == [
        (spec.phase, spec.document, len(spec.steps)) for spec in before
    ]
    assert states(judge(renamed, [OK] * 8, "Success")) == " ".join(["success"] * 6)


def test_a_whole_install_is_six_times_success(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK] * 8, "Success")
    assert states(node) == "success success success success success success"
    assert node.is_final
    assert node.headline == ""
    assert text(node, Phase.SCAN) == "4 s"  # the scan and the decision after it


def test_a_failed_scan_skips_everything_but_on_exit(content: Mapping[str, Any]) -> None:
    node = judge(content, [failed(2), *[SKIPPED] * 6, OK], "Failed")
    assert states(node) == "failed skipped skipped skipped skipped success"
    assert reason(node, Phase.INSTALL) == "Skipped because Scan failed."


def test_nothing_missing_means_hooks_were_not_needed_and_on_exit_ran(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, ENOUGH, *[SKIPPED] * 5, OK], "Success")
    assert states(node) == "success not_needed not_needed not_needed not_needed success"
    assert reason(node, Phase.BEFORE_INSTALL) == "Not needed: nothing was missing."
    assert text(node, Phase.INSTALL) == "not needed"
    assert node.headline == "Nothing was missing, so nothing was installed."


def test_a_pending_reboot_that_was_not_asked_for_is_said(content: Mapping[str, Any]) -> None:
    pending = ("Success", 168, "Pending Reboot patches were detected with NoReboot setting. Exiting\n")
    node = judge(content, [OK, pending, *[SKIPPED] * 5, OK], "Success", reboot="NoReboot")
    assert reason(node, Phase.REBOOT) == (
        "Not needed: nothing was missing. A pending reboot was not asked for (Do not reboot)."
    )


def test_a_missing_inventory_fails_the_scan_phase(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, ("Failed", 169, "no report"), *[SKIPPED] * 5, OK], "Failed")
    assert states(node) == "failed skipped skipped skipped skipped success"
    assert text(node, Phase.SCAN) == "exit 169"


def test_a_failed_before_hook_skips_the_phases_between_and_on_exit_runs(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, failed(4, "cannot drain"), *[SKIPPED] * 4, OK], "Failed")
    assert states(node) == "success failed skipped skipped skipped success"
    assert reason(node, Phase.INSTALL) == "Skipped because Before install failed."
    assert reason(node, Phase.BEFORE_INSTALL) == "Before install failed: exit 4. cannot drain"
    assert node.headline == (
        "Before install failed: exit 4. Install, after install and reboot were skipped because of it; on exit ran."
    )


def test_a_failed_install_is_named(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, OK, failed(100), *[SKIPPED] * 3, OK], "Failed")
    assert states(node) == "success success failed skipped skipped success"
    assert text(node, Phase.INSTALL) == "exit 100"


def test_a_failed_after_hook_skips_the_reboot_while_on_exit_runs(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, OK, OK, failed(4), SKIPPED, SKIPPED, RUNNING])
    assert states(node) == "success success success failed skipped running"
    assert node.headline == ("After install failed: exit 4. Reboot was skipped because of it; on exit is running.")
    after = node.phase(Phase.AFTER_INSTALL)
    assert after is not None
    assert (after.text, after.exit_code) == ("exit 4", 4)


def test_do_not_reboot_leaves_the_reboot_out_and_says_so(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, OK, OK, OK, ENOUGH, SKIPPED, OK], "Success", reboot="NoReboot")
    assert states(node) == "success success success success not_needed success"
    assert reason(node, Phase.REBOOT) == "Not needed: this run does not reboot (Do not reboot)."


def test_no_patch_that_asks_for_a_reboot_leaves_it_out(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, OK, OK, OK, ENOUGH, SKIPPED, OK], "Success")
    assert reason(node, Phase.REBOOT) == "Not needed: nothing that was installed asks for a reboot."
    assert node.headline == ""


def test_a_scan_needs_no_other_phase(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, ENOUGH, *[SKIPPED] * 5, PRECONDITION], "Success", operation="Scan")
    assert states(node) == "success not_needed not_needed not_needed not_needed not_applicable"
    assert reason(node, Phase.INSTALL) == "Not needed: a scan only reports what is missing."
    assert reason(node, Phase.ON_EXIT) == "Does not apply: on exit belongs to an install, and this was a scan."


def test_a_failed_exit_hook_is_a_failed_run(content: Mapping[str, Any]) -> None:
    node = judge(content, [*[OK] * 7, failed(1, "health check says 503")], "Failed")
    assert states(node) == "success success success success success failed"
    assert node.headline == "On exit failed: exit 1."
    assert reason(node, Phase.ON_EXIT) == "On exit failed: exit 1. health check says 503"


def test_a_hook_that_timed_out_did_not_stop_the_patching_and_that_is_said(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, TIMED_OUT, OK, OK, ENOUGH, SKIPPED, OK], "TimedOut", details="Execution Timed Out")
    assert states(node) == "success timed_out success success not_needed success"
    assert reason(node, Phase.BEFORE_INSTALL) == (
        "Before install timed out. SSM goes on after a time-out: only a failure stops the run."
    )


def test_a_cancelled_run_tells_what_was_stopped_and_what_never_started(content: Mapping[str, Any]) -> None:
    cancelled: Outcome = ("Cancelled", 137, "half way")
    node = judge(content, [OK, OK, OK, cancelled, *[("Cancelled", 1, "")] * 4], "Cancelled")
    assert states(node) == "success success cancelled cancelled cancelled cancelled"
    assert node.headline.startswith("Install was cancelled.")


def test_steps_that_ssm_has_not_reported_wait(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, RUNNING])
    assert states(node) == "success running waiting waiting waiting waiting"
    assert text(node, Phase.INSTALL) == "waits"
    assert not node.is_final


def test_between_two_steps_of_a_phase_the_phase_runs(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, WAITS])
    assert states(node).startswith("running waiting")


def test_a_silent_node_in_the_reboot_phase_reboots_and_the_time_is_counted(content: Mapping[str, Any]) -> None:
    told = invocation(content, [*[OK] * 6, RUNNING])
    away = silent_since(LATER - timedelta(seconds=18))
    node = node_progress(pipeline(content), told, away, LATER)
    assert states(node) == "success success success success rebooting waiting"
    assert text(node, Phase.REBOOT) == "18 s away"
    assert node.headline == "Rebooting: away for 18 s."
    assert node.away_since == LATER - timedelta(seconds=18)


def test_a_silent_node_elsewhere_may_be_rebooting(content: Mapping[str, Any]) -> None:
    told = invocation(content, [OK, OK, RUNNING])
    node = node_progress(pipeline(content), told, silent_since(START + timedelta(seconds=5)), LATER)
    assert states(node).startswith("success running")
    assert "may be rebooting" in node.headline


def test_a_node_whose_step_began_after_its_last_ping_has_answered_since(content: Mapping[str, Any]) -> None:
    told = invocation(content, [*[OK] * 7, RUNNING])
    node = node_progress(pipeline(content), told, silent_since(START + timedelta(seconds=13)), LATER)
    assert states(node) == "success success success success success running"
    assert node.away_since is None
    assert "may be rebooting" not in node.headline


def test_a_command_that_was_never_delivered_ran_no_phase(content: Mapping[str, Any]) -> None:
    node = judge(content, [], "TimedOut", details="Delivery Timed Out")
    assert states(node) == " ".join(["skipped"] * 6)
    assert node.headline.startswith("The node did not take the command in time.")


def test_a_step_that_failed_because_nothing_was_delivered_did_not_run(content: Mapping[str, Any]) -> None:
    told = invocation(content, [OK] * 8, "Failed", "Undeliverable")
    never = [
        plugin.model_copy(
            update={"status": "Failed", "status_details": "Undeliverable", "response_start_date_time": None}
        )
        for plugin in told.command_plugins or ()
    ]
    told = told.model_copy(update={"command_plugins": tuple(never)})
    node = node_progress(pipeline(content), told, None, LATER, name="web-1")
    assert states(node) == " ".join(["skipped"] * 6)
    assert node.status == "Failed"
    assert node.headline == reason(node, Phase.SCAN)
    assert node.headline.startswith("The command could not be delivered")


def test_a_node_that_was_not_started_because_others_failed_says_so(content: Mapping[str, Any]) -> None:
    node = judge(content, [], "Cancelled", details="Terminated")
    assert node.headline == "Not started: so many other nodes had failed that the run was stopped."


def test_a_status_of_a_newer_service_is_shown_and_breaks_nothing(content: Mapping[str, Any]) -> None:
    node = judge(content, [OK, OK, ("Pondering", -1, "")], "Pondering")
    assert states(node).startswith("success unknown")
    assert "Pondering" in reason(node, Phase.BEFORE_INSTALL)


def test_a_hook_that_was_not_chosen_says_no_hook() -> None:
    content = our_document()
    line = derive_pipeline(content, {"Operation": ["Install"], "OnExitHookDocName": ["Start"]})
    node = node_progress(line, invocation(content, [OK] * 8, "Success"), None, LATER)
    assert states(node) == "success not_needed success not_needed success success"
    assert text(node, Phase.BEFORE_INSTALL) == "no hook"


def test_a_script_that_prints_the_skip_sentence_of_another_step_was_not_skipped(content: Mapping[str, Any]) -> None:
    told = invocation(content, [OK, OK, OK])
    lie = "Plugin with name aws:runDocument and id Other skipped due to prior step with an exit condition"
    plugins = [p if i != 0 else p.model_copy(update={"output": lie}) for i, p in enumerate(told.command_plugins)]
    node = node_progress(pipeline(content), told.model_copy(update={"command_plugins": tuple(plugins)}), None, LATER)
    assert node.phases[0].state is PhaseState.SUCCESS


def test_the_windows_twin_does_not_apply_and_does_not_count() -> None:
    node = judge(amazons_document(), [OK] * 8, "Success")
    steps = {step.name: step for phase in node.phases for step in phase.steps}
    assert steps["B2W"].status is PhaseState.NOT_APPLICABLE
    assert steps["B2W"].skipped_reason == "Only for Windows."


def test_a_document_that_patches_nothing_is_one_phase_of_steps() -> None:
    content = {"schemaVersion": "2.2", "mainSteps": [{"name": "a", "action": "aws:runShellScript", "inputs": {}}]}
    line = derive_pipeline(content)
    told = CommandInvocation(
        status="Failed",
        command_plugins=(CommandPlugin(name="a", status="Failed", response_code=3, output="no\n"),),
    )
    node = node_progress(line, told, None, LATER)
    assert [(p.phase, p.state, p.text) for p in node.phases] == [(Phase.STEPS, PhaseState.FAILED, "exit 3")]


def test_the_patch_document_by_itself_is_one_phase() -> None:
    content = {
        "schemaVersion": "2.2",
        "parameters": {"Operation": {"type": "String", "allowedValues": ["Scan", "Install"]}},
        "mainSteps": [
            {"name": "PatchWindows", "action": "aws:runPowerShellScript", "inputs": {}},
            {"name": "PatchLinux", "action": "aws:runShellScript", "inputs": {}},
        ],
    }
    assert [spec.phase for spec in derive_pipeline(content, {"Operation": ["Scan"]}).phases] == [Phase.SCAN]
    assert [spec.phase for spec in derive_pipeline(content, {"Operation": ["Install"]}).phases] == [Phase.INSTALL]
