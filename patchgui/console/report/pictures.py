"""The pictures of a report, as shapes: who was in which phase when. The page draws them, the numbers are pixels."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from patchgui.console.rows import RunView
from patchgui.patching.axis_ticks import ticks
from patchgui.patching.node_state import BAD
from patchgui.patching.phase_flow import DID_NOT_RUN, PhaseFlow
from patchgui.patching.phases import HOOK_PHASES, Phase
from patchgui.patching.progress import NodeProgress
from patchgui.patching.wording import between

WIDTH = 1000
"""The time axis; names of nodes stand to the left of it."""
ROW = 22
LARGE_FROM = 120
"""From so many nodes on, one row each would be no picture any more: counts over time are drawn instead."""
_AREA_HEIGHT = 180
_COLUMNS = 250
_LEAST_BAR, _LEAST_BAD = 2.0, 7.0
"""A failure is seen however soon it came."""
_TICK_EVERY = 110


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of the time axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One phase of one node. ``kind`` is ``patch``, ``hook`` or ``reboot``; ``says`` is told where one points at it."""

    x: float
    width: float
    kind: str
    is_bad: bool
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """One node."""

    y: int
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """How many nodes were in one phase over time: the corners of a surface. ``number`` counts the phases."""

    number: int
    label: str
    points: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows of nodes, or areas where there are too many of them. ``most`` is the largest number of nodes at one time."""

    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    areas: tuple[Area, ...]
    height: int
    most: int = 0


def timeline(view: RunView) -> Timeline | None:
    """Return the picture of a run; None where nothing ran. The axis shows the clock of this machine."""
    moments = [
        moment
        for node in view.nodes
        for phase in node.phases
        if phase.state not in DID_NOT_RUN
        for moment in (phase.started_at, phase.ended_at)
        if moment is not None
    ]
    if not moments:
        return None
    first, last = min(moments), max(moments)
    total_s = max((last - first).total_seconds(), 0.1)
    last = first + timedelta(seconds=total_s)
    scale = WIDTH / total_s
    marks = tuple(
        Mark((tick.moment - first).total_seconds() * scale, tick.label)
        for tick in ticks(first, last, total_s * _TICK_EVERY / WIDTH)
    )
    if len(view.nodes) < LARGE_FROM:
        ordered = sorted(view.nodes, key=lambda node: (node.name, node.instance_id))
        rows = tuple(_row(place, node, first, last, scale) for place, node in enumerate(ordered))
        return Timeline(marks, rows, (), len(rows) * ROW)
    areas, most = _areas(view, first, total_s)
    return Timeline(marks, (), areas, _AREA_HEIGHT, most)


def _row(place: int, node: NodeProgress, first: datetime, last: datetime, scale: float) -> Row:
    bars = []
    for phase in node.phases:
        if phase.started_at is None or phase.state in DID_NOT_RUN:
            continue
        ended_at = phase.ended_at or last
        x = (phase.started_at - first).total_seconds() * scale
        least = _LEAST_BAD if phase.state in BAD else _LEAST_BAR
        width = max((ended_at - phase.started_at).total_seconds() * scale, least)
        says = f"{node.name}: {phase.phase.label}, {phase.state.label}, {between(phase.started_at, ended_at)}"
        bars.append(Bar(min(x, WIDTH - least), width, _kind(phase.phase), phase.state in BAD, says))
    return Row(place * ROW, node.name or node.instance_id, tuple(bars))


def _kind(phase: Phase) -> str:
    if phase is Phase.REBOOT:
        return "reboot"
    return "hook" if phase in HOOK_PHASES else "patch"


def _areas(view: RunView, first: datetime, total_s: float) -> tuple[tuple[Area, ...], int]:
    flow = PhaseFlow()
    flow.reset(len(view.pipeline.phases), first)
    for node in view.nodes:
        flow.replace(None, node)
    series = flow.columns(_COLUMNS, total_s)
    most = max((sum(column) for column in zip(*series, strict=True)), default=0.0) or 1.0
    step, scale = WIDTH / _COLUMNS, _AREA_HEIGHT / most
    floor = [0.0] * _COLUMNS
    found = []
    for number, (spec, values) in enumerate(zip(view.pipeline.phases, series, strict=True)):
        top = [low + value for low, value in zip(floor, values, strict=True)]
        upper = [f"{place * step:.1f},{_AREA_HEIGHT - value * scale:.1f}" for place, value in enumerate(top)]
        lower = [f"{place * step:.1f},{_AREA_HEIGHT - value * scale:.1f}" for place, value in enumerate(floor)]
        found.append(Area(number, spec.phase.label, " ".join([*upper, *reversed(lower)])))
        floor = top
    return tuple(found), round(most)
