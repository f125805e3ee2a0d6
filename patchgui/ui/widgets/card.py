"""A card: the ground on which one matter lies."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from patchgui.ui.widgets.text import label


class Card(QFrame):
    """A titled ground with room below for ``body`` and to the right of the title for ``head``.

    Without a title there is no head line.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 12, 16, 16)
        self._layout.setSpacing(8)
        self.title = label(title, "card-title")
        self.note = label("", "dim")
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if title:
            self.setAccessibleName(title)
            self.head.addWidget(self.title)
            self.head.addWidget(self.note)
            self.head.addStretch(1)
            self._layout.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self._layout.addLayout(self.body, 1)

    def set_note(self, text: str) -> None:
        """Show ``text`` in quiet letters after the title."""
        self.note.setText(f"· {text}" if text else "")


def line(parent: QWidget | None = None) -> QFrame:
    """Return a one-pixel line across, in the colour of lines."""
    made = QFrame(parent)
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made
