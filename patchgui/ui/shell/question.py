"""A question before something that cannot be taken back. Opened, never waited for."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.widgets.text import label

_WIDTH_PX = 420


class Question(QDialog):
    """Says what will be touched; ``accepted`` when the user goes ahead. Cancel has the keyboard."""

    def __init__(self, title: str, text: str, go: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Patch Now")
        self.setModal(True)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(title, "page-title"))
        words = label(text, wrap=True)
        words.setMinimumWidth(_WIDTH_PX)
        column.addWidget(words)
        column.addSpacing(8)
        foot = QHBoxLayout()
        foot.addStretch(1)
        stay, ahead = QPushButton("Cancel"), QPushButton(go)
        ahead.setProperty("kind", "danger")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        ahead.clicked.connect(self.accept)
        foot.addWidget(stay)
        foot.addWidget(ahead)
        column.addLayout(foot)
        stay.setFocus()
