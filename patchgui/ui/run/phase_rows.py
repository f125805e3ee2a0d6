"""The lines of the node pane: each phase, and under the one that is looked at its steps."""

from dataclasses import dataclass
from datetime import datetime

from patchgui.patching.estimates import RebootClock
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress
from patchgui.ui.run.spans import cell_text, since

_DID_NOT_RUN = frozenset({PhaseState.SKIPPED, PhaseState.NOT_NEEDED, PhaseState.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One line: ``text`` at the left, ``note`` at the right. ``step`` is empty for the phase itself."""

    phase: int
    step: str
    state: PhaseState
    text: str
    note: str
    tooltip: str


def phase_rows(
    node: NodeProgress, opened: int | None, now: datetime, clock: RebootClock | None = None
) -> list[PhaseRow]:
    """Return the lines for a node; the phase ``opened`` shows its steps when it has more than one.

    ``clock`` measures a node that is away by its earlier reboots.
    """
    rows: list[PhaseRow] = []
    for number, phase in enumerate(node.phases):
        text = f"{phase.phase.label} · {phase.document}" if phase.document else phase.phase.label
        rows.append(
            PhaseRow(
                number, "", phase.state, text, phase_note(phase, node, now, clock), f"{text}\n{phase.reason}".strip()
            )
        )
        if number == opened and len(phase.steps) > 1:
            rows.extend(
                PhaseRow(
                    number,
                    step.name,
                    step.status,
                    step.name,
                    step_note(step, now),
                    f"{step.name}\n{step.skipped_reason}".strip(),
                )
                for step in phase.steps
            )
    return rows


def phase_note(phase: PhaseProgress, node: NodeProgress, now: datetime, clock: RebootClock | None = None) -> str:
    """Return exit code and duration of a phase, or why it did not run."""
    if phase.state in _DID_NOT_RUN:
        return _lowered(phase.reason) or phase.state.label
    if phase.state is PhaseState.REBOOTING:
        text = cell_text(phase, node, now, clock)
        return f"away {text.removesuffix(' away')}" if text.endswith(" away") else text
    if phase.state in {PhaseState.WAITING, PhaseState.RUNNING}:
        return cell_text(phase, node, now)
    return _ended_note(phase.state, phase.exit_code, since(phase.started_at, phase.ended_at, now)) or phase.text


def step_note(step: StepProgress, now: datetime) -> str:
    """Return exit code and duration of a step, or why it did not run."""
    if step.status in _DID_NOT_RUN:
        return _lowered(step.skipped_reason) or step.status.label
    if step.status is PhaseState.WAITING:
        return "waits"
    return _ended_note(step.status, step.exit_code, since(step.started_at, step.ended_at, now))


def _ended_note(state: PhaseState, exit_code: int | None, took: str) -> str:
    said = {PhaseState.TIMED_OUT: "timed out", PhaseState.CANCELLED: "cancelled"}.get(state, "")
    if state is PhaseState.FAILED:
        said = "failed" if exit_code is None else f"exit {exit_code}"
    return " · ".join(filter(None, (said, took)))


def _lowered(sentence: str) -> str:
    """Return a sentence as a note: no capital, no full stop."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
