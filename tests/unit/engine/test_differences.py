"""Where the engine differs from Amazon's agent on purpose: one test for each number of engine.md §15, and no more."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.document_content import read_content
from patchgui.agent.engine import DocumentResult, StepResult, StepStatus
from patchgui.agent.main import _settings
from patchgui.agent.patching.baseline import read_baseline
from patchgui.agent.patching.inventory import Installed, Offer
from patchgui.agent.patching.versions import compare
from patchgui.agent.refusal import Refusal
from patchgui.agent.this_machine import ThisMachineFleet
from patchgui.ssm.shapes import DocumentFormat, DocumentType

Run = Callable[..., DocumentResult]
Script = Callable[..., dict[str, Any]]

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    "content",
    [
        {"mainSteps": [None]},
        {"parameters": {"p": None}},
        {"parameters": {"a(b": {"type": "String", "default": "x"}}},
        {"parameters": {"p": {"type": "Integer", "default": 5}}, "precondition": "{{ p }}"},
        {"parameters": {"p": {"type": "String"}}, "precondition": "{{ p }}"},
    ],
)
def test_1_what_makes_the_real_parser_panic_is_answered_with_the_reason(
    run: Run, script: Script, content: dict[str, Any]
) -> None:
    step = script("s", "echo {{ x }}")
    if operand := content.pop("precondition", None):
        step["precondition"] = {"StringEquals": [operand, "5"]}
    result = run({"schemaVersion": "2.2", "mainSteps": [step], **content})
    assert (result.status, result.steps) == (StepStatus.FAILED, ())
    assert result.parse_error


def test_2_names_and_paths_are_never_read_by_a_shell(run: Run, script: Script, host: Any) -> None:
    name = "a b;touch pwned $(touch pwned) 'x' \"y\" `touch pwned`"
    (step,) = run([script(name, "echo ran", id="$(touch pwned)")]).steps
    assert (step.status, step.stdout) == (StepStatus.SUCCESS, "ran\n")
    assert not list(host.orchestration.parent.rglob("pwned"))


def test_3_merged_outputs_and_violations_come_in_the_documents_order(
    run: Run, script: Script, store_document: Callable[[str, Any], None]
) -> None:
    names = [f"{letter}{number}" for number in range(4) for letter in "zam"]
    store_document("Child", [script(name, f"echo {name}") for name in names])
    inputs = {"documentType": "SSMDocument", "documentPath": "Child"}
    (step,) = run([{"name": "go", "action": "aws:runDocument", "inputs": inputs}]).steps
    assert step.stdout.split() == names
    strict = {name: {"type": "String", "default": "x", "allowedPattern": "^y$"} for name in names}
    error = run({"schemaVersion": "2.2", "parameters": strict, "mainSteps": [script("s", "x")]}).parse_error
    assert re.findall(r"parameter /(\w+)/", error) == names


def test_4_interrupted_step_stays_failed_and_the_finally_step_still_runs(run: Run, script: Script) -> None:
    steps = [script("a", "echo again", onFailure="exit"), script("b", "x"), script("fin", "echo up", finallyStep=True)]
    interrupted = StepResult("a", "aws:runShellScript", StepStatus.FAILED, 1, error="interrupted")
    result = run(steps, previous=[interrupted])
    assert result.status is StepStatus.FAILED
    assert [(step.status, step.stdout) for step in result.steps] == [
        (StepStatus.FAILED, ""),
        (StepStatus.SKIPPED, ""),
        (StepStatus.SUCCESS, "up\n"),
    ]


def test_5_earlier_time_out_is_not_forgotten_after_a_reboot(run: Run, script: Script, host: Any) -> None:
    mark = host.orchestration / "mark"
    steps = [script("late", "exit 137"), script("boot", f"test -e {mark} || {{ touch {mark}; exit 194; }}")]
    before = run(steps)
    after = run(steps, previous=before.steps)
    assert (before.status, after.status) == (StepStatus.SUCCESS_AND_REBOOT, StepStatus.TIMED_OUT)


def test_6_duplicate_names_are_refused_when_stored_and_an_error_when_run(run: Run, script: Script) -> None:
    steps = [script("a", "x"), script("a", "y")]
    text = repr({"schemaVersion": "2.2", "mainSteps": steps}).replace("'", '"')
    with pytest.raises(Refusal, match="'a'"):
        read_content(text, DocumentFormat.JSON, DocumentType.COMMAND)
    result = run(steps)
    assert (result.status, result.steps) == (StepStatus.FAILED, ())
    assert "'a'" in result.parse_error


def test_7_versions_are_compared_by_the_package_managers_rules_and_delays_hold() -> None:
    assert compare("1.10", "1.9") > 0
    assert compare("1.0~rc1", "1.0") < 0
    assert compare("2:0.1", "1:9") > 0
    rule = {"PatchFilterGroup": {"PatchFilters": []}, "ApproveUntilDate": "2026-07-06"}
    delayed = read_baseline({"ApprovalRules": {"PatchRules": [rule]}}, "debian12")
    vim = Installed("vim:amd64", "vim", "amd64", "9.0-1", "editors", "optional", 100)
    young = Offer("9.0-2", is_security=True, released_at=datetime(2026, 7, 7, tzinfo=UTC).timestamp())
    assert not delayed.approval(vim, young)
    assert delayed.approval(vim, young._replace(released_at=None))


def test_8_env_var_parameter_reaches_the_script_as_a_variable_and_never_as_text(run: Run, script: Script) -> None:
    parameter = {"type": "String", "interpolationType": "ENV_VAR"}
    document = {
        "schemaVersion": "2.2",
        "parameters": {"p": parameter},
        "mainSteps": [script("s", 'echo "{{ p }}"', 'cat "$0"')],
    }
    value = '"; echo injected; $(echo x) `echo y` \\'
    (step,) = run(document, {"p": value}).steps
    assert step.stdout == f'{value}\necho "$SSM_p"\ncat "$0"\n'


def test_9_delay_before_a_reboot_is_a_setting(tmp_path: Path) -> None:
    settings = _settings(["--reboot-delay-s", "7.5"])
    assert settings.reboot_delay_s == 7.5
    assert _settings([]).reboot_delay_s is None
    for given, delay_s in ((7.5, 7.5), (None, 60)):
        (node,) = asyncio.run(ThisMachineFleet(tmp_path, reboot_delay_s=given).prepare())
        assert node.reboot_delay_s == delay_s
    for wrong in ("-1", "3601", "soon"):
        with pytest.raises(SystemExit):
            _settings(["--reboot-delay-s", wrong])


@pytest.mark.parametrize(
    ("page", "start"), [("engine.md", "## 15."), ("architecture.md", "these are all the differences")]
)
def test_documentation_lists_these_nine_and_no_others(page: str, start: str) -> None:
    listed = (DOCS / page).read_text().partition(start)[2].partition("Kept")[0]
    assert [int(number) for number in re.findall(r"^(\d+)\. ", listed, re.MULTILINE)] == list(range(1, 10))
    tested = [int(name.split("_")[1]) for name in globals() if re.match(r"test_\d_", name)]
    assert tested == list(range(1, 10))
