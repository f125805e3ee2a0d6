"""Running a program for a step, and what its end makes of the step (engine.md §5)."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from patchgui.agent.engine.process import CannotStart, Ending, Stop, run_process
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.engine.step_run import StepRun, StepState

_REBOOT = 194
_STOPPED = 137


class Command(NamedTuple):
    """A program, as a path, with its arguments, where it runs, all of its environment, and how long it may take."""

    argv: list[str]
    cwd: Path
    environment: Mapping[str, str]
    time_limit_s: float


def run_command(run: StepRun, state: StepState, command: Command) -> None:
    """Run a program; leave its output, and what its end comes to, in the step's state."""
    try:
        ending = run_process(
            run.document.host.launch(command.argv),
            cwd=command.cwd,
            environment=command.environment,
            on_start=state.output.open,
            on_output=(state.output.stdout.write, state.output.stderr.write),
            time_limit_s=command.time_limit_s,
            cancel=run.document.cancel,
        )
    except CannotStart as error:
        state.end(StepStatus.FAILED, 1)
        state.fail(f"failed to run commands: {error}")
        return
    _conclude(state, ending, is_cancelled=ending.stopped is Stop.CANCELLED or run.document.is_cancelled)


def environment_of(run: StepRun, more: Mapping[str, str]) -> dict[str, str]:
    """Return what a program of a step finds in its environment (engine.md §4.7)."""
    host = run.document.host
    environment = {**host.environment, **more, **run.step.environment}
    if host.command_id:
        environment["SSM_COMMAND_ID"] = host.command_id
    environment["AWS_SSM_INSTANCE_ID"] = host.instance_id
    environment["AWS_SSM_REGION_NAME"] = host.region
    environment["AWS_SSM_PLATFORM_NAME"] = host.platform_name
    environment["AWS_SSM_PLATFORM_VERSION"] = host.platform_version
    return environment


def _conclude(state: StepState, ending: Ending, *, is_cancelled: bool) -> None:
    """Set status and code from how the program ended."""
    is_killed = bool(ending.signal_text) and is_cancelled
    if ending.stopped is not None or ending.exit_code == _STOPPED or is_killed:
        state.end(StepStatus.CANCELLED if is_cancelled else StepStatus.TIMED_OUT, _STOPPED)
    elif ending.signal_text:
        state.end(StepStatus.FAILED, -1)
        state.fail(f"failed to run commands: signal: {ending.signal_text}")
    elif ending.exit_code == 0:
        state.end(StepStatus.SUCCESS, 0)
    elif ending.exit_code == _REBOOT:
        state.end(StepStatus.SUCCESS_AND_REBOOT, _REBOOT)
    else:
        state.end(StepStatus.FAILED, ending.exit_code)
        state.fail(f"failed to run commands: exit status {ending.exit_code}")
