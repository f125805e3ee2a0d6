"""A state as a pill of glyph and word: as a widget, and as a painter for delegates."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.state_look import look

_GLYPH_PX = 12.0
_GAP_PX = 4.0
_SIDE_PX = 8.0
CHIP_HEIGHT_PX = 20
"""The height of every chip, in tables and out of them."""


def chip_width(text: str, metrics: QFontMetricsF, *, with_glyph: bool = True) -> float:
    """Return how wide a chip with ``text`` is drawn, in logical pixels."""
    glyph = _GLYPH_PX + (_GAP_PX if text else 0.0) if with_glyph else 0.0
    return 2 * _SIDE_PX + glyph + metrics.horizontalAdvance(text)


def paint_chip(
    painter: QPainter, rect: QRectF, state: str, text: str, font: QFont, *, with_glyph: bool = True
) -> QRectF:
    """Draw a chip at the left of ``rect``, centred in its height; return the ground it took.

    The text is elided where ``rect`` is too narrow: the caller offers it as a tooltip.
    """
    state_look = look(state)
    tone = theme.role(state_look.tone)
    metrics = QFontMetricsF(font)
    width = min(chip_width(text, metrics, with_glyph=with_glyph), rect.width())
    ground = QRectF(rect.left(), rect.center().y() - CHIP_HEIGHT_PX / 2, width, CHIP_HEIGHT_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone.soft)
    painter.drawRoundedRect(ground, CHIP_HEIGHT_PX / 2, CHIP_HEIGHT_PX / 2)
    left = ground.left() + _SIDE_PX
    if with_glyph:
        spot = QRectF(QPointF(left, ground.center().y() - _GLYPH_PX / 2), QPointF(left, ground.center().y()))
        spot.setSize(QSize(round(_GLYPH_PX), round(_GLYPH_PX)).toSizeF())
        paint_icon(painter, spot, state_look.icon, tone.fg)
        left += _GLYPH_PX + _GAP_PX
    room = QRectF(left, ground.top(), ground.right() - _SIDE_PX - left + 1, ground.height())
    painter.setFont(font)
    painter.setPen(tone.fg)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 0.5)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()
    return ground


class Chip(QWidget):
    """One state, glyph + word + colour; its accessible name carries both state and text."""

    def __init__(self, state: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._state, self._text = state, text
        self.set_state(state, text)

    def set_state(self, state: str, text: str = "") -> None:
        """Show another state; without ``text`` the state's own word is shown."""
        self._state, self._text = state, text or look(state).word
        self.setAccessibleName(f"{look(state).word}: {self._text}" if text else self._text)
        self.setToolTip(self._text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """The words on the chip."""
        return self._text

    @override
    def sizeHint(self) -> QSize:
        width = chip_width(self._text, QFontMetricsF(self.font()))
        return QSize(int(width + 1), CHIP_HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._state, self._text, self.font())
