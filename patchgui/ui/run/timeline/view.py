"""The timeline itself: only the rows and the stretch of time on screen are ever looked at."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget
from typing_extensions import override

from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.progress import NodeProgress
from patchgui.ui.run.matrix_delegate import ROW_HEIGHT_PX, SIDE_PX
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.matrix_view import LOOK_CHANGES
from patchgui.ui.run.reboots import LOOKS
from patchgui.ui.run.spans import clock_cell, since, utc_now
from patchgui.ui.run.timeline.bars import Bar, Kind, bars, tooltip
from patchgui.ui.run.timeline.head import HEAD_PX, TimelineHead
from patchgui.ui.run.timeline.keys import Keys
from patchgui.ui.run.timeline.order import Order, TimelineRows
from patchgui.ui.run.timeline.painter import BAR_PX, RowLook, paint_bar, paint_name, paint_now
from patchgui.ui.run.timeline.pointer import Pointer
from patchgui.ui.run.timeline.window import TimeWindow

_NAMES_PX: Final = 150
_NAMES_SHARE: Final = 0.24
_SCROLL_STEPS: Final = 1_000_000
_STEP: Final = 0.1
_NO_PHASE: Final = -1


class TimelineView(QAbstractScrollArea):
    """Bars of all nodes on one scale. Shares the filter with the matrix; has an order and a window of its own."""

    node_chosen = Signal(str, object)
    """Instance id and the phase that was chosen (-1: none)."""
    pane_wanted = Signal()
    """Enter or a click on a row: show the node's pane where it is hidden."""
    zoom_changed = Signal()
    """The window is another one."""

    def __init__(self, model: MatrixModel, flow: PhaseFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._flow = model, flow
        self._rows = TimelineRows(model)
        self._is_stale = True
        self._start = utc_now()
        self._ended_at: datetime | None = None
        self._window = TimeWindow.of(0)
        self._chosen, self._chosen_phase = "", _NO_PHASE
        self._is_scrolling = False
        self._look: RowLook | None = None
        self.head = TimelineHead(flow, self)
        self.head.window_wanted.connect(self.show_window)
        self._corner: QWidget | None = None
        self._pointer, self._keys = Pointer(self), Keys(self, model)
        self.setViewportMargins(0, HEAD_PX, 0, 0)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline of nodes and phases")
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self._pointer)
        self.horizontalScrollBar().valueChanged.connect(self._on_scrolled)
        model.dataChanged.connect(self.viewport().update)
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            changed.connect(self._on_rows_changed)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def window_shown(self) -> TimeWindow:
        """The part of the run that is on screen."""
        return self._window

    @property
    def rows(self) -> TimelineRows:
        """The nodes, in the order in which they stand."""
        self._catch_up()
        return self._rows

    def open(self) -> None:
        """Show another run: all of it, in its own order."""
        self._chosen, self._chosen_phase = "", _NO_PHASE
        self._window = TimeWindow.of(0)
        self._rows.sort(Order.RUN)
        self.verticalScrollBar().setValue(0)

    def show_span(self, start: datetime | None, end: datetime | None) -> None:
        """Show a run from ``start`` to ``end`` (None: now, and it goes on)."""
        now = utc_now()
        self._start, self._ended_at = start or now, end
        total_s = max(((end or now) - self._start).total_seconds(), self._flow.last_s)
        self._set_window(self._window.grown(total_s))

    def show_window(self, window: TimeWindow) -> None:
        """Show another part of the run."""
        self._set_window(window)
        self.zoom_changed.emit()

    def sort(self, order: Order, *, descending: bool = False) -> None:
        """Sort the rows by their states of now."""
        self._rows.sort(order, descending=descending)
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def mark(self, instance_id: str, phase: int | None) -> None:
        """Mark a node, and one phase of it, which somebody else chose; nobody is told."""
        if (instance_id, _NO_PHASE if phase is None else phase) != (self._chosen, self._chosen_phase):
            is_other = instance_id != self._chosen
            self._chosen, self._chosen_phase = instance_id, _NO_PHASE if phase is None else phase
            if is_other:
                self.reveal()
            self._say_chosen()
            self.viewport().update()

    def zoom(self, factor: float, at_x: float | None = None) -> None:
        """Show ``factor`` times more detail around a place in pixels (None: around the middle)."""
        width = self.scale_width
        at_s = self._window.moment(width / 2 if at_x is None else at_x, width)
        self.show_window(self._window.zoomed(factor, at_s))

    def fit(self) -> None:
        """Show the whole run."""
        self.show_window(self._window.whole())

    def zoom_to_chosen(self) -> None:
        """Show the chosen phase, or all that the chosen node did, as large as it goes."""
        node = self._model.node(self._chosen)
        if node is None:
            return
        now = utc_now()
        wanted = [number for number, _ in enumerate(node.phases) if self._chosen_phase in {_NO_PHASE, number}]
        spans = [
            (phase.started_at, phase.ended_at or now)
            for number, phase in enumerate(node.phases)
            if number in wanted and phase.started_at is not None
        ]
        if spans:
            first = (min(began for began, _ in spans) - self._start).total_seconds()
            last = (max(until for _, until in spans) - self._start).total_seconds()
            air_s = max((last - first) * 0.08, 0.1)
            self.show_window(self._window.onto(first - air_s, last + air_s))

    def set_corner(self, corner: QWidget) -> None:
        """Take a widget for the place over the names, left of the axis."""
        corner.setParent(self)
        self._corner = corner
        self._place_head()

    @property
    def chosen(self) -> tuple[str, int]:
        """Instance id and phase that are marked (-1: no phase)."""
        return self._chosen, self._chosen_phase

    # -- places --------------------------------------------------------------------------------------------------------

    @property
    def names_px(self) -> int:
        """The width of the names."""
        return min(_NAMES_PX, int(self.viewport().width() * _NAMES_SHARE))

    @property
    def scale_width(self) -> float:
        """The width of the scale, in pixels."""
        return max(float(self.viewport().width() - self.names_px - SIDE_PX), 1.0)

    def row_at(self, y: float) -> int | None:
        """Return the row at a height of the viewport."""
        row = int((y + self.verticalScrollBar().value()) // ROW_HEIGHT_PX)
        return row if 0 <= row < len(self.rows) else None

    def bar_at(self, spot: QPointF) -> tuple[NodeProgress, Bar | None] | None:
        """Return the node at a place of the viewport, and the bar where there is one."""
        row = self.row_at(spot.y())
        if row is None:
            return None
        node, x = self._rows.node(row), spot.x() - self.names_px
        found = (bar for bar in self._bars(node) if bar.left - 1 <= x <= bar.right + 1)
        return node, next(found, None) if x >= 0 else None

    def _bars(self, node: NodeProgress) -> list[Bar]:
        return list(bars(node, self._window, self._start, self.scale_width, self._until()))

    def _until(self) -> datetime:
        return self._ended_at or utc_now()

    def choose(self, instance_id: str, phase: int) -> None:
        """Choose a node and a phase of it (-1: none), and tell."""
        self._chosen, self._chosen_phase = instance_id, phase
        self._say_chosen()
        self.viewport().update()
        self.node_chosen.emit(instance_id, phase)

    # -- painting ------------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._catch_up()
        seen = self._look = self._look or RowLook.of(self.font())
        offset = self.verticalScrollBar().value()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), seen.colours.card)
        first = offset // ROW_HEIGHT_PX
        last = min((offset + self.viewport().height()) // ROW_HEIGHT_PX + 1, len(self._rows))
        shown = [(self._rows.node(row), row * ROW_HEIGHT_PX - offset) for row in range(first, last)]
        for node, top in shown:
            self._paint_ground(painter, node, top, seen)
        painter.setClipRect(QRectF(self.names_px - 2, 0, self.scale_width + 4, self.viewport().height()))
        until = self._until()
        for node, top in shown:
            self._paint_bars(painter, node, top, seen, until)
        if self._ended_at is None:
            x = self._window.place((until - self._start).total_seconds(), self.scale_width)
            if 0 <= x <= self.scale_width:
                paint_now(painter, self.names_px + x, 0, self.viewport().height(), seen.colours)

    def _paint_ground(self, painter: QPainter, node: NodeProgress, top: int, seen: RowLook) -> None:
        is_chosen = node.instance_id == self._chosen
        ground = QRectF(0, top, self.viewport().width(), ROW_HEIGHT_PX)
        if is_chosen:
            painter.fillRect(ground, seen.colours.selection)
        # A line that is smoothed costs a hundred times what a rectangle does.
        painter.fillRect(QRectF(0, ground.bottom() - 1, ground.width(), 1), seen.colours.line)
        room = QRectF(SIDE_PX, top, self.names_px - 2 * SIDE_PX, ROW_HEIGHT_PX)
        paint_name(painter, room, node.name or node.instance_id, seen)
        if is_chosen and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(seen.colours.accent)
            painter.drawRoundedRect(ground.adjusted(1.5, 1.5, -1.5, -2.5), 4, 4)

    def _paint_bars(self, painter: QPainter, node: NodeProgress, top: int, seen: RowLook, until: datetime) -> None:
        width, left_px = self.scale_width, self.names_px
        chosen = self._chosen_phase if node.instance_id == self._chosen else _NO_PHASE
        for bar in bars(node, self._window, self._start, width, until):
            # What is far outside need not be drawn at its whole length.
            left, right = max(bar.left, -8.0), min(bar.right, width + 8)
            shape = QRectF(left_px + left, top + (ROW_HEIGHT_PX - BAR_PX) / 2, right - left, BAR_PX)
            clock = self._model.reboots.clock(node, until) if bar.kind is Kind.REBOOT else None
            away = LOOKS[clock.standing] if clock is not None else "rebooting"
            took = clock_cell(clock) if clock is not None else since(bar.phase.started_at, bar.phase.ended_at, until)
            words = f"{bar.phase.phase.label} {took}"
            paint_bar(painter, bar, shape, seen, words=words, chosen=bar.number == chosen, away=away)

    # -- Qt ------------------------------------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            event.ignore()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tooltip(event.pos(), event.globalPos())
            return True
        return super().viewportEvent(event)

    def _show_tooltip(self, spot: QPoint, on_screen: QPoint) -> None:
        found = self.bar_at(spot.toPointF())
        if found is None:
            QToolTip.hideText()
            return
        node, bar = found
        words = (
            f"{tooltip(node, bar.phase, self._until())}\n{self._model.reboots.sentence(node, self._until())}".strip()
            if bar
            else "\n".join(dict.fromkeys(filter(None, (node.name, node.instance_id, node.headline))))
        )
        QToolTip.showText(on_screen, words, self.viewport())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_head()
        self._update_bars()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in LOOK_CHANGES and hasattr(self, "_look"):
            self._look = None
            self.viewport().update()

    def _place_head(self) -> None:
        self.head.setGeometry(self.names_px, 0, int(self.scale_width), HEAD_PX)
        if self._corner is not None:
            self._corner.setGeometry(0, 0, self.names_px - SIDE_PX, HEAD_PX)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _set_window(self, window: TimeWindow) -> None:
        self._window = window
        now_s = (utc_now() - self._start).total_seconds() if self._ended_at is None else None
        self.head.show_window(window, self._start, now_s)
        self._update_bars()
        self.viewport().update()

    def _update_bars(self) -> None:
        """Set both scroll bars to what is on screen."""
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setRange(0, max(len(self._rows) * ROW_HEIGHT_PX - self.viewport().height(), 0))
        down.setPageStep(self.viewport().height())
        down.setSingleStep(ROW_HEIGHT_PX)
        unit = _SCROLL_STEPS / self._window.total_s
        self._is_scrolling = True
        across.setRange(0, round((self._window.total_s - self._window.span_s) * unit))
        across.setPageStep(round(self._window.span_s * unit))
        across.setSingleStep(max(round(self._window.span_s * unit * _STEP), 1))
        across.setValue(round(self._window.start_s * unit))
        self._is_scrolling = False

    def _on_scrolled(self, value: int) -> None:
        if not self._is_scrolling:
            self.show_window(self._window.panned(value * self._window.total_s / _SCROLL_STEPS - self._window.start_s))

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def _on_rows_changed(self) -> None:
        self._is_stale = True
        self.viewport().update()

    def _catch_up(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._rows.refresh()
            self._update_bars()

    def reveal(self) -> None:
        """Scroll to the chosen node, where the filter keeps it."""
        row = self.rows.place_of(self._chosen)
        if row is None:
            return
        top, down = row * ROW_HEIGHT_PX, self.verticalScrollBar()
        self._update_bars()
        height = self.viewport().height()
        above, below = down.value() - top, top + ROW_HEIGHT_PX - down.value() - height
        if max(above, below) > ROW_HEIGHT_PX:
            # Somewhere else altogether: bring it to the middle, with what is around it.
            down.setValue(top - (height - ROW_HEIGHT_PX) // 2)
        elif max(above, below) > 0:
            down.setValue(down.value() + (below if below > 0 else -above))

    def _say_chosen(self) -> None:
        node = self._model.node(self._chosen)
        if node is not None:
            known = 0 <= self._chosen_phase < len(node.phases)
            words = tooltip(node, node.phases[self._chosen_phase], self._until()) if known else node.name
            self.setAccessibleDescription(words.replace("\n", ", "))
