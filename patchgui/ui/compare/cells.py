"""The cells of the two tables of a comparison: phases, and nodes."""

from typing import Final

from patchgui.patching.comparison import Change, NodePair, PhaseFigures, PhasePair, ending
from patchgui.patching.node_state import node_state
from patchgui.patching.progress import NodeProgress
from patchgui.patching.wording import short_duration
from patchgui.ui.widgets.cell_table import Cell, Column

PHASE_COLUMNS: Final = (
    Column("Phase", 10),
    Column("First run", 13, tooltip="How many nodes were in which state"),
    Column("Median", 7, is_number=True, tooltip="Half of the nodes took no longer in the first run"),
    Column("Second run", 19, tooltip="How many nodes were in which state"),
    Column("Median", 7, is_number=True, tooltip="Half of the nodes took no longer in the second run"),
    Column("Change", 7, is_number=True, tooltip="How much longer the phase took in the second run"),
)
NODE_COLUMNS: Final = (
    Column("Node", 16),
    Column("Second run was", 14),
    Column("First run", 19),
    Column("Took", 8, is_number=True),
    Column("Second run", 19),
    Column("Took", 8, is_number=True),
    Column("Why", 20),
)
STATES: Final = {
    Change.WORSE: "failed",
    Change.BETTER: "success",
    Change.SAME: "not_needed",
    Change.ONLY_FIRST: "unknown",
    Change.ONLY_SECOND: "unknown",
}
"""How each change looks (see :mod:`patchgui.ui.state_look`)."""
_NOTABLE_S: Final = 1.0


def phase_cells(pair: PhasePair) -> tuple[Cell, ...]:
    """Return the cells of a phase."""
    first_s, second_s = (figures.median_s if figures else None for figures in (pair.first, pair.second))
    return (
        Cell(pair.phase.label, pair.phase.label, "strong"),
        _counts(pair.first),
        _median(pair.first),
        _counts(pair.second),
        _median(pair.second),
        _change(first_s, second_s),
    )


def node_cells(pair: NodePair) -> tuple[Cell, ...]:
    """Return the cells of a node."""
    return (
        Cell(pair.name, pair.name.lower(), "strong", tooltip="\n".join(dict.fromkeys((pair.name, pair.instance_id)))),
        Cell(pair.change.label, list(Change).index(pair.change), state=STATES[pair.change]),
        _ending(pair.first),
        _took(pair.first_s),
        _ending(pair.second),
        _took(pair.second_s),
        _why(pair),
    )


def _why(pair: NodePair) -> Cell:
    """Return in a sentence what is to be known of a change; how each run ended stands beside it already."""
    told = {Change.WORSE: pair.second, Change.BETTER: pair.first}.get(pair.change)
    words = (told.headline if told is not None else "") or pair.reason
    return Cell(words, words or None, "dim", tooltip="\n".join(dict.fromkeys(filter(None, (words, pair.reason)))))


def _counts(figures: PhaseFigures | None) -> Cell:
    if figures is None:
        return Cell("no such phase", None, "dim")
    words = ", ".join(f"{count:,} {state.label}" for state, count in figures.counts)
    chips = tuple((state.value, f"{count:,}") for state, count in figures.counts)
    return Cell(words, figures.ran, tooltip=words, chips=chips)


def _median(figures: PhaseFigures | None) -> Cell:
    if figures is None or figures.median_s is None:
        return Cell("–", None, "dim")
    longest = f"Median {short_duration(figures.median_s)}, longest {short_duration(figures.longest_s or 0)}"
    return Cell(short_duration(figures.median_s), figures.median_s, tooltip=longest)


def _change(first_s: float | None, second_s: float | None) -> Cell:
    if first_s is None or second_s is None:
        return Cell("", None)
    by_s = second_s - first_s
    if abs(by_s) < _NOTABLE_S:
        return Cell("same", by_s, "dim")
    return Cell(f"{'+' if by_s > 0 else '−'}{short_duration(abs(by_s))}", by_s, "warning" if by_s > 0 else "success")


def _ending(node: NodeProgress | None) -> Cell:
    if node is None:
        return Cell("not in it", None, "dim")
    words = ending(node)
    return Cell(words, words, state=node_state(node).value, tooltip=node.headline or words)


def _took(seconds: float | None) -> Cell:
    return Cell("–", None, "dim") if seconds is None else Cell(short_duration(seconds), seconds)
