"""The picture of a run: pipeline, matrix of nodes and phases, first causes, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from patchgui.console.rows import RunCounts, RunSummary
from patchgui.patching.moment import reboot_words
from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.progress import TROUBLE, NodeProgress, PhaseProgress, PhaseState
from patchgui.patching.wording import between, counted
from patchgui.terminal.paint import Paint, cut, pad, plain_ascii, width

_GAP = 2
_FIXED_LINES = 5
"""Two blank lines, the titles of the matrix, its totals, and the line below the picture where the cursor stands."""
_SHORT_LABELS = {
    Phase.BEFORE_INSTALL: "Before",
    Phase.AFTER_INSTALL: "After",
    Phase.ON_EXIT: "Exit",
}
_SHORT_TEXTS = {
    "not needed": "none",
    "does not apply": "n/a",
    "timed out": "time",
    "cancelled": "stop",
    "skipped": "skip",
    "no hook": "none",
}
_BAR_COLUMNS = 28
_MAX_NAME = 24
_ORDER = (
    PhaseState.FAILED,
    PhaseState.TIMED_OUT,
    PhaseState.CANCELLED,
    PhaseState.RUNNING,
    PhaseState.REBOOTING,
    PhaseState.SUCCESS,
    PhaseState.SKIPPED,
    PhaseState.NOT_NEEDED,
    PhaseState.NOT_APPLICABLE,
    PhaseState.UNKNOWN,
    PhaseState.WAITING,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything there is to draw at one moment."""

    summary: RunSummary
    pipeline: Pipeline
    nodes: Sequence[NodeProgress]
    counts: RunCounts
    status: str
    connection: str
    now: datetime
    notice: str = ""
    footer: str = ""
    ended_at: datetime | None = None
    beat: int = 0


def draw(scene: Scene, paint: Paint, columns: int, rows: int) -> list[str]:
    """Return the lines of the picture; none is wider than ``columns``, and they fit ``rows`` where that is possible."""
    head = _head(scene, paint)
    tail = _tail(scene, paint)
    room = max(4, rows - len(head) - len(tail) - _FIXED_LINES)
    lines = [cut(line, columns) for line in [*head, "", *_matrix(scene, paint, columns, room), "", *tail]]
    return lines if paint.has_unicode else [plain_ascii(line) for line in lines]


def _head(scene: Scene, paint: Paint) -> list[str]:
    summary = scene.summary
    reboot = reboot_words(summary.reboot, summary.reboot_at, scene.now.astimezone())
    what = " · ".join(part for part in (summary.document, reboot) if part)
    started = summary.started_at
    since = f"started {started.astimezone():%H:%M:%S} · " if started else ""
    took = between(started, scene.ended_at or scene.now)
    return [
        paint.text(summary.title, "bold") + paint.text(f"  {scene.connection}", "dim"),
        paint.text(f"{what} · {since}{took}", "dim"),
        paint.text(f"run {summary.run_id}", "dim"),
    ]


def _matrix(scene: Scene, paint: Paint, columns: int, room: int) -> list[str]:
    phases = [spec.phase for spec in scene.pipeline.phases]
    shown, hidden = _chosen(scene.nodes, room)
    name_columns = min(_MAX_NAME, max([width(node.name) for node in shown] + [len("Node")]))
    is_short = _needed(phases, name_columns, is_short=False) > columns
    cells = max(8, (columns - name_columns) // max(1, len(phases)) - _GAP) if is_short else 0
    widths = [max(len(_label(phase, is_short=is_short)), min(14, cells) if is_short else 14) for phase in phases]
    titles = [paint.text(_label(phase, is_short=is_short), "bold") for phase in phases]
    lines = [_row(paint.text("Node", "bold"), titles, name_columns, widths)]
    if len(scene.nodes) > 1:
        totals = [_totals(scene.counts, phase, paint) for phase in phases]
        lines.append(_row("", totals, name_columns, widths))
    for node in shown:
        found = [node.phase(phase) for phase in phases]
        texts = [_cell(phase, scene, paint, is_short=is_short) if phase else "" for phase in found]
        lines.append(_row(paint.text(cut(node.name, name_columns), "bold"), texts, name_columns, widths))
        lines.extend(_causes(node, paint, name_columns))
    if hidden:
        lines.append(paint.text(f"{'':{name_columns}}{'':{_GAP}}… and {counted(hidden, 'node')} more", "dim"))
    return lines


def _chosen(nodes: Sequence[NodeProgress], room: int) -> tuple[list[NodeProgress], int]:
    """Pick the nodes that fit: when not all do, those in trouble and those at work first."""
    lines = [1 + (1 if _has_cause(node) else 0) for node in nodes]
    if sum(lines) <= room:
        return list(nodes), 0
    by_need = sorted(range(len(nodes)), key=lambda at: (_need(nodes[at]), at))
    left, kept = room - 1, []
    for at in by_need:
        left -= lines[at]
        if left < 0:
            break
        kept.append(at)
    return [nodes[at] for at in sorted(kept)], len(nodes) - len(kept)


def _need(node: NodeProgress) -> int:
    if any(phase.state in TROUBLE for phase in node.phases):
        return 0
    if node.current is not None:
        return 1
    return 2 if not node.is_final else 3


def _has_cause(node: NodeProgress) -> bool:
    return bool(node.headline) and node.away_since is None


def _causes(node: NodeProgress, paint: Paint, name_columns: int) -> list[str]:
    if not _has_cause(node):
        return []
    role = "failed" if any(phase.state in TROUBLE for phase in node.phases) or node.status == "Failed" else "dim"
    return [" " * (name_columns + _GAP) + paint.text(node.headline, role)]


def _needed(phases: Sequence[Phase], name_columns: int, *, is_short: bool) -> int:
    return name_columns + sum(max(14, len(_label(phase, is_short=is_short))) + _GAP for phase in phases)


def _label(phase: Phase, *, is_short: bool) -> str:
    return _SHORT_LABELS.get(phase, phase.label) if is_short else phase.label


def _row(name: str, cells: Sequence[str], name_columns: int, widths: Sequence[int]) -> str:
    parts = [pad(name, name_columns)]
    parts.extend(pad(cut(cell, columns), columns) for cell, columns in zip(cells, widths, strict=True))
    return (" " * _GAP).join(parts).rstrip()


def _cell(phase: PhaseProgress, scene: Scene, paint: Paint, *, is_short: bool) -> str:
    text = phase.text
    if phase.state is PhaseState.RUNNING and phase.started_at and "away" not in text:
        text = between(phase.started_at, scene.now)
    if is_short:
        text = _SHORT_TEXTS.get(text, text)
    return paint.state(phase.state, text, scene.beat)


def _totals(counts: RunCounts, phase: Phase, paint: Paint) -> str:
    states = dict(next((states for each, states in counts.per_phase if each is phase), ()))
    shown = [state for state in _ORDER if states.get(state) and state is not PhaseState.WAITING]
    parts = [paint.state(state, str(states[state])) for state in shown]
    return paint.text(" ", "dim").join(parts) if parts else paint.text("·", "dim")


def _tail(scene: Scene, paint: Paint) -> list[str]:
    lines = [_bar(scene, paint)]
    if scene.notice:
        lines.append(paint.text(f"▲ {scene.notice}", "warning"))
    if scene.footer:
        lines.append(paint.text(scene.footer, "dim"))
    return lines


def _bar(scene: Scene, paint: Paint) -> str:
    counts = scene.counts
    parts = (
        ("success", counts.success),
        ("failed", counts.failed + counts.timed_out),
        ("warning", counts.cancelled),
        ("running", counts.running),
        ("reboot", counts.rebooting),
    )
    total, drawn, bar = max(1, counts.total), 0, ""
    sofar = 0
    for role, number in parts:
        sofar += number
        upto = _BAR_COLUMNS * sofar // total
        bar += paint.text("█" * (upto - drawn), role)
        drawn = upto
    bar += paint.text("░" * (_BAR_COLUMNS - drawn), "dim")
    words = [f"{counts.completed} of {counted(counts.total, 'node')}"]
    words.extend(
        paint.text(f"{number} {name}", role)
        for name, number, role in (
            ("failed", counts.failed, "failed"),
            ("timed out", counts.timed_out, "failed"),
            ("cancelled", counts.cancelled, "warning"),
            ("running", counts.running, "running"),
            ("rebooting", counts.rebooting, "reboot"),
        )
        if number
    )
    return f"{bar}  {' · '.join(words)}"


def at_rest(scene: Scene) -> Scene:
    """Return the last picture of a run: nothing to press any more."""
    return replace(scene, footer="", notice="")
