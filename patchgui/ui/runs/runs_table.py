"""The table of runs and how its cells are painted."""

from math import ceil

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.connection_look import MARK_PX, paint_mark
from patchgui.ui.run.chip_pixmaps import chip_pixmap
from patchgui.ui.run.header import status_look
from patchgui.ui.runs.runs_model import (
    BY,
    CONNECTION,
    DURATION,
    HEADERS,
    NODES,
    OPERATION,
    RUN,
    STARTED,
    STATUS,
    RunsModel,
    hook_words,
)
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX

_ROW_PX = 36
_SIDE_PX = 8
_WIDTHS_EM = {CONNECTION: 19, OPERATION: 15, NODES: 11, STATUS: 12, STARTED: 12, DURATION: 9, BY: 9}


class _RunsDelegate(QStyledItemDelegate):
    def __init__(self, model: RunsModel) -> None:
        super().__init__(model)
        self._model = model

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(96, _ROW_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colours = theme.current()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, colours.selection)
        painter.setPen(colours.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        font = QFont(option.font)
        if index.column() == STATUS:
            self._paint_status(painter, rect, index.row(), font)
            return
        if index.column() == RUN:
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        quiet = colours.on_selection_dim if chosen else colours.dim
        painter.setPen(colours.text if index.column() in {RUN, NODES} else quiet)
        side = Qt.AlignmentFlag.AlignRight if index.column() in {NODES, DURATION} else Qt.AlignmentFlag.AlignLeft
        room = rect.adjusted(_SIDE_PX, 0, -_SIDE_PX, 0)
        connection = self._model.run_at(index.row()).connection
        if index.column() == CONNECTION and connection is not None:
            paint_mark(painter, room.left(), rect.center().y() + 1, connection.colour)
            room.adjust(round(MARK_PX) + 8, 0, 0, 0)
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, words)
        if index.column() == RUN:
            room.adjust(painter.fontMetrics().horizontalAdvance(words) + 2 * _SIDE_PX, 0, 0, 0)
            self._paint_hooks(painter, room, index.row(), option.font, quiet)

    def _paint_hooks(self, painter: QPainter, room: QRect, row: int, font: QFont, ink: QColor) -> None:
        painter.setFont(font)
        painter.setPen(ink)
        words = hook_words(self._model.run_at(row))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_status(self, painter: QPainter, rect: QRect, row: int, font: QFont) -> None:
        font.setPointSizeF(max(font.pointSizeF() - 0.75, 7.0))
        run = self._model.run_at(row)
        state, words = status_look(run.status)
        words += f" · {run.error_count:,}" if run.error_count and run.node_count > 1 else ""
        pixels = chip_pixmap(state, words, font, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.left() + _SIDE_PX, rect.top() + (rect.height() - CHIP_HEIGHT_PX) // 2, pixels)


class RunsTable(QTableView):
    """Shows a :class:`RunsModel`; remembers the chosen run by its id."""

    opened = Signal(str)
    """The id of a run that the operator wants to see: double click, Enter, or a click on its row."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen = ""
        self.setModel(model)
        self.setItemDelegate(_RunsDelegate(model))
        self._dress()
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        model.modelReset.connect(self._on_reset)
        self._on_reset()

    def _dress(self) -> None:
        self.setAccessibleName("Runs")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(RUN, QHeaderView.ResizeMode.Stretch)
        self._size_columns()

    def _size_columns(self) -> None:
        em = QFontMetricsF(self.font()).horizontalAdvance("m") * 0.82
        for column, width_em in _WIDTHS_EM.items():
            self.setColumnWidth(column, ceil(width_em * em) + 2 * _SIDE_PX)

    def choose(self, run_id: str) -> None:
        """Make a run's row current, if it is shown."""
        self._chosen = run_id
        place = self._model.place_of(run_id)
        if place is not None:
            self.setCurrentIndex(self._model.index(place, 0))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current.isValid():
            self.opened.emit(self._model.run_at(current.row()).run_id)
        elif event.matches(QKeySequence.StandardKey.Copy) and current.isValid():
            cells = (str(self._model.index(current.row(), column).data()) for column in range(len(HEADERS)))
            QGuiApplication.clipboard().setText("\t".join(cells))
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "_chosen"):
            self._size_columns()
        super().changeEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.run_at(index.row()).run_id)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._chosen = self._model.run_at(current.row()).run_id

    def _on_reset(self) -> None:
        self.setColumnHidden(CONNECTION, not self._model.is_of_several)
        if self._chosen:
            self.choose(self._chosen)
