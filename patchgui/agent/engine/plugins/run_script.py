"""aws:runShellScript and aws:runPowerShellScript (engine.md §4, §5)."""

import math
import os
import re
import shlex
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.folders import below, downloads_beside, make_folder
from patchgui.agent.engine.plugins.run_command import Command, environment_of, run_command
from patchgui.agent.engine.process import writing_or_starting
from patchgui.agent.engine.reading import JsonFields
from patchgui.agent.engine.step_run import StepRun, StepState
from patchgui.agent.engine.surroundings import Host
from patchgui.agent.engine.values import kind, shown

_DEFAULT_LIMIT_S = 3600
_LEAST_LIMIT_S = 5
_MOST_LIMIT_S = 172_800

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z", re.ASCII)

POWER_SHELLS = ("/usr/bin/powershell", "/usr/bin/pwsh")
"""Where PowerShell is looked for, and run without looking (engine.md §4.3)."""


class Inputs(NamedTuple):
    """The inputs of a script step, types checked."""

    lines: tuple[str, ...]
    environment: dict[str, str]
    id: str
    working_directory: str
    time_limit_s: int


class _Interpreter(NamedTuple):
    """How a kind of script is stored and started."""

    file_name: str
    mark: bytes
    command: Callable[[Path, Host], list[str]]
    environment: Callable[[dict[str, str]], dict[str, str]]


def run_shell_script(run: StepRun, state: StepState) -> None:
    """Run the lines as one script, through the node's ``sh``."""
    _run(run, state, _SHELL)


def run_power_shell_script(run: StepRun, state: StepState) -> None:
    """Run the lines as one script, through PowerShell where it is installed."""
    _run(run, state, _POWER_SHELL)


def read_inputs(value: Any) -> Inputs:
    """Return the inputs of a script step; names count regardless of case.

    Raises:
        DocumentInvalid: when one has a wrong type.
    """
    names = ("runCommand", "environment", "id", "workingDirectory", "timeoutSeconds")
    fields = JsonFields.of({} if value is None else value, "inputs", names)
    variables = {}
    for name, text in fields.raw_members("environment").items():
        if text is not None and not isinstance(text, str):
            raise DocumentInvalid(f"inputs.environment.{name} must be a string, not {kind(text)}.")
        variables[name] = text or ""
    return Inputs(
        lines=fields.texts(fields.value("runCommand"), "inputs.runCommand"),
        environment=variables,
        id=fields.text("id"),
        working_directory=fields.text("workingDirectory"),
        time_limit_s=time_limit_s(fields.value("timeoutSeconds")),
    )


def time_limit_s(value: Any) -> int:
    """Return the time limit that ``timeoutSeconds`` means; the default unless it is in range (engine.md §4.6)."""
    number = 0.0
    if isinstance(value, str) and _NUMBER.match(value):
        number = float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = value
    if not math.isfinite(number) or not _LEAST_LIMIT_S <= int(number) <= _MOST_LIMIT_S:
        return _DEFAULT_LIMIT_S
    return int(number)


def _run(run: StepRun, state: StepState, interpreter: _Interpreter) -> None:
    try:
        inputs = read_inputs(run.inputs)
    except DocumentInvalid as error:
        state.fail(f"Invalid format in plugin properties {shown(run.inputs)};\nerror {error}")
        return
    folder = below(run.folder, "" if inputs.id.startswith(("../", "~/")) else inputs.id)
    script = folder / interpreter.file_name
    try:
        make_folder(folder)
    except (OSError, ValueError):
        state.fail(f"failed to create orchestrationDir directory, {folder}")
        return
    try:
        _write_script(script, interpreter.mark + ("\n".join(inputs.lines) + "\n").encode())
    except OSError as error:
        state.fail(f"failed to create script file. {error}")
        return
    _execute(run, state, inputs, script, interpreter)


def _write_script(path: Path, content: bytes) -> None:
    with writing_or_starting:
        file = os.open(path, _CREATE, 0o700)
        try:
            while content:
                content = content[os.write(file, content) :]
        finally:
            os.close(file)


_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def _execute(run: StepRun, state: StepState, inputs: Inputs, script: Path, interpreter: _Interpreter) -> None:
    command = Command(
        interpreter.command(script, run.document.host),
        _working_directory(run, inputs.working_directory),
        interpreter.environment(environment_of(run, inputs.environment)),
        inputs.time_limit_s,
    )
    run_command(run, state, command)


def _working_directory(run: StepRun, wanted: str) -> Path:
    """Return where a script runs: as given, below the downloads, or where the agent itself runs (engine.md §4.5)."""
    if wanted.startswith("/"):
        return Path(wanted)
    # The real agent joins the two as texts, so that ".." counts even where there are no downloads.
    below_downloads = os.path.normpath(f"{downloads_beside(run.folder, run.step.name)}/{wanted}")
    # As text: every step comes this way, and a Path costs more than the question.
    return Path(below_downloads) if os.path.exists(below_downloads) else run.document.host.cwd  # noqa: PTH110


def _shell_command(script: Path, host: Host) -> list[str]:
    # Quoted, unlike on the real agent: a step's name must not be run (engine.md §15.2).
    return [_shell(host.environment.get("PATH", os.defpath)), "-c", shlex.quote(os.fspath(script))]


@cache
def _shell(path: str) -> str:
    return shutil.which("sh", path=path) or "/bin/sh"


def _power_shell_command(script: Path, host: Host) -> list[str]:  # noqa: ARG001 - both kinds are started alike
    first, second = POWER_SHELLS
    return [first if Path(first).exists() else second, "-f", os.fspath(script)]


def _power_shell_environment(environment: dict[str, str]) -> dict[str, str]:
    """Return what PowerShell needs: a home, and no terminal."""
    environment = {**environment, "HOME": "/"}
    terminal = next((name for name, value in environment.items() if "TERM" in f"{name}={value}"), None)
    if terminal is not None:
        del environment[terminal]
    return environment


_SHELL = _Interpreter("_script.sh", b"", _shell_command, lambda environment: environment)
_POWER_SHELL = _Interpreter("_script.ps1", b"\xef\xbb\xbf", _power_shell_command, _power_shell_environment)
