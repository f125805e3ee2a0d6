"""What one node's phases look like at one moment: frozen values that a view can show as they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from patchgui.patching.phases import Phase


class PhaseState(StrEnum):
    """The true state of a phase or step; SSM's own status says Success for most of what was skipped."""

    WAITING = "waiting"
    RUNNING = "running"
    REBOOTING = "rebooting"
    SUCCESS = "success"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    """Did not run because something went wrong before it."""
    NOT_NEEDED = "not_needed"
    """Did not run because there was nothing for it to do."""
    NOT_APPLICABLE = "not_applicable"
    """Is not meant for this platform or this operation."""
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected."""
        return self not in {PhaseState.WAITING, PhaseState.RUNNING, PhaseState.REBOOTING}

    @property
    def label(self) -> str:
        """The word beside the glyph: ``timed out``, ``not needed``."""
        return self.value.replace("_", " ")


TROUBLE = frozenset({PhaseState.FAILED, PhaseState.TIMED_OUT, PhaseState.CANCELLED})
"""States that a person has to look at."""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of the document on one node. ``exit_code`` is None while it is not known."""

    name: str
    status: PhaseState
    exit_code: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    skipped_reason: str = ""


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """One phase on one node. ``text`` fits a cell ("2 s", "exit 4"); ``reason`` is a full sentence.

    ``said`` is the line that a phase in trouble failed with; None while only the whole output tells it.
    """

    phase: Phase
    state: PhaseState
    text: str = ""
    reason: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    steps: tuple[StepProgress, ...] = ()
    document: str | None = None
    said: str | None = ""


@dataclass(frozen=True, slots=True)
class NodeProgress:
    """One node of a run: a row of the matrix.

    ``headline`` names the first cause when something is wrong; ``status`` and ``status_details`` are SSM's own words;
    ``away_since`` is when a rebooting node was last heard.
    """

    instance_id: str
    name: str
    status: str
    status_details: str
    phases: tuple[PhaseProgress, ...]
    headline: str = ""
    away_since: datetime | None = None
    is_final: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def phase(self, phase: Phase) -> PhaseProgress | None:
        """Return one phase of this node, or None when the run has no such phase."""
        return next((each for each in self.phases if each.phase is phase), None)

    @property
    def current(self) -> PhaseProgress | None:
        """The phase that runs now (or reboots), if any."""
        running = {PhaseState.RUNNING, PhaseState.REBOOTING}
        return next((each for each in self.phases if each.state in running), None)
