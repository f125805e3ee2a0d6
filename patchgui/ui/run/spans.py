"""How long and when, in the words of the run view."""

from datetime import UTC, datetime

from patchgui.patching.estimates import RebootClock, RebootStanding
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.patching.wording import short_duration


def utc_now() -> datetime:
    """Return this moment; the one clock of the run view, so that a test can hold it."""
    return datetime.now(UTC)


def since(started_at: datetime | None, ended_at: datetime | None, now: datetime) -> str:
    """Return how long something took, or takes until ``now``; empty when it never started."""
    if started_at is None:
        return ""
    return short_duration(((ended_at or now) - started_at).total_seconds())


def cell_text(phase: PhaseProgress, node: NodeProgress, now: datetime, clock: RebootClock | None = None) -> str:
    """Return the words of one cell; what still moves is counted up to ``now``, not to the last answer.

    ``clock`` measures a node that is away by its earlier reboots.
    """
    if phase.state is PhaseState.REBOOTING and node.away_since is not None:
        return clock_cell(clock) if clock is not None else f"{whole_seconds(node.away_since, now)} away"
    if phase.state is PhaseState.RUNNING and phase.started_at is not None:
        return whole_seconds(phase.started_at, now)
    if phase.state is PhaseState.WAITING:
        return phase.text or "waits"
    return phase.text or phase.state.label


def clock_cell(clock: RebootClock) -> str:
    """Return a reboot for a cell: ``42 s away``, ``late: 2 min 10 s``, ``lost: 21 min 04 s``."""
    away = short_duration(clock.away_s)
    return f"{away} away" if clock.standing is RebootStanding.REBOOTING else f"{clock.standing}: {away}"


def whole_seconds(began_at: datetime, now: datetime) -> str:
    """Return a span that ticks: whole seconds only, so that the words do not flicker."""
    return short_duration(max(1.0, float(int((now - began_at).total_seconds()))))


def clock_text(moment: datetime | None, now: datetime) -> str:
    """Return a moment in local time: the clock alone today, with the date on other days."""
    if moment is None:
        return "–"
    local, today = moment.astimezone(), now.astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
