"""A part of the window that tells when it comes on screen, so that what it shows is read only then."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override


class SeenWidget(QWidget):
    """Tells whether somebody looks."""

    seen_changed = Signal(bool)
    """It came on screen, or went."""

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen_changed.emit(True)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen_changed.emit(False)
