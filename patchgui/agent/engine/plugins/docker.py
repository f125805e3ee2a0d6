"""aws:runDockerAction and aws:configureDocker (Amazon's agent: plugins dockercontainer and configurecontainers)."""

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.plugins.run_command import Command, environment_of, run_command
from patchgui.agent.engine.plugins.run_script import time_limit_s
from patchgui.agent.engine.reading import JsonFields
from patchgui.agent.engine.step_run import StepRun, StepState
from patchgui.agent.engine.values import shown

_TEXTS = ("action", "container", "image", "user", "cpuShares", "memory", "publish", "env", "cmd", "workingDirectory")
_NAMES = (*_TEXTS, "volume", "timeoutSeconds")

_ALLOWED = (
    ("container", r"[a-zA-Z0-9_\-\\/]*", "Invalid container name, only [a-zA-Z0-9_-] are allowed"),
    ("image", r"[a-zA-Z0-9_\-\\/]*", "Invalid image value, only [a-zA-Z0-9_-] are allowed"),
    ("user", r"[a-zA-Z0-9_-]*", "Invalid user value"),
    ("volume", r"[a-zA-Z0-9_\\/:\-.\"()^ ]*", "Invalid volume"),
    ("cpuShares", r"/?[a-zA-Z0-9_-]*", "Invalid CpuShares value, only integers are allowed"),
    ("memory", r"[0-9]*[bkmg]?", "Invalid memory value"),
    ("publish", r"[0-9a-zA-Z:\-/.]*", "Invalid Publish value"),
    ("env", "[^;,&|]*", "Invalid environment variable value"),
    ("cmd", "[^;,&|]*", "Invalid command value"),
)
"""What values may look like, checked in this order, and what is said of another."""

_OPTIONS = (
    ("container", "--name"),
    ("memory", "--memory"),
    ("cpuShares", "--cpu-shares"),
    ("publish", "--publish"),
    ("env", "--env"),
    ("user", "--user"),
)


class _Inputs(NamedTuple):
    texts: Mapping[str, str]
    volumes: tuple[str, ...]
    time_limit_s: int


def configure_docker(run: StepRun, state: StepState) -> None:
    """Fail: Amazon's agent installs Docker on Amazon Linux and Red Hat only, with yum, and this one nowhere."""
    try:
        action = JsonFields.of({} if run.inputs is None else run.inputs, "inputs", ("action",)).text("action")
    except DocumentInvalid as error:
        state.fail(f"Invalid format in plugin properties {shown(run.inputs)};\nerror {error}")
        return
    if action not in {"Install", "Uninstall"}:
        state.fail(f"configure Action is set to unsupported value: {action}")
        return
    variant = run.document.host.platform_name
    if variant.lower().startswith(("amazon linux", "red hat")):
        state.fail(f"The local agent does not {action.lower()} Docker; do it with yum in a script.")
    elif variant.lower().startswith("ubuntu"):
        state.fail("Ubuntu platform is not currently supported")
    else:
        state.fail(f"Unsupported Linux variant: {variant}")


def run_docker_action(run: StepRun, state: StepState) -> None:
    """Run the node's docker with what the inputs come to."""
    try:
        inputs = _read(run.inputs)
    except DocumentInvalid as error:
        state.fail(f"Invalid format in plugin properties {shown(run.inputs)};\nerror {error}")
        return
    try:
        _check(inputs)
        arguments = _arguments(inputs)
    except DocumentInvalid as error:
        state.fail(str(error))
        return
    if arguments[0] in {"run", "create"} and inputs.volumes and inputs.volumes[0]:
        state.output.stdout.write(f"pluginInput.Volume:{len(inputs.volumes)}".encode())
    environment = environment_of(run, {})
    docker = shutil.which("docker", path=environment.get("PATH"))
    if docker is None:
        state.fail('failed to run commands: exec: "docker": executable file not found in $PATH')
        return
    where = Path(run.document.host.cwd, inputs.texts["workingDirectory"])
    run_command(run, state, Command([docker, *arguments], where, environment, inputs.time_limit_s))


def _read(value: object) -> _Inputs:
    fields = JsonFields.of({} if value is None else value, "inputs", _NAMES)
    volumes = fields.texts(fields.value("volume"), "inputs.volume")
    return _Inputs({name: fields.text(name) for name in _TEXTS}, volumes, time_limit_s(fields.value("timeoutSeconds")))


def _check(inputs: _Inputs) -> None:
    for name, pattern, complaint in _ALLOWED:
        values = inputs.volumes if name == "volume" else (inputs.texts[name],)
        if not all(re.fullmatch(pattern, value) for value in values):
            raise DocumentInvalid(f"Validation error, {complaint}")


def _arguments(inputs: _Inputs) -> list[str]:
    """Return docker's arguments for the action.

    Raises:
        DocumentInvalid: when the action is unknown, or lacks what it needs.
    """
    texts = inputs.texts
    action = texts["action"]
    build = _ACTIONS.get(action)
    if build is None:
        raise DocumentInvalid(f"Docker Action is set to unsupported value: {action}")
    needs, arguments = build
    for need in needs:
        if not any(texts[name] for name in need.split(" or ")):
            raise DocumentInvalid(f"Action {action} requires parameter {need}")
    return arguments(inputs)


def _started(inputs: _Inputs, *words: str) -> list[str]:
    """Return the arguments of run and create; those that are empty are left out, but for the command."""
    texts = inputs.texts
    volumes = ["--volume", *inputs.volumes] if inputs.volumes and inputs.volumes[0] else []
    options = [word for name, option in _OPTIONS if texts[name] for word in (option, texts[name])]
    return [*words, *volumes, *options, texts["image"], texts["cmd"]]


def _executed(inputs: _Inputs) -> list[str]:
    texts = inputs.texts
    return ["exec", *(["--user", texts["user"]] if texts["user"] else []), texts["container"], texts["cmd"]]


def _on(word: str, *names: str) -> Callable[[_Inputs], list[str]]:
    return lambda inputs: [word, *(inputs.texts[name] for name in names)]


_ACTIONS: dict[str, tuple[tuple[str, ...], Callable[[_Inputs], list[str]]]] = {
    "Create": (("image",), lambda inputs: _started(inputs, "create")),
    "Run": (("image",), lambda inputs: _started(inputs, "run", "-d")),
    "Start": (("container",), _on("start", "container")),
    "Rm": (("container",), _on("rm", "container")),
    "Stop": (("container",), _on("stop", "container")),
    "Exec": (("container", "cmd"), _executed),
    "Inspect": (("container or image",), _on("inspect", "container", "image")),
    "Stats": ((), lambda inputs: ["stats", "--no-stream", *filter(None, [inputs.texts["container"]])]),
    "Logs": (("container",), _on("logs", "container")),
    "Pull": (("image",), _on("pull", "image")),
    "Images": ((), _on("images")),
    "Rmi": (("image",), _on("rmi", "image")),
    "Ps": ((), lambda _: ["ps", "--all"]),
}
"""What each action needs, and the arguments that it comes to."""
