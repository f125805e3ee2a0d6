"""The cells of the table of patch states: ``12 → 0`` with the change, in the ink of what it means."""

from typing import Final

from patchgui.console.improvement import Difference, NodeImprovement, Outcome
from patchgui.ui.widgets.cell_table import Cell, Column

COLUMNS: Final = (
    Column("Node", 14),
    Column("Patches", 11),
    Column("Missing", 7, is_number=True, tooltip="Approved patches that are not installed, before → after"),
    Column("Security", 7, is_number=True, tooltip="Those of them that mend security, before → after"),
    Column("Installed", 8, is_number=True, tooltip="Patches that are installed, before → after"),
    Column("To reboot", 7, is_number=True, tooltip="Installed, and in force after a restart only, before → after"),
    Column("Failed", 5, is_number=True, tooltip="Patches whose installation failed, before → after"),
    Column("Note", 9),
)
STATES: Final = {
    Outcome.WORSE: "failed",
    Outcome.STILL_MISSING: "warning",
    Outcome.UNREAD: "unknown",
    Outcome.BETTER: "running",
    Outcome.WHOLE: "success",
}
"""How each outcome looks (see :mod:`patchgui.ui.state_look`)."""


def cells_of(node: NodeImprovement) -> tuple[Cell, ...]:
    """Return the cells of a node."""
    when = [
        f"{side} the run: read from a report of {at.astimezone():%Y-%m-%d %H:%M:%S}"
        for side, at in (("Before", node.before_at), ("After", node.after_at))
        if at is not None
    ]
    told = "\n".join([node.name, *([node.instance_id] if node.instance_id != node.name else []), *when])
    return (
        Cell(node.name, node.name.lower(), "strong", tooltip=told),
        Cell(node.outcome.value, list(Outcome).index(node.outcome), state=STATES[node.outcome], tooltip=told),
        *(number_cell(number) for number in node.numbers),
        Cell(node.note, node.note or None, "dim"),
    )


def number_cell(number: Difference) -> Cell:
    """Return one number before and after; sorted by what it is after the run."""
    ink = {True: "success", False: "failed", None: "dim"}[number.is_better]
    key = number.after if number.after is not None else number.before
    return Cell(pair_words(number), key, ink, tooltip=f"{pair_words(number)} {change_words(number)}".strip())


def pair_words(number: Difference) -> str:
    """Return a number before and after: ``12 → 0``; one that did not change once; ``?`` for what was not read."""
    if number.before is None and number.after is None:
        return "?"
    if number.change == 0:
        return f"{number.after:,}"
    return " → ".join("?" if each is None else f"{each:,}" for each in (number.before, number.after))


def change_words(number: Difference) -> str:
    """Return by how much a number changed: ``−12``; empty where it did not, or nobody knows."""
    return f"{number.change:+,}".replace("-", "−") if number.change else ""
