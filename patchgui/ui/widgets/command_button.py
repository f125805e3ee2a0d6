"""A button that copies the command which mends something, ready to be pasted into a terminal."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

_WORDS, _DONE = "Copy the command", "Copied"
_DONE_MS = 2000


class CommandButton(QPushButton):
    """Shown only while there is a command; its tooltip is the command itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WORDS, parent)
        self._command = ""
        self.setProperty("kind", "small")
        self.clicked.connect(self._on_clicked)
        self.hide()

    def set_command(self, command: str) -> None:
        """Copy ``command`` from now on; an empty one takes the button away."""
        self._command = command
        self.setText(_WORDS)
        self.setToolTip(command)
        self.setAccessibleDescription(command)
        self.setVisible(bool(command))

    def _on_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self.setText(_DONE)
        QTimer.singleShot(_DONE_MS, self, self._on_told)

    def _on_told(self) -> None:
        self.setText(_WORDS)
