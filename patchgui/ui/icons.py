"""Icons: our own SVG drawings, tinted with the colour of the moment.

The drawings use ``currentColor`` only, so that one file serves every theme.
"""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from patchgui import resource
from patchgui.ui import theme

ICON_PX = 16
"""The grid that every drawing is made on, in logical pixels."""


@cache
def _drawing(name: str) -> str:
    return (resource.folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _tinted(name: str, rgb: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", rgb).encode()))


@lru_cache(maxsize=512)
def _pixmap(name: str, rgb: str, size_px: int, ratio: float) -> QPixmap:
    pixels = QPixmap(QSize(round(size_px * ratio), round(size_px * ratio)))
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    _tinted(name, rgb).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return pixels


def paint_icon(painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
    """Draw the icon ``name`` into ``rect`` with ``painter``; sharp at every scale.

    A pixmap is kept for each size and colour: rendering SVG anew for every cell would be the cost of a table.
    """
    ratio = painter.device().devicePixelRatio()
    spot = QRectF(round(rect.x() * ratio) / ratio, round(rect.y() * ratio) / ratio, rect.width(), rect.height())
    pixels = _pixmap(name, colour.name(), round(rect.width()), ratio)
    painter.drawPixmap(spot, pixels, QRectF(pixels.rect()))


def pixmap(name: str, colour: QColor, size_px: int = ICON_PX, ratio: float = 1.0) -> QPixmap:
    """Return the icon ``name`` as a pixmap of ``size_px`` logical pixels at a device ``ratio``."""
    return _pixmap(name, colour.name(), size_px, ratio)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """Return the icon ``name`` in ``colour`` (the text colour of now when None), for buttons and menus."""
    ink = colour or theme.current().text
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, ink, ICON_PX, ratio))
        made.addPixmap(pixmap(name, theme.current().dim, ICON_PX, ratio), QIcon.Mode.Disabled)
    return made
