"""Nodes that are away for a reboot: rebooting, late or lost, measured by their own earlier reboots."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from patchgui.patching.estimates import NodeDurations, RebootClock, RebootStanding, reboot_clock
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.patching.wording import counted, short_duration

LOOKS: Final[Mapping[RebootStanding, str]] = {
    RebootStanding.REBOOTING: "rebooting",
    RebootStanding.LATE: "late",
    RebootStanding.LOST: "lost",
}
"""How each standing looks (see :mod:`patchgui.ui.state_look`)."""


class Reboots:
    """Tells how nodes that are away stand, from what is known of their earlier reboots."""

    def __init__(self) -> None:
        self._durations = NodeDurations()
        self._platforms: Mapping[str, str] = {}

    def know(self, durations: NodeDurations, platforms: Mapping[str, str]) -> None:
        """Measure by these durations from now on; ``platforms`` are in words, by instance id."""
        self._durations, self._platforms = durations, platforms

    def earlier(self, instance_id: str) -> tuple[float, ...]:
        """Return how long a node's own earlier reboots took, in seconds, the newest first."""
        return self._durations.of_node.get(instance_id, {}).get(Phase.REBOOT, ())

    def clock(self, node: NodeProgress, now: datetime) -> RebootClock | None:
        """Return how a node stands that is away for a reboot; None for a node that is not."""
        if node.away_since is None or node.is_final:
            return None
        if not any(phase.state is PhaseState.REBOOTING for phase in node.phases):
            return None
        away_s = max(1.0, float(int((now - node.away_since).total_seconds())))
        platform = self._platforms.get(node.instance_id, "")
        return reboot_clock(away_s, self.earlier(node.instance_id), platform=platform)

    def sentence(self, node: NodeProgress, now: datetime) -> str:
        """Return what an operator should know of a node that is away; empty for one that is not."""
        clock = self.clock(node, now)
        return clock_sentence(clock, len(self.earlier(node.instance_id))) if clock is not None else ""


def clock_sentence(clock: RebootClock, earlier: int) -> str:
    """Return what an operator should know of a node that is away; ``earlier`` is how many reboots of it were seen."""
    away = short_duration(clock.away_s)
    if clock.usual is not None:
        reboots = counted(earlier, "earlier reboot")
        measure = f"it is usually back after {short_duration(clock.usual.median_s)} ({reboots})"
    else:
        measure = f"it has not been seen to reboot before; from {short_duration(clock.late_after_s)} on that is late"
    match clock.standing:
        case RebootStanding.REBOOTING:
            return f"Rebooting: away for {away}; {measure}."
        case RebootStanding.LATE:
            return f"Late: away for {away}; {measure}."
        case RebootStanding.LOST:
            return f"Lost: away for {away}; {measure}. Look at its console: it may not come back by itself."
