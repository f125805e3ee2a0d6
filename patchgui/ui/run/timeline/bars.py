"""What the bars of one node are: pure places, so that painting, the pointer and the tests see the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from patchgui.patching.node_state import BAD
from patchgui.patching.phase_flow import DID_NOT_RUN
from patchgui.patching.phases import HOOK_PHASES, Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress
from patchgui.ui.run.spans import since
from patchgui.ui.run.timeline.window import TimeWindow

LEAST_PX: Final = 3.0
LEAST_BAD_PX: Final = 14.0
_GAP_PX: Final = 1.0


class Kind(Enum):
    """How a bar is drawn."""

    WORK = auto()
    HOOK = auto()
    REBOOT = auto()


@dataclass(frozen=True, slots=True)
class Bar:
    """One phase on one node: ``left`` and ``right`` in pixels from the left of the scale."""

    number: int
    phase: PhaseProgress
    kind: Kind
    left: float
    right: float


def kind_of(phase: Phase) -> Kind:
    """Return how the bars of a phase are drawn."""
    if phase in HOOK_PHASES:
        return Kind.HOOK
    return Kind.REBOOT if phase is Phase.REBOOT else Kind.WORK


def bars(node: NodeProgress, window: TimeWindow, start: datetime, width: float, now: datetime) -> Iterator[Bar]:
    """Yield what ran on a node and is seen in the window; a bar never begins before the one to its left has ended.

    ``start`` is the start of the run, ``width`` that of the window in pixels.
    """
    free = float("-inf")
    for number, phase in enumerate(node.phases):
        if phase.started_at is None or phase.state in DID_NOT_RUN:
            continue
        left = max(window.place((phase.started_at - start).total_seconds(), width), free)
        ended_at = phase.ended_at or (now if not phase.state.is_final else phase.started_at)
        least = LEAST_BAD_PX if phase.state in BAD else LEAST_PX
        right = max(window.place((ended_at - start).total_seconds(), width), left + least)
        free = right + _GAP_PX
        if right > 0 and left < width:
            yield Bar(number, phase, kind_of(phase.phase), left, right)


def tooltip(node: NodeProgress, phase: PhaseProgress, now: datetime) -> str:
    """Return what is known of a bar: node, phase and state, from when to when, exit code, why."""
    began = f"{phase.started_at.astimezone():%H:%M:%S}" if phase.started_at else "–"
    until = f"{phase.ended_at.astimezone():%H:%M:%S}" if phase.ended_at else "now"
    lines = [
        node.name or node.instance_id,
        f"{phase.phase.label}: {phase.state.label}",
        f"{began} – {until}, {since(phase.started_at, phase.ended_at, now)}",
    ]
    if phase.document:
        lines.insert(2, phase.document)
    if phase.exit_code is not None:
        lines.append(f"Exit code {phase.exit_code}")
    if phase.reason:
        lines.append(phase.reason)
    return "\n".join(lines)
