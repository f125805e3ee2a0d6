"""A switch with its words to the left: on or off, at once."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from patchgui.ui import theme

_WIDTH_PX = 32
_HEIGHT_PX = 18


class Toggle(QAbstractButton):
    """A checkable switch; Space and Enter switch it, its text is part of the target."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 24 + _WIDTH_PX, max(metrics.height(), _HEIGHT_PX) + 8)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(shown.text if self.isEnabled() else shown.dim)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        top = (self.height() - _HEIGHT_PX) / 2
        track = QRectF(self.width() - _WIDTH_PX - 1, top, _WIDTH_PX, _HEIGHT_PX)
        on = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shown.accent if on and self.isEnabled() else shown.control_line)
        painter.drawRoundedRect(track, _HEIGHT_PX / 2, _HEIGHT_PX / 2)
        side = _HEIGHT_PX - 4
        left = track.right() - side - 2 if on else track.left() + 2
        painter.setBrush(shown.on_accent if on else shown.card)
        painter.drawEllipse(QRectF(left, top + 2, side, side))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(shown.accent, 1.5))
            painter.drawRoundedRect(track.adjusted(-0.5, -2.5, 0.5, 2.5), 11, 11)
