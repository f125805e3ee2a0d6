"""Nodes that are away for a reboot: rebooting, late or lost, measured by their own earlier reboots."""

from collections.abc import Iterable, Mapping
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
        self._limits: dict[str, tuple[float, float]] = {}

    def know(self, durations: NodeDurations, platforms: Mapping[str, str]) -> None:
        """Measure by these durations from now on; ``platforms`` are in words, by instance id."""
        self._durations, self._platforms = durations, platforms
        self._limits.clear()

    def earlier(self, instance_id: str) -> tuple[float, ...]:
        """Return how long a node's own earlier reboots took, in seconds, the newest first."""
        return self._durations.of_node.get(instance_id, {}).get(Phase.REBOOT, ())

    def clock(self, node: NodeProgress, now: datetime) -> RebootClock | None:
        """Return how a node stands that is away for a reboot; None for a node that is not."""
        if node.away_since is None or node.is_final:
            return None
        if all(phase.state is not PhaseState.REBOOTING for phase in node.phases):
            return None
        return self._clock(node.instance_id, max(1.0, float(int((now - node.away_since).total_seconds()))))

    def count(self, nodes: Iterable[NodeProgress], now: datetime) -> tuple[int, int]:
        """Return how many of the nodes that are away are late, and how many count as lost; cheap for thousands."""
        late = lost = 0
        for node in nodes:
            if node.away_since is None:
                continue
            limits = self._limits.get(node.instance_id)
            if limits is None:
                clock = self._clock(node.instance_id, 0.0)
                limits = self._limits[node.instance_id] = (clock.late_after_s, clock.lost_after_s)
            away_s = (now - node.away_since).total_seconds()
            if away_s >= limits[1]:
                lost += 1
            elif away_s >= limits[0]:
                late += 1
        return late, lost

    def _clock(self, instance_id: str, away_s: float) -> RebootClock:
        return reboot_clock(away_s, self.earlier(instance_id), platform=self._platforms.get(instance_id, ""))

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
