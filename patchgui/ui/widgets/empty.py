"""What stands where a list would: why there is nothing, and what to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.widgets.command_button import CommandButton
from patchgui.ui.widgets.text import label


class EmptyState(QWidget):
    """A title, an explanation and, where something can be done, the button for it."""

    acted = Signal()
    """The button was pressed."""

    def __init__(self, title: str = "", detail: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "strong", wrap=True)
        self._detail = label("", "dim", wrap=True)
        for words in (self._title, self._detail):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._button = QPushButton()
        self._button.clicked.connect(self.acted)
        self._command = CommandButton()
        self._command.setProperty("kind", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._detail)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._button)
        buttons.addWidget(self._command)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)
        self.set_message(title, detail)

    def set_message(self, title: str, detail: str = "", action: str = "", command: str = "") -> None:
        """Say something else; without ``action`` there is no button, with ``command`` there is one that copies it."""
        self._command.set_command(command)
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)
