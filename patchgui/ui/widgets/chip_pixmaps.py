"""Chips drawn once and then stamped: a matrix of thousands shows few different ones."""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.state_look import look
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX, chip_width, paint_chip

_GLYPH_PX = 10.0
_QUIET_GAP_PX = 4.0


def chip_pixmap(state: str, text: str, font: QFont, ratio: float) -> QPixmap:
    """Return the chip of ``state`` with ``text`` in the theme on screen, for a device of pixel ``ratio``."""
    return drawn_chip(state, text, font.key(), ratio, False, theme.current().name)


@lru_cache(maxsize=2048)
def drawn_chip(state: str, text: str, font_key: str, ratio: float, quiet: bool, _theme_name: str) -> QPixmap:
    """Return the same by the font's key and the theme's name, which a delegate knows: the way for many cells.

    A ``quiet`` chip has no ground: what has not happened yet should not shout.
    """
    font = QFont()
    font.fromString(font_key)
    width = ceil(chip_width(text, QFontMetricsF(font)))
    pixels = QPixmap(ceil(width * ratio), ceil(CHIP_HEIGHT_PX * ratio))
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    if quiet:
        _paint_quiet(painter, state, text, font)
    else:
        paint_chip(painter, QRectF(0, 0, width, CHIP_HEIGHT_PX), state, text, font)
    painter.end()
    return pixels


def _paint_quiet(painter: QPainter, state: str, text: str, font: QFont) -> None:
    colours = theme.current()
    top = (CHIP_HEIGHT_PX - _GLYPH_PX) / 2
    paint_icon(painter, QRectF(0, top, _GLYPH_PX, _GLYPH_PX), look(state).icon, colours.dim)
    painter.setFont(font)
    painter.setPen(colours.dim)
    left = _GLYPH_PX + _QUIET_GAP_PX
    room = QRectF(left, 0, QFontMetricsF(font).horizontalAdvance(text) + 2, CHIP_HEIGHT_PX)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
