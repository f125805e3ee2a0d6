"""Asks before a run is cancelled, saying what that means. Opened, never executed: the run goes on being shown."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class CancelBox(QMessageBox):
    """Emits :attr:`confirmed` when the operator wants the run cancelled; the safe answer is the default."""

    confirmed = Signal()

    def __init__(self, title: str, consequence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Cancel this run?")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setText(f"Cancel “{title}”?")
        self.setInformativeText(consequence)
        self._stop = self.addButton("Cancel the run", QMessageBox.ButtonRole.DestructiveRole)
        self._stop.setProperty("kind", "danger")
        self._stop.style().polish(self._stop)
        keep = self.addButton("Let it run", QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(keep)
        self.setEscapeButton(keep)
        for words in self.findChildren(QLabel, "qt_msgbox_label"):
            words.setProperty("role", "card-title")
        self.buttonClicked.connect(self._on_clicked)
        self.finished.connect(self.deleteLater)

    def _on_clicked(self, button: object) -> None:
        if button is self._stop:
            self.confirmed.emit()
