"""The table of the history: one row each, and under it, while something is searched, the place where it was found."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTableView, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.connection_look import MARK_PX, paint_mark
from patchgui.ui.run.header import status_look
from patchgui.ui.runs.run_columns import RunColumns
from patchgui.ui.runs.run_row import Column, RunRow, hook_words
from patchgui.ui.runs.runs_model import RunsModel, side_of
from patchgui.ui.runs.snippet import emphasis_of, found_in, paint_found
from patchgui.ui.widgets.list_style import ROW_PX, SIDE_PX, ListDelegate, choose_row, dress_list

_SNIPPET_PX = 22
_PLAIN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HOLDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class _RunsDelegate(ListDelegate):
    def __init__(self, model: RunsModel) -> None:
        super().__init__(model)
        self._model = model

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        quiet = self.paint_ground(painter, option)
        rect, column, run = QRect(option.rect), index.column(), self._model.row_at(index.row()).run
        rect.setHeight(ROW_PX)
        cells = self._model.cells_at(index.row())
        words = cells[column]
        if column == Column.STATUS:
            self.paint_chip(painter, rect, status_look(run.status)[0], words, option.font)
            return
        if not words:
            return
        if column == Column.RUN:
            font = QFont(option.font)
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
        else:
            painter.setFont(option.font)
        painter.setPen(theme.current().text if column in {Column.RUN, Column.NODES} else quiet)
        room = rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        if column == Column.CONNECTION and run.connection is not None:
            paint_mark(painter, room.left(), rect.center().y() + 1, run.connection.colour)
            room.adjust(round(MARK_PX) + 8, 0, 0, 0)
        wide_px = self.paint_words(painter, room, words, side_of(column))
        if column == Column.RUN:
            painter.setFont(option.font)
            painter.setPen(quiet)
            self.paint_words(
                painter, room.adjusted(wide_px + 2 * SIDE_PX, 0, 0, 0), hook_words(run) or cells[Column.OPERATION]
            )


class RunsTable(QTableView):
    """Shows a :class:`RunsModel`; remembers the current run, what is selected and what is in sight by their ids."""

    opened = Signal(object)
    """The :class:`RunRow` that the operator wants to see: Enter, or a click on it."""
    place_opened = Signal(object)
    """The :class:`RunRow` whose found place the operator wants to see."""
    menu_wanted = Signal(object)
    """Where on the screen the menu of what is selected is to open."""
    copy_wanted = Signal()
    """What is selected is to go to the clipboard."""
    everything_selected = Signal()
    """Ctrl+A: everything that matches, fetched or not."""
    selection_changed = Signal()
    """Other rows are selected."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._current_id = ""
        self._selected_ids: frozenset[str] = frozenset()
        self._is_everything = False
        self._words: re.Pattern[str] | None = None
        self._pressed = ""
        self.setModel(model)
        self.setItemDelegate(_RunsDelegate(model))
        dress_list(self, "Runs", Column.RUN)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.columns = RunColumns(self)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_inserted)

    @property
    def selected(self) -> list[RunRow]:
        """The rows that are selected, from top to bottom; of those that have been fetched."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.row_at(place) for place in places]

    @property
    def is_everything_selected(self) -> bool:
        """Whether everything that matches is meant, fetched or not."""
        return self._is_everything

    def choose(self, run_id: str) -> None:
        """Make a run's row current, if it is shown."""
        self._current_id = run_id
        place = self._model.place_of(run_id)
        if place is not None:
            choose_row(self, place)

    def stand_on_first(self) -> None:
        """Take the keyboard, on the current row or else the first one."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        # With the keyboard a table takes its first row as current, but chooses none.
        if not self.selectionModel().hasSelection() and self._model.rowCount():
            choose_row(self, max(self.currentIndex().row(), 0))

    def show_words(self, text: str) -> None:
        """Leave room under each row for the place where ``text`` was found, or none where nothing is searched."""
        self._words = emphasis_of(text)
        self.verticalHeader().setDefaultSectionSize(ROW_PX + (_SNIPPET_PX if self._words is not None else 0))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in _PLAIN and current.isValid():
            row = self._model.row_at(current.row())
            wants_place = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.place_opened if wants_place else self.opened).emit(row)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
            self._is_everything = True
            self.everything_selected.emit()
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._pressed = self._model.row_at(index.row()).key if index.isValid() else ""

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or event.modifiers() & _HOLDING or not index.isValid():
            return
        row = self._model.row_at(index.row())
        if row.key != self._pressed:
            return
        is_below = event.position().y() >= self.visualRect(index).top() + ROW_PX
        (self.place_opened if is_below and row.hit is not None else self.opened).emit(row)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(2 * SIDE_PX, 0))
        self.menu_wanted.emit(place)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._words is None:
            return
        painter = QPainter(self.viewport())
        for place in self._in_sight():
            row = self._model.row_at(place)
            left = self.columnViewportPosition(Column.RUN) + SIDE_PX
            top = self.rowViewportPosition(place) + ROW_PX - 6
            room = QRect(left, top, self.viewport().width() - left - SIDE_PX, _SNIPPET_PX)
            is_selected = self.selectionModel().isRowSelected(place, QModelIndex())
            paint_found(painter, room, found_in(row, self._words), self._words, is_selected=is_selected)
        painter.end()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "columns"):
            self.columns.fit()
        super().changeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()

    def _in_sight(self) -> Iterator[int]:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first >= 0:
            yield from range(first, (last if last >= 0 else self._model.rowCount() - 1) + 1)

    # -- rows come and go ----------------------------------------------------------------------------------------------

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._current_id = self._model.row_at(current.row()).key

    def _on_selection_changed(self) -> None:
        self._is_everything = False
        self.selection_changed.emit()

    def _on_about_to_reset(self) -> None:
        self._selected_ids = frozenset(row.key for row in self.selected)

    def _on_reset(self) -> None:
        self.columns.fit()
        flags = self.selectionModel().SelectionFlag
        for run_id in self._selected_ids:
            place = self._model.place_of(run_id)
            if place is not None:
                self.selectionModel().select(self._model.index(place, 0), flags.Select | flags.Rows)
        place = self._model.place_of(self._current_id)
        if place is not None:
            self.selectionModel().setCurrentIndex(self._model.index(place, 0), flags.NoUpdate)

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Keep in sight what was, unless the newest were; go on meaning everything where that was meant."""
        bar = self.verticalScrollBar()
        if bar.value() > 0 and first <= bar.value():
            bar.setValue(bar.value() + last - first + 1)
        if self._is_everything:
            self.selectAll()
            self._is_everything = True
        self.columns.fit()
