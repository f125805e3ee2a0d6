"""``patchgui document run``: a file at once."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine.run_file import run_file_command

Command = Callable[..., tuple[int, str, str]]

DOCUMENT = """
schemaVersion: "2.2"
parameters:
  Who: {type: String, default: world}
mainSteps:
- name: greet
  action: aws:runShellScript
  inputs: {runCommand: ["printf 'hello {{ Who }}'"]}
- name: windows
  action: aws:runShellScript
  precondition: {StringEquals: [platformType, Windows]}
  inputs: {runCommand: [x]}
- name: hook
  action: aws:runDocument
  inputs: {documentType: SSMDocument, documentPath: Hook}
"""

HOOK = {
    "schemaVersion": "2.2",
    "mainSteps": [{"name": "h", "action": "aws:runShellScript", "inputs": {"runCommand": ["echo hooked; exit 4"]}}],
}


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "main.yaml").write_text(DOCUMENT)
    (tmp_path / "Hook.json").write_text(json.dumps(HOOK))

    def run(*arguments: Any, name: str = "main.yaml", **options: Any) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        status = run_file_command(tmp_path / name, *arguments, out=out, err=err, **options)
        return status, out.getvalue(), err.getvalue()

    return run


def test_json_holds_the_document_and_its_steps(command: Command) -> None:
    status, out, err = command('{"Who": "you"}', as_json=True)
    printed = json.loads(out)
    assert (status, err) == (1, "")
    assert printed["documentStatus"] == "Failed"
    assert [step["status"] for step in printed["steps"]] == ["Success", "Skipped", "Failed"]
    assert printed["steps"][0] == {
        "name": "greet", "action": "aws:runShellScript", "status": "Success", "code": 0, "stdout": "hello you",
        "stderr": "", "output": "hello you", "error": "",
    }  # fmt: skip
    assert "parseError" not in printed


def test_text_shows_steps_and_output_as_they_come(command: Command) -> None:
    status, out, _ = command()
    lines = out.splitlines()
    assert status == 1
    assert lines[:2] == ["▶ greet (aws:runShellScript)", "hello world"]
    assert lines[2].startswith("✓ greet: Success")
    assert lines[3].startswith("- windows: Skipped")
    assert "hooked" in lines
    assert lines[-1] == "Document: Failed"


def test_trouble_before_the_start_is_one_clear_line(command: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: b: c")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for arguments, name, said in (
        (("[]",), "main.yaml", "must be a JSON object"),
        (("{",), "main.yaml", "is no JSON"),
        ((), "missing.yaml", "No such file"),
        ((), "bad.yaml", "not valid JSON or YAML"),
        ((), "binary", "not UTF-8"),
    ):
        status, out, err = command(*arguments, name=name)
        assert (status, out) == (2, "")
        assert said in err


def test_document_that_cannot_run_says_why(command: Command, tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('{"schemaVersion": "2.2", "mainSteps": []}')
    status, out, _ = command(name="none.json")
    assert (status, out) == (1, "✗ No step ran: Unsupported schema format\n")
    assert json.loads(command(name="none.json", as_json=True)[1])["parseError"] == "Unsupported schema format"


def test_parameters_that_aws_would_refuse_are_warned_about(command: Command) -> None:
    assert "Nope is not declared" in command('{"Nope": 1}')[2]


def test_older_agent_is_rehearsed_on_demand(command: Command, tmp_path: Path) -> None:
    fallback = """[ -n "${SSM_Who+x}" ] || SSM_Who='{{ Who }}, from the text'; echo "$SSM_Who" """
    step = {"name": "s", "action": "aws:runShellScript", "inputs": {"runCommand": [fallback]}}
    who = {"type": "String", "default": "you", "interpolationType": "ENV_VAR"}
    (tmp_path / "env.json").write_text(
        json.dumps({"schemaVersion": "2.2", "parameters": {"Who": who}, "mainSteps": [step]})
    )
    assert "you" in command(name="env.json")[1].splitlines()
    assert "you, from the text" in command(name="env.json", agent_version="3.3.0.0")[1].splitlines()
    status, _, err = command(name="env.json", agent_version="3.3")
    assert status == 2
    assert "use four numbers" in err


def test_reboot_is_told_and_not_done(command: Command, tmp_path: Path) -> None:
    step = {"name": "b", "action": "aws:runShellScript", "inputs": {"runCommand": ["exit 194"]}}
    (tmp_path / "boot.json").write_text(json.dumps({"schemaVersion": "2.2", "mainSteps": [step]}))
    status, out, _ = command(name="boot.json")
    assert status == 1
    assert "asks for a reboot" in out


def test_built_in_documents_are_found(command: Command, tmp_path: Path) -> None:
    parameters = {"commands": ["echo nested"]}
    inputs = {"documentType": "SSMDocument", "documentPath": "AWS-RunShellScript", "documentParameters": parameters}
    step = {"name": "s", "action": "aws:runDocument", "inputs": inputs}
    (tmp_path / "outer.json").write_text(json.dumps({"schemaVersion": "2.2", "mainSteps": [step]}))
    status, out, _ = command(name="outer.json")
    assert status == 0
    assert "nested" in out.splitlines()


def test_nested_document_in_yaml_is_the_services_json_to_the_engine(command: Command, tmp_path: Path) -> None:
    child = """
        schemaVersion: "2.2"
        parameters: {m: {type: StringMap, default: {k: v}}}
        mainSteps: [{name: c, action: "aws:runShellScript", inputs: {runCommand: ["echo '{{ m }}'"]}}]
    """
    (tmp_path / "Child.yaml").write_text(child)
    inputs = {"documentType": "SSMDocument", "documentPath": "Child"}
    step = {"name": "s", "action": "aws:runDocument", "inputs": inputs}
    (tmp_path / "outer.json").write_text(json.dumps({"schemaVersion": "2.2", "mainSteps": [step]}))
    assert '{"k":"v"}' in command(name="outer.json")[1].splitlines()


def test_ctrl_c_cancels_the_document_and_still_tells_the_result(tmp_path: Path) -> None:
    step = {"name": "s", "action": "aws:runShellScript", "inputs": {"runCommand": ["echo up; sleep 60"]}}
    (tmp_path / "long.json").write_text(json.dumps({"schemaVersion": "2.2", "mainSteps": [step]}))
    line = "import sys; from pathlib import Path; from patchgui.agent.engine.run_file import run_file_command as run; "
    line += "sys.exit(run(Path(sys.argv[1])))"
    with subprocess.Popen(
        [sys.executable, "-c", line, str(tmp_path / "long.json")], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while process.stdout.readline() != "up\n":
            pass
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 1
    assert "s: Cancelled, exit 137" in rest


def test_nothing_heavy_is_loaded_until_it_is_needed() -> None:
    line = "import sys, patchgui.agent.engine; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert not loaded & {"yaml", "re2", "pydantic", "httpx", "botocore", "urllib.request", "tempfile", "asyncio"}
