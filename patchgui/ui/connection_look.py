"""How a connection is told from the others: its colour, wherever it is named."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection, ConnectionColour
from patchgui.ui import theme

MARK_PX = 10.0
"""The side of the square that stands before a connection's name."""
_STRIP_PX = 3
_TONES = {
    ConnectionColour.GREEN: "success",
    ConnectionColour.BLUE: "running",
    ConnectionColour.VIOLET: "reboot",
    ConnectionColour.AMBER: "warning",
    ConnectionColour.RED: "failed",
    ConnectionColour.GREY: "skipped",
}


def tone_of(colour: ConnectionColour) -> theme.Tone:
    """Return the tone of a colour in the theme on screen now."""
    return theme.role(_TONES[colour])


def mark_of(colour: ConnectionColour) -> QColor:
    """Return the colour of lines and squares in the theme on screen now."""
    return theme.current().marks[colour.value]


def paint_mark(painter: QPainter, left: float, middle: float, colour: ConnectionColour) -> None:
    """Draw the square of a connection; ``middle`` is the height of its centre."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mark_of(colour))
    painter.drawRoundedRect(QRectF(left, middle - MARK_PX / 2, MARK_PX, MARK_PX), 3, 3)
    painter.restore()


def mark_icon(colour: ConnectionColour) -> QIcon:
    """Return the square as an icon for menus."""
    pixels = QPixmap(32, 32)
    pixels.setDevicePixelRatio(2.0)
    pixels.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(pixels)
    paint_mark(painter, 3, 8, colour)
    painter.end()
    return QIcon(pixels)


class ConnectionStrip(QFrame):
    """A line across the window in the colour of the connection that is worked on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour: ConnectionColour | None = None
        self.setFixedHeight(_STRIP_PX)

    def show_connection(self, connection: Connection) -> None:
        """Take the colour of a connection."""
        self._colour = connection.colour
        self.setAccessibleName(f"Colour of {connection.label}: {connection.colour.value}")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().card if self._colour is None else mark_of(self._colour))
        painter.drawRect(self.rect())


class ConnectionTag(QWidget):
    """A connection's square and name, in one line."""

    def __init__(self, connection: Connection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self.setAccessibleName(f"Connection: {connection.label}")
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)
        metrics = self.fontMetrics()
        self.setFixedHeight(metrics.height() + 8)
        self.setMinimumWidth(metrics.horizontalAdvance(connection.label) + 36)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tone = tone_of(self._connection.colour)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone.soft)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        paint_mark(painter, 9, self.height() / 2, self._connection.colour)
        painter.setPen(tone.fg)
        room = self.rect().adjusted(27, 0, -8, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._connection.label)
