"""Script steps: what a script finds, how its end is told."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine import CancelToken, DocumentResult, StepStatus
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.plugins import run_script
from patchgui.agent.engine.plugins.run_script import _power_shell_environment, time_limit_s
from patchgui.agent.engine.prepare import prepare
from patchgui.agent.engine.reading import read_document

_ECHO = {"schemaVersion": "2.2", "parameters": {"a": {"type": "String"}}}

Run = Callable[..., DocumentResult]
Script = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60), (60, 60), (5, 5), (4, 3600), (172_800, 172_800), (172_801, 3600), ("5.9", 5), (5.9, 5),
        ("1e3", 1000),
        (" 60", 3600), ("1_000", 3600), ("soon", 3600),
        ("", 3600), (None, 3600), (True, 3600), ([60], 3600), (-60, 3600), ("inf", 3600),
        ("nan", 3600), (1e400, 3600),
    ],
)  # fmt: skip
def test_time_limit_is_the_default_unless_it_is_in_range(value: Any, seconds: int) -> None:
    assert time_limit_s(value) == seconds


@pytest.mark.parametrize(
    ("line", "status", "code", "stderr"),
    [
        ("exit 0", "Success", 0, ""),
        ("printf err >&2; exit 3", "Failed", 3, "errfailed to run commands: exit status 3"),
        ("exit 450", "SuccessAndReboot", 194, ""),
        ("exit 137", "TimedOut", 137, ""),
        ("echo e >&2; exit 168", "Success", 168, ""),
        ("exec sh -c 'exit 255'", "Failed", 255, "failed to run commands: exit status 255"),
    ],
)
def test_exit_code_makes_the_status(run: Run, script: Script, line: str, status: str, code: int, stderr: str) -> None:
    (step,) = run([script("s", line)]).steps
    assert (step.status, step.code, step.stderr) == (status, code, stderr)


def test_error_text_is_left_out_of_the_output_of_a_168(run: Run, script: Script) -> None:
    (step,) = run([script("s", "echo o; echo e >&2; exit 168")]).steps
    assert step.output == "o\n"


def test_null_lines_are_empty_ones(run: Run) -> None:
    inputs = {"runCommand": ["cat <<E", None, "E"]}
    (step,) = run([{"name": "s", "action": "aws:runShellScript", "inputs": inputs}]).steps
    assert step.stdout == "\n"


@pytest.mark.parametrize("inputs", [None, {}, {"runCommand": None}, {"runCommand": []}])
def test_missing_script_is_an_empty_one(run: Run, inputs: Any) -> None:
    assert run([{"name": "s", "action": "aws:runShellScript", "inputs": inputs}]).status is StepStatus.SUCCESS


@pytest.mark.parametrize(
    "inputs",
    ["text", 5, {"runCommand": "text"}, {"runCommand": [["nested"]]}, {"environment": ["A=1"]}, {"id": 5},
     {"workingDirectory": True}],
)  # fmt: skip
def test_wrong_inputs_fail_the_step_in_words(run: Run, inputs: Any) -> None:
    (step,) = run([{"name": "s", "action": "aws:runShellScript", "inputs": inputs}]).steps
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr.startswith("Invalid format in plugin properties")


def test_environment_is_the_agents_then_the_inputs_then_the_services(run: Run, script: Script, host: Any) -> None:
    host.environment = {**host.environment, "A": "agent", "B": "agent"}
    given = {"B": "input", "SSM_COMMAND_ID": "forged", "AWS_SSM_REGION_NAME": "forged", "N": None}
    (step,) = run([script("s", "env | sort", environment=given)]).steps
    found = dict(line.partition("=")[::2] for line in step.stdout.splitlines())
    assert found["A"] == "agent"
    assert found["B"] == "input"
    assert found["N"] == ""
    assert found["SSM_COMMAND_ID"] == host.command_id
    assert found["AWS_SSM_REGION_NAME"] == host.region
    assert found["AWS_SSM_INSTANCE_ID"] == host.instance_id


def test_parameter_as_environment_variable_never_becomes_script_text(run: Run, script: Script) -> None:
    document = {
        "schemaVersion": "2.2",
        "parameters": {
            "p": {"type": "String", "interpolationType": "ENV_VAR"},
            "q": {"type": "String", "default": "Q"},
        },
        "mainSteps": [script("s", 'echo "$SSM_p" "{{ q }}" \'{{ p }}\'')],
    }
    (step,) = run(document, {"p": "/; echo injected $(echo x)"}).steps
    assert step.stdout == "/; echo injected $(echo x) Q $SSM_p\n"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("3.3.0.0", "v \n"),
        ("3.3.2745.9", "v \n"),
        ("3.3.2746.0", "v v\n"),
        ("3.3.3572.0", "v v\n"),
        ("3.10.0.0", "v v\n"),
    ],
)
def test_interpolation_type_counts_from_agent_3_3_2746_on(
    run: Run, script: Script, host: Any, version: str, said: str
) -> None:
    host.agent_version = version
    document = {
        "schemaVersion": "2.2",
        "parameters": {"p": {"type": "String", "default": "v", "interpolationType": "ENV_VAR"}},
        "mainSteps": [script("s", 'echo "{{ p }}" "$SSM_p"')],
    }
    (step,) = run(document).steps
    assert step.stdout == said


def test_store_reference_reaches_the_environment_variable_resolved(run: Run, script: Script, host: Any) -> None:
    host.parameters = {"secretless": {"Type": "String", "Value": "from the $(store)"}}
    document = {
        "schemaVersion": "2.2",
        "parameters": {"p": {"type": "String", "default": "{{ ssm:secretless }}", "interpolationType": "ENV_VAR"}},
        "mainSteps": [script("s", 'echo "$SSM_p"')],
    }
    (step,) = run(document).steps
    assert step.stdout == "from the $(store)\n"


def test_script_step_names_the_variable_where_the_parameter_stands(run: Run, script: Script) -> None:
    document = {
        "schemaVersion": "2.2",
        "parameters": {"p": {"type": "String", "interpolationType": "ENV_VAR"}},
        "mainSteps": [
            script("s", 'echo "{{p}}"', environment={"SSM_p": "from the inputs"}),
            script("t", "pwd", workingDirectory="{{ p }}"),
            {"name": "u", "action": "aws:runPowerShellScript", "inputs": {"runCommand": ["Write-Output {{p}}"]}},
        ],
    }
    shell, place, _ = run(document, {"p": "/tmp"}).steps
    assert (shell.stdout, place.stdout) == ("/tmp\n", "/\n")
    written = prepare(read_document(document), {"p": "/tmp"}, LocalHost(Path("/nowhere")))
    assert written[2].inputs == {"runCommand": ["Write-Output $env:SSM_p"]}


def test_what_is_no_script_gets_the_value_of_a_parameter_as_environment_variable(
    run: Run, script: Script, store_document: Callable[[str, Any], None]
) -> None:
    store_document("Child", {**_ECHO, "mainSteps": [script("in", "echo {{ a }}")]})
    inputs = {"documentType": "SSMDocument", "documentPath": "Child", "documentParameters": {"a": "{{ p }}"}}
    document = {
        "schemaVersion": "2.2",
        "parameters": {"p": {"type": "String", "interpolationType": "ENV_VAR"}},
        "mainSteps": [
            {
                "name": "go",
                "action": "aws:runDocument",
                "inputs": inputs,
                "precondition": {"StringEquals": ["{{ p }}", "v"]},
            }
        ],
    }
    assert run(document, {"p": "v"}).steps[0].stdout == "v\n"


def test_working_directory_below_the_downloads_counts_once_it_exists(run: Run, script: Script, host: Any) -> None:
    steps = [script("a", "pwd"), script("b", "pwd", workingDirectory="sub"), script("c", "pwd", workingDirectory="~")]
    assert [step.stdout for step in run(steps).steps] == ["/\n"] * 3
    (host.orchestration / "downloads" / "sub").mkdir(parents=True)
    downloads = str(host.orchestration / "downloads")
    assert [step.stdout for step in run(steps).steps] == [
        f"/\n{downloads}\n",
        f"/\n{downloads}/sub\n",
        "/\n/\n",
    ]


def test_colon_in_the_name_hides_the_downloads(run: Run, script: Script, host: Any) -> None:
    (host.orchestration / "downloads").mkdir()
    assert run([script("a:b", "pwd")]).steps[0].stdout == "/\n"


@pytest.mark.parametrize("directory", ["/proc/missing", "/etc/passwd"])
def test_missing_working_directory_fails_the_step(run: Run, script: Script, directory: str) -> None:
    (step,) = run([script("s", "pwd", workingDirectory=directory)]).steps
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr.startswith("failed to run commands: ")
    assert directory in step.stderr


@pytest.mark.parametrize("name", ["a b", "$(touch pwned)", "a;b", "'quoted'", "-rf", "a\nb", "*", "..", "ü", "a/b"])
def test_name_is_never_interpreted(run: Run, script: Script, host: Any, name: str) -> None:
    (step,) = run([script(name, 'echo ran "$(basename "$0")"')]).steps
    assert (step.status, step.stdout) == ("Success", "ran _script.sh\n")
    assert not list(host.orchestration.rglob("pwned"))


def test_name_with_a_zero_byte_fails_and_breaks_nothing(run: Run, script: Script) -> None:
    result = run([script("a\x00b", "echo x"), script("next", "echo y")])
    assert [step.status for step in result.steps] == ["Failed", "Success"]


def test_files_lie_where_the_real_agent_puts_them(run: Run, script: Script, host: Any) -> None:
    run([script("st:ep", "echo x", id="i:d"), script("other", "echo y", id="../evil")])
    found = {str(path.relative_to(host.orchestration)) for path in host.orchestration.rglob("*") if path.is_file()}
    output = {f"awsrunShellScript/{step}/{name}{twin}" for step in ("step", "other")
              for name in ("stdout", "stderr") for twin in ("", "Console")}  # fmt: skip
    assert found == {"step/id/_script.sh", "other/_script.sh"} | output
    assert (host.orchestration / "step/id/_script.sh").read_text() == "echo x\n"
    assert (host.orchestration / "step/id/_script.sh").stat().st_mode & 0o777 == 0o700


def test_list_of_inputs_runs_each_and_appends_to_one_file(run: Run) -> None:
    inputs = [{"runCommand": ["echo a"]}, {"runCommand": ["exit 3"]}, {"runCommand": ["exit 4"]}]
    (step,) = run([{"name": "s", "action": "aws:runShellScript", "inputs": inputs}]).steps
    assert (step.status, step.code, step.stdout) == ("Failed", 3, "a\n\na\n\na\n")


def test_element_of_no_known_form_fails_whatever_the_others_did(run: Run, script: Script) -> None:
    good = {"id": "1", "runCommand": ["echo out; echo err >&2; exit 137"]}
    content = {"schemaVersion": "1.2", "runtimeConfig": {"aws:runShellScript": {"properties": [good, 5]}}}
    (step,) = run(content).steps
    assert (step.status, step.code) == (StepStatus.FAILED, 137)
    assert step.stdout == "out\n\n"
    assert step.stderr.startswith("err\n\nInvalid format in plugin properties 5;\nerror ")
    assert step.stderr.endswith("\n")


def test_empty_list_of_inputs_leaves_the_document_in_progress(run: Run) -> None:
    result = run([{"name": "s", "action": "aws:runShellScript", "inputs": []}])
    assert (result.status, result.steps[0].status) == (StepStatus.IN_PROGRESS, StepStatus.EMPTY)


def test_cancelling_kills_the_script_and_lets_no_later_step_run(run: Run, script: Script, recorder: Any) -> None:
    cancel = CancelToken()
    recorder.on_output = cancel.cancel
    windows = {**script("w", "x"), "precondition": {"StringEquals": ["platformType", "Windows"]}}
    unknown = {"name": "u", "action": "aws:nope"}
    steps = [script("a", "echo x; sleep 60"), script("b", "echo y"), windows, unknown,
             script("fin", "echo z", finallyStep=True)]  # fmt: skip
    result = run(steps, cancel=cancel)
    assert [(step.status, step.code) for step in result.steps] == [
        ("Cancelled", 137), ("Cancelled", 1), ("Skipped", 0), ("Failed", 0), ("Cancelled", 1),
    ]  # fmt: skip
    assert result.status is StepStatus.FAILED
    assert [event for event in recorder.events if event[0] == "started"] == [("started", "a")]


def test_several_runs_at_a_time_do_not_disturb_each_other(tmp_path: Path, host: Any, script: Script) -> None:
    from dataclasses import replace

    from patchgui.agent.engine import run_document

    results: dict[int, DocumentResult] = {}

    class Nobody:
        def step_started(self, *_: Any) -> None: ...
        def step_output(self, *_: Any) -> None: ...
        def step_ended(self, *_: Any) -> None: ...

    def one(number: int) -> None:
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        content = {"schemaVersion": "2.2", "mainSteps": [script(f"s{i}", f"echo {number}-{i}") for i in range(10)]}
        results[number] = run_document(content, {}, replace(host, orchestration=folder), Nobody())

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: [step.stdout for step in result.steps] for number, result in results.items()} == {
        number: [f"{number}-{i}\n" for i in range(10)] for number in range(4)
    }


def test_power_shell_gets_a_home_and_no_terminal() -> None:
    given = {"PATH": "/bin", "TERM": "xterm", "XTERM_VERSION": "1", "HOME": "/root"}
    assert _power_shell_environment(given) == {"PATH": "/bin", "XTERM_VERSION": "1", "HOME": "/"}


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two places for PowerShell. What stands there is no PowerShell: it tells how it was called, and runs nothing."""
    first, second = tmp_path / "powershell", tmp_path / "pwsh"
    second.write_text(
        '#!/bin/sh\necho "$0 $1 ${2##*/} $#"\necho "$HOME [${TERM-none}] $AWS_SSM_REGION_NAME $V"\ncat "$2"\n'
    )
    second.chmod(0o755)
    monkeypatch.setattr(run_script, "POWER_SHELLS", (str(first), str(second)))
    return first, second


def test_power_shell_is_called_with_a_marked_file(run: Run, host: Any, stand_in: tuple[Path, Path]) -> None:
    host.environment = {**host.environment, "TERM": "xterm", "HOME": "/root"}
    inputs = {"runCommand": ["Write-Output hi", "exit 3"], "environment": {"V": "v"}}
    step = {"name": "s", "action": "aws:runPowerShellScript", "inputs": inputs}
    (ended,) = run([step]).steps
    assert ended.stdout.splitlines() == [
        f"{stand_in[1]} -f _script.ps1 2",
        "/ [none] local v",
        "\ufeffWrite-Output hi",
        "exit 3",
    ]
    assert (host.orchestration / "s" / "_script.ps1").stat().st_mode & 0o777 == 0o700


def test_powershell_goes_before_pwsh_and_its_exit_code_counts(run: Run, stand_in: tuple[Path, Path]) -> None:
    first, _ = stand_in
    first.write_text("#!/bin/sh\necho first; exit 168\n")
    first.chmod(0o755)
    steps = [{"name": name, "action": "aws:runPowerShellScript", "inputs": {"runCommand": ["x"]}} for name in "ab"]
    ended, skipped = run(steps).steps
    assert (ended.status, ended.code, ended.output) == ("Success", 168, "first\n")
    assert skipped.status is StepStatus.SKIPPED


def test_power_shell_that_is_not_installed_is_a_start_error(run: Run) -> None:
    if any(Path(path).exists() for path in ("/usr/bin/pwsh", "/usr/bin/powershell")):
        pytest.skip("PowerShell is installed here")
    (step,) = run([{"name": "s", "action": "aws:runPowerShellScript", "inputs": {"runCommand": ["x"]}}]).steps
    assert (step.status, step.code) == ("Failed", 1)
    assert step.stderr == f"failed to run commands: fork/exec /usr/bin/pwsh: {os.strerror(2).lower()}"


def test_long_script_and_many_steps_run(run: Run, script: Script) -> None:
    assert run([script("long", *["# " + "x" * 60] * 1000, "echo end")]).steps[0].stdout == "end\n"
    skipped = [script(f"s{i}", "echo never") for i in range(998)]
    result = run([script("first", "exit 168"), *skipped, script("last", "echo fin", finallyStep=True)])
    assert len(result.steps) == 1000
    assert result.steps[-1].stdout == "fin\n"
