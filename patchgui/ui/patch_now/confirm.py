"""The question before an install: what it will touch, in numbers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from patchgui.console.connection import Connection
from patchgui.ui import theme
from patchgui.ui.connection_look import ConnectionTag
from patchgui.ui.icons import pixmap
from patchgui.ui.patch_now.consequences import Consequences
from patchgui.ui.state_look import look
from patchgui.ui.widgets.text import label

_WIDTH_PX = 460


class ConfirmDialog(QDialog):
    """Modal to its window; open it with ``open()`` and wait for ``accepted``."""

    def __init__(self, question: Consequences, parent: QWidget, connection: Connection | None = None) -> None:
        super().__init__(parent)
        self._guard = connection.label if connection is not None and connection.is_guarded else ""
        self.setWindowTitle("Patch Now")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAccessibleName(question.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        if connection is not None:
            column.addWidget(ConnectionTag(connection))
        column.addWidget(label(question.title, "page-title"))
        for state, sentence in question.lines:
            column.addLayout(self._line(state, sentence))
        self.typed = QLineEdit()
        if self._guard:
            column.addSpacing(4)
            column.addWidget(label(f"Type “{self._guard}” to patch there:", "strong"))
            column.addWidget(self.typed)
        column.addSpacing(8)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        self.no = QPushButton("Cancel")
        self.no.clicked.connect(self.reject)
        self.go = QPushButton(question.go)
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        foot.addWidget(self.no)
        foot.addWidget(self.go)
        column.addLayout(foot)
        self.go.setFocus()
        if self._guard:
            self.typed.setAccessibleName(f"Type {self._guard}")
            self.typed.textChanged.connect(self._on_typed)
            self._on_typed("")
            self.typed.setFocus()
        else:
            self.typed.setParent(None)

    def _on_typed(self, text: str) -> None:
        self.go.setEnabled(text.strip().casefold() == self._guard.casefold())

    def _line(self, state: str, sentence: str) -> QHBoxLayout:
        state_look = look(state)
        glyph = QLabel()
        glyph.setPixmap(pixmap(state_look.icon, theme.role(state_look.tone).fg, 16, self.devicePixelRatioF()))
        words = label(sentence, wrap=True)
        words.setMinimumWidth(_WIDTH_PX - 80)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return row
