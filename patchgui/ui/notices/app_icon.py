"""The icon of the program, with a number on it while something waits to be looked at."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPixmap

from patchgui.ui.icons import paint_icon
from patchgui.ui.theme import theme_named

_SIZES_PX = (16, 24, 32, 48, 64, 128)
_MOST = 9


def app_icon(count: int = 0) -> QIcon:
    """Return the icon; it stands on the desktop's own ground, so that its colours are the same in every theme."""
    made = QIcon()
    for size_px in _SIZES_PX:
        made.addPixmap(_drawn(size_px, count))
    return made


def _drawn(size_px: int, count: int) -> QPixmap:
    colours = theme_named("light")
    pixels = QPixmap(size_px, size_px)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.accent)
    painter.drawRoundedRect(QRectF(0, 0, size_px, size_px), size_px * 0.2, size_px * 0.2)
    inner = round(size_px * 0.72)
    left = (size_px - inner) / 2
    paint_icon(painter, QRectF(left, left, inner, inner), "patch", colours.on_accent)
    if count:
        _draw_badge(painter, size_px, count)
    painter.end()
    return pixels


def _draw_badge(painter: QPainter, size_px: int, count: int) -> None:
    colours = theme_named("light")
    side = size_px * 0.58
    spot = QRectF(size_px - side, size_px - side, side, side)
    painter.setBrush(colours.role("failed").fg)
    painter.drawEllipse(spot)
    font = QFont(painter.font())
    font.setWeight(QFont.Weight.DemiBold)
    font.setPixelSize(max(7, round(side * (0.72 if count <= _MOST else 0.56))))
    painter.setFont(font)
    painter.setPen(colours.on_accent)
    painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, str(count) if count <= _MOST else f"{_MOST}+")
