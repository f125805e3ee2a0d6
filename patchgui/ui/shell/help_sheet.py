"""The sheet that F1 opens: every shortcut there is, by where it works."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.shell.actions import Action, spoken
from patchgui.ui.widgets.text import label

_Lines = Sequence[tuple[str, str]]
_OWN: Final[Mapping[str, _Lines]] = {
    "runs": (
        ("Search runs, or filter a run's nodes", "Ctrl+F"),
        ("Export the run", "Ctrl+E"),
        ("Retry what failed", "Ctrl+Shift+R"),
        ("Cancel the run", "Ctrl+."),
        ("Find in the output", "Ctrl+Shift+F"),
        ("Back to the list", "Alt+Left"),
    )
}
"""Shortcuts of pages, by the page's key, that its parts bind themselves."""
_IN_LISTS: Final[_Lines] = (
    ("Pick or leave the row", "Space"),
    ("Pick several rows", "Shift+Down"),
    ("Pick everything that matches", "Ctrl+A"),
    ("Copy the picked rows as a table", "Ctrl+C"),
)


class HelpSheet(QDialog):
    """Lists actions with their keys, page by page; Escape closes it. ``pages`` has the pages' titles by their keys."""

    def __init__(self, actions: Sequence[Action], pages: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        self.setAccessibleName("Keyboard shortcuts")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addWidget(label("Keyboard", "page-title"))
        column.addLayout(_side_by_side(_blocks(actions, pages)))
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(foot)


def _blocks(actions: Sequence[Action], pages: Mapping[str, str]) -> list[tuple[str, _Lines]]:
    """Return shortcuts under the title of the page where they work."""

    def of_page(page: str) -> _Lines:
        return [(action.title, action.keys) for action in actions if action.keys and action.page == page]

    blocks = [("Everywhere", of_page(""))]
    blocks.extend((title, [*of_page(page), *_OWN.get(page, ())]) for page, title in pages.items())
    return [block for block in (*blocks, ("In lists", _IN_LISTS)) if block[1]]


def _side_by_side(blocks: Sequence[tuple[str, _Lines]]) -> QHBoxLayout:
    """Lay blocks out in two columns of about the same height."""
    row, grids = QHBoxLayout(), (QGridLayout(), QGridLayout())
    row.setSpacing(40)
    for grid in grids:
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        row.addLayout(grid)
    half = sum(len(lines) + 1 for _title, lines in blocks) / 2
    at = dict.fromkeys(grids, 0)
    for title, lines in blocks:
        grid = grids[0] if at[grids[0]] + len(lines) / 2 < half else grids[1]
        head = label(title, "strong")
        head.setContentsMargins(0, 8 if at[grid] else 0, 0, 0)
        grid.addWidget(head, at[grid], 0)
        for number, (words, keys) in enumerate(lines, at[grid] + 1):
            grid.addWidget(label(words), number, 0)
            grid.addWidget(label(spoken(keys), "keys"), number, 1)
        at[grid] += len(lines) + 1
    for grid in grids:
        grid.setRowStretch(at[grid], 1)
    return row
