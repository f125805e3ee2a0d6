"""Paints the line over a group: folded or open, what the group is, how many nodes stand how."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from patchgui.patching.wording import counted
from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.run.grouping import GroupHeader
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX
from patchgui.ui.widgets.chip_pixmaps import drawn_chip

_GLYPH_PX: Final = 12.0
_GAP_PX: Final = 8.0
_CHIP_GAP_PX: Final = 4.0


def paint_group(painter: QPainter, line: QRect, header: GroupHeader, strong: QFont, small_key: str) -> None:
    """Draw the line of a group from the left of ``line`` on, in its height."""
    colours = theme.current()
    ratio = painter.device().devicePixelRatioF()
    middle, left = line.top() + line.height() / 2, float(line.left())
    glyph = QRectF(left + 6, middle - _GLYPH_PX / 2, _GLYPH_PX, _GLYPH_PX)
    paint_icon(painter, glyph, "chevron-right" if header.is_folded else "chevron-down", colours.dim)
    left = glyph.right() + 6
    plain = QFont(strong)
    plain.setWeight(QFont.Weight.Normal)
    nodes = counted(header.count, "node")
    for font, ink, words in ((strong, colours.text, header.key.label), (plain, colours.dim, nodes)):
        width = QFontMetricsF(font).horizontalAdvance(words) + 2
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QRectF(left, line.top(), width, line.height()), Qt.AlignmentFlag.AlignVCenter, words)
        left += width + _GAP_PX
    left += _GAP_PX
    for state, count in header.states:
        words = f"{count:,} {state.label}"
        pixels = drawn_chip(str(state), words, small_key, ratio, False, colours.name)
        painter.drawPixmap(round(left), round(middle - CHIP_HEIGHT_PX / 2), pixels)
        left += pixels.width() / ratio + _CHIP_GAP_PX
