"""The table of runs and how its cells are painted."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.connection_look import MARK_PX, paint_mark
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
from patchgui.ui.widgets.list_style import SIDE_PX, ListDelegate, column_px, dress_list

_WIDTHS_EM = {CONNECTION: 19, OPERATION: 15, NODES: 11, STATUS: 12, STARTED: 12, DURATION: 9, BY: 9}


class _RunsDelegate(ListDelegate):
    def __init__(self, model: RunsModel) -> None:
        super().__init__(model)
        self._model = model

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect, column, run = option.rect, index.column(), self._model.run_at(index.row())
        quiet = self.paint_ground(painter, option)
        if column == STATUS:
            state, words = status_look(run.status)
            words += f" · {run.error_count:,}" if run.error_count and run.node_count > 1 else ""
            self.paint_chip(painter, rect, state, words, option.font)
            return
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if column == RUN else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.current().text if column in {RUN, NODES} else quiet)
        side = Qt.AlignmentFlag.AlignRight if column in {NODES, DURATION} else Qt.AlignmentFlag.AlignLeft
        room = rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        if column == CONNECTION and run.connection is not None:
            paint_mark(painter, room.left(), rect.center().y() + 1, run.connection.colour)
            room.adjust(round(MARK_PX) + 8, 0, 0, 0)
        wide_px = self.paint_words(painter, room, str(index.data()), side)
        if column == RUN:
            painter.setFont(option.font)
            painter.setPen(quiet)
            self.paint_words(painter, room.adjusted(wide_px + 2 * SIDE_PX, 0, 0, 0), hook_words(run))


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
        dress_list(self, "Runs", RUN)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._size_columns()
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        model.modelReset.connect(self._on_reset)
        self._on_reset()

    def _size_columns(self) -> None:
        for column, width_em in _WIDTHS_EM.items():
            self.setColumnWidth(column, column_px(self, width_em))

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
