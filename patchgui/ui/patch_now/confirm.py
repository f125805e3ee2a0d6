"""The question before an install: what it will touch, in numbers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from patchgui.ui import theme
from patchgui.ui.icons import pixmap
from patchgui.ui.patch_now.consequences import Consequences
from patchgui.ui.state_look import look
from patchgui.ui.widgets.text import label

_WIDTH_PX = 460


class ConfirmDialog(QDialog):
    """Modal to its window; open it with ``open()`` and wait for ``accepted``."""

    def __init__(self, question: Consequences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Patch Now")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAccessibleName(question.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(question.title, "page-title"))
        for state, sentence in question.lines:
            column.addLayout(self._line(state, sentence))
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
