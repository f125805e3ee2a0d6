"""Documents that mean harm: nothing is run twice, nothing leaves the command's folder, nothing grows for ever."""

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchgui.agent.engine import DocumentInvalid, DocumentResult, StepStatus
from patchgui.agent.engine.prepare import prepare
from patchgui.agent.engine.reading import read_document, read_document_text
from patchgui.agent.engine.text import load_document
from tests.unit.engine.conftest import StoreHost

Run = Callable[..., DocumentResult]
Script = Callable[..., dict[str, Any]]

NASTY = [
    "$(touch {mark})",
    "`touch {mark}`",
    "x; touch {mark}",
    "x && touch {mark} #",
    "x | touch {mark}",
    "x\ntouch {mark}\n",
    "'; touch {mark}; '",
    '"; touch {mark}; "',
    "$IFS$(touch${{IFS}}{mark})",
    "-rf",
    "*",
    "~root",
    "\u202egnp.exe",
    "ünïcödé ☃ \U0001f4a3",
    "a\\b\\",
    "%s%n",
]
AWAY = [
    "../{mark}",
    "../../{mark}",
    "/../../{mark}",
    "a/../../../../{mark}",
    "..",
    "/{mark}",
    "./..//../{mark}",
    "..:/..:/{mark}",
]


def files_outside(top: Path, orchestration: Path) -> list[Path]:
    """Return what lies below a test's folder and neither is nor holds the command's."""
    return [
        path
        for path in top.rglob("*")
        if not path.is_relative_to(orchestration)
        and not orchestration.is_relative_to(path)
        and path.name != "documents"
    ]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_never_run(run: Run, script: Script, host: StoreHost, tmp_path: Path, name: str) -> None:
    mark = tmp_path / "mark"
    result = run([script(name.format(mark=mark), "echo ran")])

    assert result.steps[0].stdout == "ran\n"
    assert files_outside(tmp_path, host.orchestration) == []


@pytest.mark.parametrize("name", AWAY)
def test_a_name_with_dots_and_slashes_stays_in_the_commands_folder(
    run: Run, script: Script, host: StoreHost, tmp_path: Path, name: str
) -> None:
    run([script(name.format(mark="mark"), "echo ran"), script("after", "echo ran")])

    assert files_outside(tmp_path, host.orchestration) == []


@pytest.mark.parametrize("name", [*NASTY, *AWAY])
def test_an_id_is_never_run_and_stays_in_the_commands_folder(
    run: Run, script: Script, host: StoreHost, tmp_path: Path, name: str
) -> None:
    mark = tmp_path / "mark"
    run([script("step", "echo ran", id=name.format(mark=mark))])

    assert files_outside(tmp_path, host.orchestration) == []


@pytest.mark.parametrize("name", ["a\0b", "\0", "x" * 300, "/".join("x" * 250 for _ in range(20))])
def test_a_name_that_no_folder_can_have_fails_its_step_and_no_other(run: Run, script: Script, name: str) -> None:
    result = run([script(name, "echo ran"), script("after", "echo ran")])

    assert [step.status for step in result.steps] == [StepStatus.FAILED, StepStatus.SUCCESS]


@given(st.text(min_size=1, max_size=12))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_of_a_step_stays_in_the_commands_folder(
    run: Run, script: Script, host: StoreHost, tmp_path: Path, name: str
) -> None:
    result = run([script(name, "true")])

    assert result.status in {StepStatus.SUCCESS, StepStatus.FAILED}
    assert files_outside(tmp_path, host.orchestration) == []


def env_var_document(kind: str = "String") -> dict[str, Any]:
    return {
        "schemaVersion": "2.2",
        "parameters": {"value": {"type": kind, "interpolationType": "ENV_VAR"}},
        "mainSteps": [
            {
                "name": "s",
                "action": "aws:runShellScript",
                "inputs": {"runCommand": ['printf %s "$SSM_value"', ": {{ value }} {{value}}"]},
            }
        ],
    }


@pytest.mark.parametrize("value", [*NASTY, "a\nb\n\nc", "{{ value }}", "$SSM_value", "'", '"', "\\", "$$"])
def test_a_parameter_as_environment_variable_reaches_the_script_as_nothing_else(
    run: Run, host: StoreHost, tmp_path: Path, value: str
) -> None:
    value = value.format(mark=tmp_path / "mark") if "{mark}" in value else value
    result = run(env_var_document(), {"value": value})

    assert result.steps[0].stdout == value
    assert files_outside(tmp_path, host.orchestration) == []
    (path,) = host.orchestration.rglob("_script.sh")
    assert path.read_text() == 'printf %s "$SSM_value"\n: $SSM_value $SSM_value\n'


def test_a_variable_with_a_zero_byte_fails_its_step(run: Run) -> None:
    result = run(env_var_document(), {"value": "a\0b"})

    assert result.steps[0].status is StepStatus.FAILED
    assert "null byte" in result.steps[0].stderr


def calling(path: str, **parameters: str) -> dict[str, Any]:
    """Return a step that runs a document."""
    inputs = {"documentType": "SSMDocument", "documentPath": path, "documentParameters": parameters}
    return {"name": "s", "action": "aws:runDocument", "inputs": inputs}


def test_a_document_that_runs_itself_ends_at_the_third_level(
    run: Run, script: Script, store_document: Callable[[str, Any], None], tmp_path: Path
) -> None:
    count = tmp_path / "count"
    itself = calling("Self")
    store_document("Self", [script("here", f"echo x >> {count}"), itself, itself | {"name": "twice"}])

    result = run([itself])

    assert result.status is StepStatus.FAILED
    assert "Maximum depth for document execution exceeded" in result.steps[0].stderr
    assert count.read_text().count("x") == 1 + 2 + 4


def test_documents_that_run_each_other_end_at_the_third_level(
    run: Run, store_document: Callable[[str, Any], None]
) -> None:
    store_document("Ping", [calling("Pong")])
    store_document("Pong", [calling("Ping")])

    result = run([calling("Ping")])

    assert result.status is StepStatus.FAILED
    assert "Maximum depth" in result.steps[0].stderr


def test_a_file_that_runs_itself_by_its_path_ends_at_the_third_level(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "documents" / "self.yaml"
    step = {"name": "again", "action": "aws:runDocument"}
    step["inputs"] = {"documentType": "LocalPath", "documentPath": str(path)}  # type: ignore[assignment]
    path.write_text(json.dumps({"schemaVersion": "2.2", "mainSteps": [step]}))

    assert "Maximum depth" in run([step]).steps[0].stderr


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/mem", "/dev/stdin", "/", "/proc/self/maps", "fifo"])
def test_a_local_path_that_is_no_ordinary_file_fails_its_step_at_once(run: Run, tmp_path: Path, path: str) -> None:
    if path == "fifo":
        os.mkfifo(tmp_path / "fifo")
        path = str(tmp_path / "fifo")
    begun = time.monotonic()
    inputs = {"documentType": "LocalPath", "documentPath": path}
    result = run([{"name": "s", "action": "aws:runDocument", "inputs": inputs}])

    assert result.status is StepStatus.FAILED
    assert time.monotonic() - begun < 5


def step_with(*lines: str) -> dict[str, Any]:
    return {"name": "s", "action": "aws:runShellScript", "inputs": {"runCommand": list(lines)}}


BOMBS: dict[str, tuple[dict[str, Any], Any]] = {
    "embedded": ({"a": {"type": "String", "default": "x" * 30_000}}, ["{{a}}" * 3_000]),
    "odd name": ({"a.b": {"type": "String", "default": "x" * 30_000}}, ["{{a.b}}" * 3_000]),
    "whole": ({"a": {"type": "String", "default": "x" * 30_000}}, ["{{a}}"] * 3_000),
    "whole list": ({"a": {"type": "StringList", "default": ["x" * 30_000]}}, ["{{a}}"] * 3_000),
    "list in text": ({"a": {"type": "StringList", "default": ["x"] * 6_000}}, ["{{a}}" * 5_000]),
    "html": ({"a": {"type": "StringMap", "default": {"k": "<" * 30_000}}}, ["{{a}}" * 1_000]),
}


@pytest.mark.parametrize("bomb", list(BOMBS))
def test_a_document_that_multiplies_itself_is_refused_at_once(run: Run, bomb: str) -> None:
    parameters, lines = BOMBS[bomb]
    begun = time.monotonic()
    result = run({"schemaVersion": "2.2", "parameters": parameters, "mainSteps": [step_with(*lines)]})

    assert "larger than 64 MiB" in result.parse_error
    assert time.monotonic() - begun < 5


def test_a_value_that_nested_documents_multiply_level_by_level_is_refused(
    run: Run, store_document: Callable[[str, Any], None]
) -> None:
    declared = {"a": {"type": "String"}}
    for name, following in (("One", "Two"), ("Two", "Three")):
        step = calling(following, a="{{a}}" * 1_000)
        store_document(name, {"schemaVersion": "2.2", "parameters": declared, "mainSteps": [step]})
    last = {"schemaVersion": "2.2", "parameters": declared, "mainSteps": [step_with("echo {{a}}")]}
    store_document("Three", last)

    result = run([calling("One", a="x" * 1_000)])

    assert result.status is StepStatus.FAILED
    assert "larger than 64 MiB" in result.steps[0].stderr


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*)*x", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_that_would_hang_other_engines_is_answered_at_once(host: StoreHost, pattern: str) -> None:
    declared = {"p": {"type": "String", "allowedPattern": pattern, "default": "a" * 50_000 + "!"}}
    document = read_document({"schemaVersion": "2.2", "parameters": declared, "mainSteps": [step_with("true")]})
    begun = time.monotonic()
    with contextlib.suppress(DocumentInvalid):
        prepare(document, {}, host)
    assert time.monotonic() - begun < 2


def test_a_pattern_beyond_measure_is_refused(host: StoreHost) -> None:
    declared = {"p": {"type": "String", "allowedPattern": "((a{1000}){1000}){1000}", "default": "a"}}
    document = read_document({"schemaVersion": "2.2", "parameters": declared, "mainSteps": [step_with("true")]})
    with pytest.raises(DocumentInvalid, match="is no expression of Go"):
        prepare(document, {}, host)


HOSTILE_TEXTS = {
    "digits": '{"schemaVersion": ' + "9" * 60_000 + "}",
    "digits in YAML": "schemaVersion: '2.2'\nx: " + "9" * 60_000,
    "hex in YAML": "schemaVersion: '2.2'\nmainSteps: 0x" + "f" * 60_000,
    "binary in YAML": "timeoutSeconds: 0b" + "1" * 60_000,
    "exponent": '{"schemaVersion": 1e999999}',
    "exponent in YAML": "a: 1e999999",
    "brackets": "[" * 60_000,
    "braces": '{"a":' * 10_000,
    "flow in YAML": "{a: " * 5_000,
    "block in YAML": "\n".join(" " * depth + "a:" for depth in range(300)),
    "sequences in YAML": "- " * 5_000 + "x",
    "anchors": "\n".join(["a0: &a0 x", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60))]),
    "merge keys": "\n".join(["a0: &a0 {k: v}", *(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}" for i in range(1, 40))]),
    "merge of itself": "a: &a {<<: *a}",
    "key that is a mapping": "? {a: b}\n: c",
    "endless key": "x" * 60_000 + ": 1",
    "tags": "!!python/object/apply:os.system [echo hacked]",
    "tag of a scalar": "a: !!int x\nb: !!float y\nc: !!timestamp z\nd: !!binary '%'",
    "surrogates": '{"schemaVersion": "2.2", "x": "\\ud800\\udfff\\udc00"}',
    "surrogate in YAML": 'a: "\\ud800"',
    "twice": '{"mainSteps": 1, "mainSteps": [], "MAINSTEPS": 2, "schemaVersion": "2.2"}',
    "documents": "--- a\n" * 10_000,
    "comments": "#" * 60_000,
    "blanks": " " * 60_000 + "a: b",
    "quotes": '"' * 60_000,
    "colons": ":" * 60_000,
    "zero": "\0" * 100,
    "directives": "%YAML 1.1\n" * 5_000,
}


@pytest.mark.parametrize("hostile", list(HOSTILE_TEXTS))
@pytest.mark.parametrize("read", [load_document, read_document_text])
def test_a_hostile_text_is_read_or_refused_at_once(read: Callable[[str], Any], hostile: str) -> None:
    begun = time.monotonic()
    with contextlib.suppress(DocumentInvalid):
        read(HOSTILE_TEXTS[hostile])
    assert time.monotonic() - begun < 2
