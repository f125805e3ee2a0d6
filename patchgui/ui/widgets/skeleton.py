"""What a list shows while it loads: quiet bars, only after a moment, so that quick answers never flash; later words."""

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from patchgui.ui import theme

SKELETON_AFTER_MS = 200
"""How long nothing is drawn: an answer within this time needs no skeleton."""
WORDS_AFTER_MS = 2000
"""From then on it says in words what is being waited for."""
_WIDTHS = (0.22, 0.34, 0.18, 0.28, 0.25, 0.2)


class Skeleton(QWidget):
    """Grey bars in the place of ``rows`` rows of ``row_px`` each; ``why`` is a sentence on why it may take long."""

    def __init__(
        self, rows: int = 6, row_px: int = 32, what: str = "Loading", why: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows, self._row_px = rows, row_px
        self._drawn = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SKELETON_AFTER_MS)
        self._timer.timeout.connect(self._on_due)
        self.words = ""
        """What it says by now; nothing at first."""
        self._words = f"{what}… {why}".strip()
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(WORDS_AFTER_MS)
        self._telling.timeout.connect(self._on_long)
        self.setAccessibleName(what)
        self.setMinimumHeight(row_px)

    @property
    def is_drawn(self) -> bool:
        """Whether the bars are on screen by now."""
        return self._drawn

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._drawn = False
        self._timer.start()
        self.words = ""
        self._telling.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._telling.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._drawn:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().line)
        rows = min(self._rows, self.height() // self._row_px - bool(self.words))
        for row in range(rows):
            top = row * self._row_px + self._row_px / 2 - 5
            first = _WIDTHS[row % len(_WIDTHS)] * self.width()
            second = _WIDTHS[(row + 2) % len(_WIDTHS)] * self.width()
            painter.drawRoundedRect(QRectF(8, top, first, 10), 5, 5)
            painter.drawRoundedRect(QRectF(self.width() * 0.45, top, second, 10), 5, 5)
        painter.setPen(theme.current().dim)
        room = QRectF(8, rows * self._row_px + 8, self.width() - 16, self.height() - rows * self._row_px - 8)
        painter.drawText(room, Qt.TextFlag.TextWordWrap, self.words)

    def _on_long(self) -> None:
        self.words = self._words
        self.setAccessibleDescription(self.words)
        self.update()

    def _on_due(self) -> None:
        self._drawn = True
        self.update()
