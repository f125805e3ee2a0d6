"""The pipeline of a run: one box per phase with the counts of its states, joined by a line."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from patchgui.patching.progress import PhaseState
from patchgui.ui import theme
from patchgui.ui.icons import pixmap
from patchgui.ui.state_look import look
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX

_HEIGHT_PX = 58
_GAP_PX = 12
_PAD_PX = 10
_GLYPH_PX = 12
_SIDE_PX = 6.0
_MORE_PX = 12

Counts = Sequence[tuple[PhaseState, int]]


class PipelineStrip(QWidget):
    """Draws what it is given; the tooltip of a box says its counts in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._counts: list[Counts] = []
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Phases of the run")

    def set_phases(self, labels: Sequence[str]) -> None:
        """Show the phases of another run, without counts."""
        self._labels = tuple(labels)
        self._counts = [() for _ in labels]
        self.update()

    def set_counts(self, counts: Sequence[Counts]) -> None:
        """Show how many nodes are in which state, per phase."""
        if list(counts) == self._counts:
            return
        self._counts = list(counts)
        self.setAccessibleDescription("; ".join(self._words(number) for number in range(len(self._labels))))
        self.update()

    def _words(self, number: int) -> str:
        said = ", ".join(f"{count:,} {state.label}" for state, count in self._counts[number])
        return f"{self._labels[number]}: {said or 'nothing yet'}"

    def _box(self, number: int) -> QRectF:
        count = len(self._labels)
        width = (self.width() - _GAP_PX * (count - 1)) / count
        return QRectF(number * (width + _GAP_PX), 0, width, _HEIGHT_PX).adjusted(0.5, 0.5, -0.5, -0.5)

    @override
    def sizeHint(self) -> QSize:
        return QSize(110 * max(len(self._labels), 1), _HEIGHT_PX)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tooltip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tooltip(self, spot: QPoint, on_screen: QPoint) -> None:
        for number in range(len(self._labels)):
            if self._box(number).contains(spot.toPointF()):
                QToolTip.showText(on_screen, self._words(number), self)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(len(self._labels)):
            self._paint_box(painter, number)

    def _paint_box(self, painter: QPainter, number: int) -> None:
        colours = theme.current()
        box = self._box(number)
        painter.setPen(QPen(colours.control_line, 1))
        if number:
            middle = box.center().y()
            painter.drawLine(QPointF(box.left() - _GAP_PX, middle), QPointF(box.left(), middle))
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.card)
        painter.drawRoundedRect(box, 8, 8)
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        painter.setFont(strong)
        painter.setPen(colours.text)
        head = QRectF(box.left() + _PAD_PX, box.top() + 7, box.width() - 2 * _PAD_PX, 20)
        label = QFontMetricsF(strong).elidedText(self._labels[number], Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, label)
        self._paint_counts(painter, QRectF(head.left(), head.bottom() + 2, head.width(), CHIP_HEIGHT_PX), number)

    def _paint_counts(self, painter: QPainter, room: QRectF, number: int) -> None:
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 0.75, 7.0))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        left = room.left()
        counts = self._counts[number]
        for place, (state, count) in enumerate(counts):
            text = f"{count:,}"
            side = 2.0 if state is PhaseState.WAITING else _SIDE_PX
            width = 2 * side + _GLYPH_PX + 3 + metrics.horizontalAdvance(text)
            more_px = 0 if place == len(counts) - 1 else _MORE_PX
            if left + width + more_px > room.right() + _PAD_PX / 2:
                painter.setPen(theme.current().dim)
                painter.drawText(QRectF(left, room.top(), _MORE_PX, room.height()), Qt.AlignmentFlag.AlignVCenter, "…")
                return
            self._paint_count(painter, QRectF(left, room.top(), width, room.height()), state, text)
            left += width + 3

    def _paint_count(self, painter: QPainter, ground: QRectF, state: PhaseState, text: str) -> None:
        state_look = look(state.value)
        tone = theme.role(state_look.tone)
        ink = theme.current().dim if state is PhaseState.WAITING else tone.fg
        if state is not PhaseState.WAITING:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone.soft)
            painter.drawRoundedRect(ground, CHIP_HEIGHT_PX / 2, CHIP_HEIGHT_PX / 2)
        side = 2.0 if state is PhaseState.WAITING else _SIDE_PX
        spot = QPointF(ground.left() + side, ground.center().y() - _GLYPH_PX / 2)
        painter.drawPixmap(spot, pixmap(state_look.icon, ink, _GLYPH_PX, self.devicePixelRatioF()))
        painter.setPen(ink)
        painter.drawText(ground.adjusted(side + 3 + _GLYPH_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
