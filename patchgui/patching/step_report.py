"""Reads what SSM reports of one step: a skipped one is a Success whose output alone tells (engine.md §8.4)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from patchgui.patching.document_steps import StepSpec
from patchgui.patching.failing_line import failing_line
from patchgui.patching.own_words import is_cut, own_words
from patchgui.patching.progress import TROUBLE, PhaseState, StepProgress
from patchgui.ssm.shapes import CommandPlugin

SKIP_REST_SUCCESS = 168
"""Exit code of a script: the step succeeded, skip the rest of the document (engine.md §5)."""
SKIP_REST_FAILURE = 169
"""Exit code of a script: the step failed, skip the rest of the document (engine.md §5)."""

_ERROR_TITLE = "----------ERROR-------"
_EXIT = re.compile(r"failed to run commands: exit status (-?\d+)")
_SIGNAL = re.compile(r"failed to run commands: signal: (.+)")
_SKIPPED_BY_EXIT = re.compile(r"Plugin with name \S* and id (.*) skipped due to prior step with an exit condition")
_SKIPPED_BY_PRECONDITION = re.compile(
    r"Step execution skipped due to unsatisfied preconditions: '(.*)'\. Step name: (.*)", re.DOTALL
)
_SKIPPED_UNSUPPORTED = re.compile(r"Step execution skipped due to unsupported plugin: (.*)\. Step name: (.*)")
_PLATFORM = re.compile(r"\[platformType, (\w+)\]|\[(\w+), platformType\]")
_SAID_CHARS = 240


class Skip(StrEnum):
    """Why a step did not run, as far as its own report says."""

    NO = ""
    EXIT = "exit"
    PRECONDITION = "precondition"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step on one node. ``said`` is the script's own words on how it ended, ``signal`` the signal that ended it.

    ``is_cut`` where SSM shows only a part of its output: then ``said`` may not be the last word.
    """

    spec: StepSpec
    progress: StepProgress
    skip: Skip = Skip.NO
    said: str = ""
    is_cut: bool = False
    signal: str = ""
    detail: str = ""

    @property
    def skips_rest_as_success(self) -> bool:
        """Whether this step decided that the rest is not needed."""
        return self.progress.status is PhaseState.SUCCESS and self.progress.exit_code == SKIP_REST_SUCCESS


_STATES = {
    "Pending": PhaseState.WAITING,
    "InProgress": PhaseState.RUNNING,
    "Success": PhaseState.SUCCESS,
    "Failed": PhaseState.FAILED,
    "TimedOut": PhaseState.TIMED_OUT,
    "Cancelled": PhaseState.CANCELLED,
}


def read_report(spec: StepSpec, plugin: CommandPlugin | None) -> StepReport:
    """Return the true state of one step; None: SSM has not reported it yet."""
    if plugin is None:
        return StepReport(spec, StepProgress(spec.name, PhaseState.WAITING))
    output = plugin.output or ""
    status = str(plugin.status or "")
    skip, reason = _skip(spec.name, output) if status == "Success" else (Skip.NO, "")
    if skip is not Skip.NO:
        state = PhaseState.SKIPPED if skip is Skip.EXIT else PhaseState.NOT_APPLICABLE
        return StepReport(spec, StepProgress(spec.name, state, skipped_reason=reason), skip, detail=reason)
    state = _STATES.get(status, PhaseState.UNKNOWN)
    signal = _SIGNAL.findall(output)
    started_at = None if state is PhaseState.WAITING else plugin.response_start_date_time
    progress = StepProgress(
        spec.name,
        state,
        exit_code=_exit_code(state, plugin.response_code, output),
        started_at=started_at,
        ended_at=plugin.response_finish_date_time if state.is_final else None,
    )
    return StepReport(
        spec,
        progress,
        said=_said(state, output),
        is_cut=is_cut(output),
        signal=signal[-1] if signal else "",
        detail=status,
    )


def _skip(name: str, output: str) -> tuple[Skip, str]:
    """Tell a skipped step by its whole output, which then is the agent's sentence with this step's name and no more."""
    text = output.strip()
    match = _SKIPPED_BY_EXIT.fullmatch(text)
    if match and match[1] == name:
        return Skip.EXIT, "An earlier step ended the document."
    match = _SKIPPED_BY_PRECONDITION.fullmatch(text)
    if match and match[2] == name:
        platform = _PLATFORM.search(match[1])
        if platform:
            return Skip.PRECONDITION, f"Only for {platform[1] or platform[2]}."
        return Skip.PRECONDITION, f"Its precondition does not hold: {match[1]}."
    match = _SKIPPED_UNSUPPORTED.fullmatch(text)
    if match and match[2] == name:
        return Skip.UNSUPPORTED, f"{match[1]} does not exist on this platform."
    return Skip.NO, ""


def _exit_code(state: PhaseState, response_code: int | None, output: str) -> int | None:
    """Return the script's own exit code: of a nested document only its text tells it (engine.md §7.6)."""
    if not state.is_final or response_code is None or response_code < 0:
        return None
    if state is PhaseState.FAILED:
        said = _EXIT.findall(output)
        if said:
            return int(said[-1])
        return response_code if response_code > 1 else None
    return response_code if state is PhaseState.SUCCESS else None


def _said(state: PhaseState, output: str) -> str:
    """Return the line that a script failed with; of one that did not, its last to stderr, else stdout."""
    stdout, _, stderr = output.partition(_ERROR_TITLE)
    if state in TROUBLE:
        return failing_line(stdout, stderr)
    words = own_words(stderr) or own_words(stdout)
    return words[-1].strip()[:_SAID_CHARS] if words else ""
