"""aws:runDockerAction with a docker that tells its arguments, and without one; aws:configureDocker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine import DocumentResult
from tests.unit.engine.conftest import StoreHost

Run = Callable[..., DocumentResult]


def _step(action: str, inputs: Any) -> list[dict[str, Any]]:
    return [{"name": "s", "action": action, "inputs": inputs}]


@pytest.fixture
def docker(host: StoreHost, tmp_path: Path) -> Path:
    """A docker that prints its arguments, one in each pair of brackets, and where it was started."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nprintf '[%s]' \"$@\"; [ $# -lt 3 ] || exit 0; pwd >&2; exit ${code:-0}\n")
    program.chmod(0o755)
    host.environment = {**host.environment, "PATH": f"{program.parent}:{host.environment['PATH']}"}
    return program


@pytest.mark.parametrize(
    ("inputs", "arguments"),
    [
        ({"action": "Ps"}, "[ps][--all]"),
        ({"ACTION": "Images", "container": "unused"}, "[images]"),
        ({"action": "Run", "image": "a/b"}, "[run][-d][a/b][]"),
        (
            {
                "action": "Create",
                "image": "i",
                "cmd": "sleep 5",
                "container": "c",
                "memory": "64m",
                "env": "A=b",
                "cpuShares": "2",
                "publish": "80:8080",
                "user": "me",
                "volume": ["/a:/b", "/c d:/e"],
            },
            (
                "pluginInput.Volume:2[create][--volume][/a:/b][/c d:/e][--name][c][--memory][64m][--cpu-shares][2]"
                "[--publish][80:8080][--env][A=b][--user][me][i][sleep 5]"
            ),
        ),
        ({"action": "Create", "image": "i", "volume": [""]}, "[create][i][]"),
        ({"action": "Start", "container": "c"}, "[start][c]"),
        ({"action": "Rm", "container": "c"}, "[rm][c]"),
        ({"action": "Stop", "container": "c"}, "[stop][c]"),
        ({"action": "Logs", "container": "c"}, "[logs][c]"),
        ({"action": "Exec", "container": "c", "cmd": "id -u", "user": "me"}, "[exec][--user][me][c][id -u]"),
        ({"action": "Exec", "container": "c", "cmd": "id"}, "[exec][c][id]"),
        ({"action": "Inspect", "image": "i"}, "[inspect][][i]"),
        ({"action": "Stats"}, "[stats][--no-stream]"),
        ({"action": "Stats", "container": "c"}, "[stats][--no-stream][c]"),
        ({"action": "Pull", "image": "i"}, "[pull][i]"),
        ({"action": "Rmi", "image": "i"}, "[rmi][i]"),
    ],
)
@pytest.mark.usefixtures("docker")
def test_an_action_runs_docker_with_its_arguments(run: Run, inputs: Any, arguments: str) -> None:
    (step,) = run(_step("aws:runDockerAction", inputs)).steps
    assert (step.status, step.code, step.stdout) == ("Success", 0, arguments)


@pytest.mark.usefixtures("docker")
def test_dockers_own_failure_is_the_steps(run: Run, host: StoreHost) -> None:
    host.environment = {**host.environment, "code": "125"}
    (step,) = run(_step("aws:runDockerAction", {"action": "Images", "workingDirectory": "/usr"})).steps
    assert (step.status, step.code) == ("Failed", 125)
    assert step.stderr == "/usr\nfailed to run commands: exit status 125"


def test_without_docker_the_step_fails_as_on_a_node_without_it(run: Run, host: StoreHost) -> None:
    host.environment = {**host.environment, "PATH": "/nowhere"}
    (step,) = run(_step("aws:runDockerAction", {"action": "Ps"})).steps
    assert (step.status, step.code) == ("Failed", 1)
    assert step.stderr == 'failed to run commands: exec: "docker": executable file not found in $PATH'


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "Docker Action is set to unsupported value: "),
        ({"action": "ps"}, "Docker Action is set to unsupported value: ps"),
        ({"action": "Run"}, "Action Run requires parameter image"),
        ({"action": "Exec", "container": "c"}, "Action Exec requires parameter cmd"),
        ({"action": "Inspect"}, "Action Inspect requires parameter container or image"),
        ({"action": "Stop"}, "Action Stop requires parameter container"),
        ({"action": "Ps", "container": "c;id"}, "Validation error, Invalid container name, only [a-zA-Z0-9_-] are"),
        ({"action": "Ps", "container": "c\n"}, "Validation error, Invalid container name, only [a-zA-Z0-9_-] are"),
        ({"action": "Ps", "image": "i:1"}, "Validation error, Invalid image value, only [a-zA-Z0-9_-] are allowed"),
        ({"action": "Ps", "user": "a b"}, "Validation error, Invalid user value"),
        ({"action": "Ps", "volume": ["/a", "$b"]}, "Validation error, Invalid volume"),
        ({"action": "Ps", "cpuShares": "1.5"}, "Validation error, Invalid CpuShares value, only integers are allowed"),
        ({"action": "Ps", "memory": "1t"}, "Validation error, Invalid memory value"),
        ({"action": "Ps", "publish": "a_b"}, "Validation error, Invalid Publish value"),
        ({"action": "Ps", "env": "a|b"}, "Validation error, Invalid environment variable value"),
        ({"action": "Ps", "cmd": "a & b"}, "Validation error, Invalid command value"),
        ({"action": 5}, "Invalid format in plugin properties map[action:5];\nerror "),
        ({"action": "Ps", "volume": "/a"}, "Invalid format in plugin properties map[action:Ps volume:/a];\nerror "),
        ("text", "Invalid format in plugin properties text;\nerror "),
    ],
)
@pytest.mark.usefixtures("docker")
def test_wrong_inputs_never_reach_docker(run: Run, inputs: Any, words: str) -> None:
    (step,) = run(_step("aws:runDockerAction", inputs)).steps
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr.startswith(words)


@pytest.mark.parametrize(
    ("inputs", "release", "words"),
    [
        ({"action": "Install"}, "Debian GNU/Linux", "Unsupported Linux variant: Debian GNU/Linux"),
        ({"action": "Uninstall"}, "Ubuntu", "Ubuntu platform is not currently supported"),
        ({"action": "Install"}, "Amazon Linux", "The local agent does not install Docker; do it with yum in a script."),
        ({"action": "Uninstall"}, "Red Hat Enterprise Linux", "The local agent does not uninstall Docker; do it with"),
        ({"action": "Update"}, "Ubuntu", "configure Action is set to unsupported value: Update"),
        (None, "Ubuntu", "configure Action is set to unsupported value: "),
        ({"action": []}, "Ubuntu", "Invalid format in plugin properties map[action:[]];\nerror "),
    ],
)
def test_docker_is_configured_nowhere_and_the_step_says_why(
    run: Run, host: StoreHost, inputs: Any, release: str, words: str
) -> None:
    host.__dict__["_release"] = {"NAME": release}
    (step,) = run(_step("aws:configureDocker", inputs)).steps
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr.startswith(words)
