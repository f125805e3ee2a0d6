"""The head of the timeline, which never scrolls away: how many nodes were in which phase, and the axis of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from patchgui.patching.axis_ticks import ticks
from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.phases import Phase
from patchgui.patching.wording import counted
from patchgui.ui import theme
from patchgui.ui.run.timeline.painter import phase_brush
from patchgui.ui.run.timeline.window import TimeWindow
from patchgui.ui.theme import Theme

STRIP_PX: Final = 40
AXIS_PX: Final = 24
HEAD_PX: Final = STRIP_PX + AXIS_PX
_COLUMN_PX: Final = 2
_LEAST_TICK_PX: Final = 76.0
_LEAST_DRAG_PX: Final = 4.0
_VEIL_ALPHA: Final = 150


class TimelineHead(QWidget):
    """Draws the strip of counts and the axis; a drag on the strip moves the window, one on the axis chooses it."""

    window_wanted = Signal(object)
    """The :class:`TimeWindow` that was dragged."""

    def __init__(self, flow: PhaseFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = flow
        self._phases: tuple[Phase, ...] = ()
        self._window = TimeWindow.of(0)
        self._start: datetime | None = None
        self._now_s: float | None = None
        self._pressed: QPointF | None = None
        self._dragged_to: float | None = None
        self._strip: QPixmap | None = None
        self._drawn: tuple[object, ...] = ()
        self.setFixedHeight(HEAD_PX)
        self.setAccessibleName("Nodes per phase over time")

    def set_phases(self, phases: Sequence[Phase]) -> None:
        """Show a run of these phases."""
        self._phases = tuple(phases)
        self._drawn = ()

    def show_window(self, window: TimeWindow, start: datetime, now_s: float | None) -> None:
        """Show where the window stands; ``now_s`` is None once the run has ended."""
        self._window, self._start, self._now_s = window, start, now_s
        self.update()

    # -- painting ------------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = theme.current()
        painter.drawPixmap(0, 0, self._strip_pixels(colours))
        self._paint_veil(painter, colours)
        self._paint_axis(painter, colours)
        if self._pressed is not None and self._dragged_to is not None:
            first, last = sorted((self._pressed.x(), self._dragged_to))
            ground = QColor(colours.accent)
            ground.setAlpha(60)
            painter.fillRect(QRectF(first, STRIP_PX, last - first, AXIS_PX), ground)

    def _strip_pixels(self, colours: Theme) -> QPixmap:
        """Return the picture of the counts, drawn anew only when something in it is other than before."""
        ratio = self.devicePixelRatioF()
        wanted = (self._flow.version, self.width(), ratio, colours.name, round(self._window.total_s, 1))
        if self._strip is None or wanted != self._drawn:
            self._drawn = wanted
            self._strip = QPixmap(round(self.width() * ratio), round(STRIP_PX * ratio))
            self._strip.setDevicePixelRatio(ratio)
            self._strip.fill(colours.window)
            painter = QPainter(self._strip)
            self._paint_counts(painter, colours)
            painter.end()
        return self._strip

    def _paint_counts(self, painter: QPainter, colours: Theme) -> None:
        count = max(self.width() // _COLUMN_PX, 1)
        series = self._flow.columns(count, self._window.total_s)
        most = max((sum(column) for column in zip(*series, strict=True)), default=0.0)
        if most <= 0:
            return
        brushes = [phase_brush(colours, phase) for phase in self._phases]
        unit = (STRIP_PX - 4) / most
        for place, column in enumerate(zip(*series, strict=True)):
            bottom = float(STRIP_PX)
            for brush, nodes in zip(brushes, column, strict=False):
                if nodes > 0:
                    height = nodes * unit
                    painter.fillRect(QRectF(place * _COLUMN_PX, bottom - height, _COLUMN_PX, height), brush)
                    bottom -= height

    def _paint_veil(self, painter: QPainter, colours: Theme) -> None:
        """Lay a veil over what is not in the window, and a frame around what is."""
        if not self._window.is_whole:
            whole = self._window.whole()
            left = whole.place(self._window.start_s, self.width())
            right = whole.place(self._window.end_s, self.width())
            veil = QColor(colours.card)
            veil.setAlpha(_VEIL_ALPHA)
            painter.fillRect(QRectF(0, 0, left, STRIP_PX), veil)
            painter.fillRect(QRectF(right, 0, self.width() - right, STRIP_PX), veil)
            painter.setPen(QPen(colours.accent, 1))
            painter.drawRect(QRectF(left + 0.5, 0.5, max(right - left, 3.0) - 1, STRIP_PX - 1))
        if self._now_s is not None:
            x = self._window.whole().place(self._now_s, self.width())
            # What goes on is drawn to the end of the strip; nobody knows yet that it does.
            painter.fillRect(QRectF(x, 0, self.width() - x, STRIP_PX), colours.window)
            painter.setPen(QPen(colours.accent, 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, STRIP_PX))

    def _paint_axis(self, painter: QPainter, colours: Theme) -> None:
        painter.setPen(colours.line)
        painter.drawLine(0, HEAD_PX - 1, self.width(), HEAD_PX - 1)
        if self._start is None:
            return
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 1.0, 7.0))
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(strong)
        first, last = (self._moment(seconds) for seconds in (self._window.start_s, self._window.end_s))
        for tick in ticks(first, last, _LEAST_TICK_PX / max(self.width(), 1) * self._window.span_s):
            x = self._window.place((tick.moment - self._start).total_seconds(), self.width())
            painter.setPen(colours.control_line)
            painter.drawLine(QPointF(x, HEAD_PX - 5), QPointF(x, HEAD_PX - 1))
            words_px = metrics.horizontalAdvance(tick.label) + 2
            if x + 3 + words_px <= self.width():
                painter.setFont(strong if tick.begins_day else font)
                painter.setPen(colours.text if tick.begins_day else colours.dim)
                spot = QRectF(x + 3, STRIP_PX, words_px, AXIS_PX - 2)
                painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tick.label)

    def _moment(self, at_s: float) -> datetime:
        assert self._start is not None
        return self._start + timedelta(seconds=at_s)

    # -- pointer -------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged_to = event.position(), None
            if self._pressed.y() < STRIP_PX:
                self._centre(event.position().x())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if self._pressed.y() < STRIP_PX:
            self._centre(event.position().x())
        elif abs(event.position().x() - self._pressed.x()) >= _LEAST_DRAG_PX:
            self._dragged_to = min(max(event.position().x(), 0.0), float(self.width()))
            self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged_to = self._pressed, self._dragged_to
        self._pressed = self._dragged_to = None
        if pressed is not None and dragged_to is not None:
            window = self._window
            ends = (window.moment(place, self.width()) for place in (pressed.x(), dragged_to))
            self.window_wanted.emit(window.onto(*ends))
        self.update()

    def _centre(self, x: float) -> None:
        at_s = self._window.whole().moment(x, self.width())
        wanted = self._window.panned(at_s - self._window.start_s - self._window.span_s / 2)
        if wanted != self._window:
            self.window_wanted.emit(wanted)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._start is not None:
            on_strip = event.pos().y() < STRIP_PX
            window = self._window.whole() if on_strip else self._window
            at_s = window.moment(event.pos().x(), self.width())
            QToolTip.showText(event.globalPos(), self.words_at(at_s), self)
            return True
        return super().event(event)

    def words_at(self, at_s: float) -> str:
        """Return in words how many nodes are in which phase ``at_s`` seconds after the start."""
        moment = self._moment(at_s).astimezone()
        pairs = zip(self._phases, self._flow.at(at_s), strict=False)
        said = [f"{phase.label}: {counted(nodes, 'node')}" for phase, nodes in pairs if nodes]
        clock = f"{moment:%a %H:%M:%S}, {moment.tzname()} ({moment:UTC%z})"
        return "\n".join([clock, *(said or ["No node is in a phase"])])
