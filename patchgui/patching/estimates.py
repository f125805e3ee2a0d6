"""How much longer a run will take, and whether a reboot takes too long: told from earlier runs of the same nodes."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from statistics import median

from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState

Seconds = tuple[float, ...]
"""How long something took each time, in seconds, the newest first."""

_LONGEST = frozenset({Phase.INSTALL, Phase.STEPS})
"""Phases that take most of the time of a run that has them."""
_AT_WORK = frozenset({PhaseState.RUNNING, PhaseState.REBOOTING})
_OVERDUE_PART = 0.25
"""What takes longer than it ever did is taken to last as long again as a quarter of its usual time."""
_NO_RECORD_LINUX_S = (300.0, 1200.0)
_NO_RECORD_WINDOWS_S = (900.0, 2700.0)
"""When a reboot of a node that was never seen to reboot is late, and when it counts as lost. Windows installs while it
starts; a Linux server is back within minutes even where its firmware looks at much memory."""
_LATE_AT_LEAST_S = 60.0
_LOST_AT_LEAST_S = 300.0
_LATE_FACTOR = 1.5
_LOST_FACTOR = 4.0


@dataclass(frozen=True, slots=True)
class NodeDurations:
    """How long phases took in earlier runs of one document with one operation.

    ``of_node`` is by instance id; ``of_others`` are other nodes, which stand in for a node that was never patched.
    The phase *Reboot* holds only runs in which the node really restarted.
    """

    of_node: Mapping[str, Mapping[Phase, Seconds]] = field(default_factory=dict)
    of_others: Mapping[Phase, Seconds] = field(default_factory=dict)

    def of(self, instance_id: str, phase: Phase) -> Seconds:
        """Return what is known of a phase: of this node, else of others; empty when it never ran anywhere."""
        return self.of_node.get(instance_id, {}).get(phase) or self.of_others.get(phase) or ()


@dataclass(frozen=True, slots=True)
class Usual:
    """How long something usually takes, in seconds: half of all times at most ``median_s``, 9 of 10 ``p90_s``."""

    median_s: float
    p90_s: float


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long a run goes on from now, in seconds: as likely less as more than ``likely_s``, seldom beyond ``most_s``.

    ``is_own`` is false where other nodes had to stand in for some that were never patched.
    """

    likely_s: float
    most_s: float
    is_own: bool


class RebootStanding(StrEnum):
    """How a node that is away stands."""

    REBOOTING = "rebooting"
    LATE = "late"
    """It takes longer than this node ever took, or than nodes take: somebody may look at its console."""
    LOST = "lost"
    """It takes so long that nobody should count on it to come back by itself."""


@dataclass(frozen=True, slots=True)
class RebootClock:
    """A node that is away, against its earlier reboots; all in seconds. ``usual`` is None where none was seen."""

    standing: RebootStanding
    away_s: float
    late_after_s: float
    lost_after_s: float
    usual: Usual | None = None


def usual(seconds: Sequence[float]) -> Usual | None:
    """Return median and 90th percentile (nearest rank); None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    rank = -(-len(ordered) * 9 // 10) - 1
    return Usual(median(ordered), max(ordered[rank], median(ordered)))


def reboot_clock(away_s: float, earlier: Sequence[float] = (), *, platform: str = "") -> RebootClock:
    """Tell whether a node that has been away for so long is rebooting, late or lost.

    Args:
        away_s: how long it has not been heard.
        earlier: how long its earlier reboots took, in seconds.
        platform: its platform in words; Windows may take longer where nothing is known of the node.
    """
    seen = usual(earlier)
    if seen is None:
        late_s, lost_s = _NO_RECORD_WINDOWS_S if "windows" in platform.lower() else _NO_RECORD_LINUX_S
    else:
        longest = max(earlier)
        late_s = max(_LATE_AT_LEAST_S, longest, _LATE_FACTOR * seen.p90_s)
        lost_s = max(_LOST_AT_LEAST_S, _LOST_FACTOR * longest)
    standing = RebootStanding.REBOOTING
    if away_s >= lost_s:
        standing = RebootStanding.LOST
    elif away_s >= late_s:
        standing = RebootStanding.LATE
    return RebootClock(standing, away_s, late_s, lost_s, seen)


def time_left(
    nodes: Sequence[NodeProgress], durations: NodeDurations, now: datetime, *, lanes: int | None = None
) -> TimeLeft | None:
    """Return how long the run goes on, or None where too little is known to say.

    Args:
        nodes: every node of the run as it stands.
        durations: how long phases took before.
        now: the moment it is asked at.
        lanes: how many nodes may run at a time; None takes as many as are at work now.
    """
    going = [node for node in nodes if not node.is_final]
    if not going:
        return None
    known_usual = _Known(durations)
    parts = [_node_left(node, known_usual, now) for node in going]
    known = [part for part in parts if part is not None]
    if not known:
        return None
    # A node of which nothing is known is taken for a usual one of this run.
    stand_in = (median(part.likely_s for part in known), median(part.most_s for part in known))
    whole = [(part.likely_s, part.most_s) if part else stand_in for part in parts]
    started = [times for node, times in zip(going, whole, strict=True) if node.started_at is not None]
    waiting = [times for node, times in zip(going, whole, strict=True) if node.started_at is None]
    at_once = max(1, len(started), lanes or 0)
    return TimeLeft(
        likely_s=_last_end([likely for likely, _ in started], [likely for likely, _ in waiting], at_once),
        most_s=_last_end([most for _, most in started], [most for _, most in waiting], at_once),
        is_own=all(part is not None and part.is_own for part in parts),
    )


def _last_end(started: Sequence[float], waiting: Sequence[float], lanes: int) -> float:
    """Return when the last node ends: those that wait start in turn, each as soon as a lane is free."""
    free_at = [*started, *[0.0] * (lanes - len(started))]
    heapq.heapify(free_at)
    last = max(started, default=0.0)
    for duration in waiting:
        end = heapq.heappop(free_at) + duration
        heapq.heappush(free_at, end)
        last = max(last, end)
    return last


class _Known:
    """What is usual, worked out once for all nodes that share the same earlier times: thousands do."""

    def __init__(self, durations: NodeDurations) -> None:
        self._durations = durations
        self._usual: dict[int, Usual | None] = {}

    def of(self, instance_id: str, phase: Phase) -> tuple[Usual | None, bool]:
        """Return what is usual for a phase, and whether it is known of this very node."""
        own = self._durations.of_node.get(instance_id, {}).get(phase)
        seconds = own or self._durations.of_others.get(phase) or ()
        if id(seconds) not in self._usual:
            self._usual[id(seconds)] = usual(seconds)
        return self._usual[id(seconds)], bool(own)


def _node_left(node: NodeProgress, known: _Known, now: datetime) -> TimeLeft | None:
    """Return how long one node goes on; None where none of its phases is known."""
    likely = most = 0.0
    is_known, is_own = False, True
    for phase in node.phases:
        if phase.state.is_final:
            continue
        times, of_this_node = known.of(node.instance_id, phase.phase)
        if times is None and phase.phase in _LONGEST:
            # Without what takes longest, any number would be a guess.
            return None
        if times is None:
            # A phase that never ran (a hook that nobody chose) is as likely not to run now.
            continue
        is_known = True
        is_own = is_own and of_this_node
        likely += _left_of(phase, times.median_s, now)
        most += _left_of(phase, times.p90_s, now)
    return TimeLeft(likely, most, is_own) if is_known else None


def _left_of(phase: PhaseProgress, usual_s: float, now: datetime) -> float:
    if phase.state not in _AT_WORK or phase.started_at is None:
        return usual_s
    elapsed_s = max(0.0, (now - phase.started_at).total_seconds())
    return max(usual_s - elapsed_s, _OVERDUE_PART * usual_s)
