"""Who did what when: a bar per phase on one scale for all nodes, on the rows of the matrix."""

from collections.abc import Iterator
from datetime import datetime

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)
from typing_extensions import override

from patchgui.patching.node_state import BAD
from patchgui.patching.progress import NodeProgress, PhaseProgress
from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.run.matrix_delegate import ROW_HEIGHT_PX, SIDE_PX, MatrixDelegate
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.matrix_view import LOOK_CHANGES
from patchgui.ui.run.spans import since, utc_now
from patchgui.ui.run.timeline_scale import TimeScale
from patchgui.ui.state_look import look

_BAR_PX = 16
_LEAST_BAR_PX = 3.0
_LEAST_BAD_PX = 14.0
_LEAST_MARK_PX = 96.0
_Index = QModelIndex | QPersistentModelIndex


class TimelineView(QTableView):
    """Shares model and selection with the matrix; columns after the first are one scale."""

    pane_wanted = Signal()
    """Enter or a click on a row: show the node's pane where it is hidden."""

    def __init__(self, model: MatrixModel, beside: QTableView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._beside = beside
        self._scale = TimeScale.of(utc_now(), utc_now())
        self.setModel(model)
        self.setSelectionModel(beside.selectionModel())
        self._bars = _BarDelegate(self, model)
        self.setItemDelegate(self._bars)
        self.setHorizontalHeader(_ScaleHeader(self))
        self._dress()
        self.clicked.connect(self.pane_wanted)
        model.modelReset.connect(self._on_reset)

    def _dress(self) -> None:
        self.setAccessibleName("Timeline of nodes and phases")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)

    @property
    def scale(self) -> TimeScale:
        """The scale of now."""
        return self._scale

    def show_span(self, start: datetime | None, end: datetime | None) -> None:
        """Show a run from ``start`` to ``end`` (None: now, and it goes on)."""
        now = utc_now()
        self._scale = TimeScale.of(start or now, end or now)
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.pane_wanted.emit()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            super().keyPressEvent(event)
        else:
            event.ignore()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in LOOK_CHANGES and hasattr(self, "_bars"):
            self._bars.forget_look()
        super().changeEvent(event)

    def _on_reset(self) -> None:
        for column in range(self._rows.columnCount()):
            self.setColumnHidden(column, column > 1)
        if self._rows.columnCount() > 1:
            self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
            self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.fit_names()

    def fit_names(self) -> None:
        """Give the names the room that they have in the matrix."""
        if self._rows.columnCount():
            self.setColumnWidth(0, self._beside.columnWidth(0))


class _ScaleHeader(QHeaderView):
    """Draws the marks of the scale where the head of its column would be."""

    def __init__(self, view: TimelineView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setHighlightSections(False)

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if logicalIndex != 1:
            super().paintSection(painter, rect, logicalIndex)
            return
        colours = theme.current()
        painter.fillRect(rect, colours.card)
        painter.setPen(colours.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 0.75, 7.0))
        painter.setFont(font)
        painter.setPen(colours.dim)
        room = rect.adjusted(SIDE_PX, 0, -SIDE_PX, -1)
        for place, words in self._view.scale.marks(room.width(), _LEAST_MARK_PX):
            spot = QRectF(room.left() + place, room.top(), _LEAST_MARK_PX, room.height())
            painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class _BarDelegate(MatrixDelegate):
    """Names as in the matrix; in the second column a bar per phase that ran."""

    def __init__(self, view: TimelineView, model: MatrixModel) -> None:
        super().__init__(model)
        self._view = view
        self._nodes = model

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if index.column() == 0:
            super().paint(painter, option, index)
            return
        rect: QRect = option.rect
        colours = theme.current()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours.selection)
        painter.setPen(colours.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(option.font)
        font.setPointSizeF(max(font.pointSizeF() - 1.5, 7.0))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for phase, bar in self._bars(self._nodes.node_at(index.row()), rect):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.role(look(phase.state.value).tone).fg)
            painter.drawRoundedRect(bar, 3, 3)
            if phase.state in BAD:
                centre = bar.center()
                spot = QRectF(centre.x() - 6, centre.y() - 6, 12, 12)
                paint_icon(painter, spot, look(phase.state.value).icon, colours.on_accent)
            elif metrics.horizontalAdvance(phase.phase.label) + 8 <= bar.width():
                painter.setPen(colours.on_accent)
                painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, phase.phase.label)
        painter.restore()

    def _bars(self, node: NodeProgress, rect: QRect) -> Iterator[tuple[PhaseProgress, QRectF]]:
        """Yield what ran on a node with its bar; a bar never begins before the one to its left has ended."""
        room = QRectF(rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0))
        scale, now, free = self._view.scale, utc_now(), 0.0
        for phase in node.phases:
            if phase.started_at is None:
                continue
            left = max(scale.place(phase.started_at, room.width()), free)
            least = _LEAST_BAD_PX if phase.state in BAD else _LEAST_BAR_PX
            right = max(scale.place(phase.ended_at or now, room.width()), left + least)
            free = right + 1
            yield phase, QRectF(room.left() + left, room.center().y() - _BAR_PX / 2, right - left, _BAR_PX)

    @override
    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        if index.column() != 1 or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        for phase, bar in self._bars(self._nodes.node_at(index.row()), option.rect):
            if bar.adjusted(-1, -4, 1, 4).contains(event.pos().toPointF()):
                took = since(phase.started_at, phase.ended_at, utc_now())
                words = f"{phase.phase.label}: {phase.state.label}, {took}"
                QToolTip.showText(event.globalPos(), "\n".join(filter(None, (words, phase.reason))), view)
                return True
        QToolTip.hideText()
        return True
