"""The sheet that F1 opens: every shortcut there is."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.shell.actions import Action, spoken
from patchgui.ui.widgets.text import label

_IN_LISTS = (
    ("Pick or leave the row", "Space"),
    ("Pick several rows", "Shift+Down"),
    ("Pick everything that matches", "Ctrl+A"),
    ("Copy the picked rows as a table", "Ctrl+C"),
)


class HelpSheet(QDialog):
    """Lists actions with their keys; Escape closes it."""

    def __init__(self, actions: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        self.setAccessibleName("Keyboard shortcuts")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Keyboard", "page-title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(8)
        pairs = [(action.title, action.keys) for action in actions if action.keys]
        for row, (title, keys) in enumerate([*pairs, *_IN_LISTS]):
            grid.addWidget(label(title), row, 0)
            grid.addWidget(label(spoken(keys), "keys"), row, 1)
        column.addLayout(grid)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column.addWidget(close)
