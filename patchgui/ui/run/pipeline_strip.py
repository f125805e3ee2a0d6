"""The pipeline of a run: one box per phase with the counts of its states, joined by a line. A count filters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState
from patchgui.ui import theme
from patchgui.ui.icons import pixmap
from patchgui.ui.run.matrix_filter import phase_token
from patchgui.ui.state_look import look
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX

_HEAD_PX: Final = 29
_FOOT_PX: Final = 9
_LINE_PX: Final = CHIP_HEIGHT_PX + 3
_MOST_LINES: Final = 2
_GAP_PX: Final = 12
_PAD_PX: Final = 10
_GLYPH_PX: Final = 12
_SIDE_PX: Final = 6.0
_CHIP_GAP_PX: Final = 3

Counts = Sequence[tuple[PhaseState, int]]


@dataclass(frozen=True, slots=True)
class _Count:
    """One count on the strip: how it looks (see :mod:`patchgui.ui.state_look`), and where it stands."""

    number: int
    state: PhaseState
    look: str
    text: str
    ground: QRectF


class PipelineStrip(QWidget):
    """Draws what it is given, on two lines where one has no room; a click on a count picks it."""

    count_picked = Signal(object, object)
    """The :class:`Phase` and the :class:`PhaseState` of the count that was picked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phases: tuple[Phase, ...] = ()
        self._counts: list[Counts] = []
        self._away: tuple[int, int] = (0, 0)
        self._placed: list[_Count] = []
        self._lines = 1
        self._current = 0
        self._marked = ""
        self._drawn: tuple[object, ...] = ()
        self._boxes = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Phases of the run")
        self._set_height()

    def set_phases(self, phases: Sequence[Phase]) -> None:
        """Show the phases of another run, without counts."""
        self._phases = tuple(phases)
        self._counts = [() for _ in phases]
        self._lines, self._current, self._marked, self._away = 1, 0, "", (0, 0)
        self._place()

    def set_counts(self, counts: Sequence[Counts]) -> None:
        """Show how many nodes are in which state, per phase."""
        if list(counts) == self._counts:
            return
        self._counts = list(counts)
        self._place()

    def set_away(self, late: int, lost: int) -> None:
        """Show how many of the nodes that reboot are late, and how many count as lost."""
        if (late, lost) != self._away:
            self._away = (late, lost)
            self._place()

    def mark(self, token: str) -> None:
        """Mark the count that the filter box shows the nodes of."""
        if token != self._marked:
            self._marked = token
            self.update()

    def spot_of(self, phase: Phase, state: PhaseState) -> QPoint | None:
        """Return the middle of a count, or None where there is none."""
        found = (each for each in self._placed if self._phases[each.number] is phase and each.state is state)
        return next((each.ground.center().toPoint() for each in found), None)

    def _words(self, number: int) -> str:
        said = ", ".join(
            f"{count:,} {looks if state is PhaseState.REBOOTING else state.label}"
            for state, looks, count in self._split(self._counts[number])
        )
        return f"{self._phases[number].label}: {said or 'nothing yet'}"

    # -- places --------------------------------------------------------------------------------------------------------

    def _box(self, number: int) -> QRectF:
        count = len(self._phases)
        width = (self.width() - _GAP_PX * (count - 1)) / count
        return QRectF(number * (width + _GAP_PX), 0, width, self.height()).adjusted(0.5, 0.5, -0.5, -0.5)

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 0.75, 7.0))
        return font

    def _place(self) -> None:
        """Find out where each count stands. While a run is shown the strip only grows: it must not twitch."""
        metrics = QFontMetricsF(self._small())
        self._placed = []
        for number, counts in enumerate(self._counts):
            room = self._box(number).adjusted(_PAD_PX, 0, -_PAD_PX / 2, 0)
            left, line = room.left(), 0
            for state, looks, count in self._split(counts):
                text = f"{count:,}"
                side = 2.0 if state is PhaseState.WAITING else _SIDE_PX
                width = 2 * side + _GLYPH_PX + 3 + metrics.horizontalAdvance(text)
                if left + width > room.right() and left > room.left() and line + 1 < _MOST_LINES:
                    left, line = room.left(), line + 1
                ground = QRectF(left, _HEAD_PX + line * _LINE_PX, width, CHIP_HEIGHT_PX)
                self._placed.append(_Count(number, state, looks, text, ground))
                left += width + _CHIP_GAP_PX
            self._lines = max(self._lines, line + 1)
        self.setAccessibleDescription("; ".join(self._words(number) for number in range(len(self._phases))))
        self._current = min(self._current, max(len(self._placed) - 1, 0))
        self._set_height()
        self.update()

    def _split(self, counts: Counts) -> Iterator[tuple[PhaseState, str, int]]:
        """Yield the counts of a phase, with those that reboot told apart by how long they are away."""
        for state, count in counts:
            if state is not PhaseState.REBOOTING:
                yield state, state.value, count
                continue
            late, lost = self._away
            for looks, nodes in (("lost", lost), ("late", late), ("rebooting", count - late - lost)):
                if nodes > 0:
                    yield state, looks, nodes

    def _set_height(self) -> None:
        self.setFixedHeight(_HEAD_PX + self._lines * _LINE_PX - _CHIP_GAP_PX + _FOOT_PX)

    def _count_at(self, spot: QPointF) -> _Count | None:
        return next((each for each in self._placed if each.ground.contains(spot)), None)

    @override
    def sizeHint(self) -> QSize:
        return QSize(110 * max(len(self._phases), 1), self.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._lines = 1
            self._place()

    # -- pointer and keys ----------------------------------------------------------------------------------------------

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tooltip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tooltip(self, spot: QPoint, on_screen: QPoint) -> None:
        for number in range(len(self._phases)):
            if self._box(number).contains(spot.toPointF()):
                hint = "\nClick a count to show its nodes." if self._counts[number] else ""
                QToolTip.showText(on_screen, f"{self._words(number)}{hint}", self)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_count = self._count_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_count else Qt.CursorShape.ArrowCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self._count_at(event.position())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self._current = self._placed.index(found)
            self._pick(found)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and self._placed:
            self._current = (self._current + steps[event.key()]) % len(self._placed)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._placed:
            self._pick(self._placed[self._current])
        else:
            super().keyPressEvent(event)

    def _pick(self, count: _Count) -> None:
        self.count_picked.emit(self._phases[count.number], count.state)

    # -- painting ------------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        for place, count in enumerate(self._placed):
            self._paint_count(painter, count, is_current=self.hasFocus() and place == self._current)

    def _ground(self) -> QPixmap:
        """Return the boxes with their names: drawn once, as counts change in every frame and boxes hardly ever."""
        ratio = self.devicePixelRatioF()
        wanted = (self._phases, self.size(), ratio, theme.current().name, self.font().key())
        if wanted != self._drawn:
            self._drawn = wanted
            self._boxes = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._boxes.setDevicePixelRatio(ratio)
            self._boxes.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._boxes)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number in range(len(self._phases)):
                self._paint_box(painter, number)
            painter.end()
        return self._boxes

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
        label = QFontMetricsF(strong).elidedText(self._phases[number].label, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, label)

    def _paint_count(self, painter: QPainter, count: _Count, *, is_current: bool) -> None:
        state_look, ground = look(count.look), count.ground
        tone, colours = theme.role(state_look.tone), theme.current()
        waits = count.state is PhaseState.WAITING
        ink = colours.dim if waits else tone.fg
        is_marked = phase_token(self._phases[count.number], count.state) == self._marked
        painter.setPen(Qt.PenStyle.NoPen)
        if is_marked or is_current:
            painter.setPen(QPen(ink if is_marked else colours.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush if waits else tone.soft)
        painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), CHIP_HEIGHT_PX / 2, CHIP_HEIGHT_PX / 2)
        side = 2.0 if waits else _SIDE_PX
        spot = QPointF(ground.left() + side, ground.center().y() - _GLYPH_PX / 2)
        painter.drawPixmap(spot, pixmap(state_look.icon, ink, _GLYPH_PX, self.devicePixelRatioF()))
        painter.setPen(ink)
        painter.drawText(ground.adjusted(side + 3 + _GLYPH_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, count.text)
