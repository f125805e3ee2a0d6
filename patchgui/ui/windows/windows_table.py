"""The table of windows and how its cells are painted."""

from PySide6.QtCore import QByteArray, QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTableView, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.widgets.list_style import SIDE_PX, ListDelegate, choose_row, column_px, dress_list
from patchgui.ui.windows.windows_model import NAME, NEXT, OPEN_FOR, SCHEDULE, SECOND_LINE, STATE, WindowsModel

_ROW_PX = 46
_WIDTHS_EM = {NAME: 14, STATE: 10, NEXT: 24, OPEN_FOR: 6}
_SCHEDULE_EM = 14
"""Where less is left for the schedule, the duration gives way: it stands beside the table too."""
_Index = QModelIndex | QPersistentModelIndex


class _Delegate(ListDelegate):
    def __init__(self, model: WindowsModel) -> None:
        super().__init__(model)
        self._model = model

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        quiet = self.paint_ground(painter, option)
        if index.column() == STATE:
            self.paint_chip(painter, option.rect, *self._model.row_at(index.row()).state, option.font)
            return
        font = QFont(option.font)
        if index.column() == NAME:
            font.setWeight(QFont.Weight.DemiBold)
        room = option.rect.adjusted(SIDE_PX, 4, -SIDE_PX, -5)
        second = str(index.data(SECOND_LINE) or "")
        painter.setFont(font)
        painter.setPen(theme.current().text)
        half = room.height() // 2
        self.paint_words(painter, room.adjusted(0, 0, 0, -half) if second else room, str(index.data()))
        if second:
            small = QFont(option.font)
            small.setPointSizeF(max(small.pointSizeF() - 0.75, 7.0))
            painter.setFont(small)
            painter.setPen(quiet)
            self.paint_words(painter, room.adjusted(0, half, 0, 0), second)


class WindowsTable(QTableView):
    """Shows a :class:`WindowsModel`; remembers the chosen window by its id."""

    chosen = Signal(str)
    """The id of the window that is current now."""
    opened = Signal(str)
    """The id of a window whose details are wanted: Enter, or a double click."""

    def __init__(self, model: WindowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._chosen = model, ""
        self.setModel(model)
        self.setItemDelegate(_Delegate(model))
        dress_list(self, "Maintenance windows", SCHEDULE)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.horizontalHeader().setSectionsMovable(True)
        self._size_columns()
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelReset.connect(self._on_reset)

    @property
    def current_id(self) -> str:
        """The id of the chosen window; empty for none."""
        return self._chosen

    def choose(self, window_id: str) -> None:
        """Make a window current; where it is not shown, as soon as it is."""
        self._chosen = window_id
        place = self._model.place_of(window_id)
        if place is not None:
            choose_row(self, place)

    def columns(self) -> QByteArray:
        """Return the widths and the order of the columns."""
        return self.horizontalHeader().saveState()

    def set_columns(self, state: QByteArray) -> None:
        """Take widths and order that :meth:`columns` told."""
        if not state.isEmpty():
            self.horizontalHeader().restoreState(state)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self._chosen)
        elif event.matches(QKeySequence.StandardKey.Copy):
            places = sorted({index.row() for index in self.selectionModel().selectedRows()})
            QGuiApplication.clipboard().setText(self._model.tsv(places))
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "_chosen"):
            self._size_columns()
        super().changeEvent(event)

    def _size_columns(self) -> None:
        for column, width_em in _WIDTHS_EM.items():
            self.setColumnWidth(column, column_px(self, width_em))

    def _make_room(self) -> None:
        taken_px = sum(self.columnWidth(column) for column in (NAME, STATE, NEXT))
        least_px = column_px(self, _SCHEDULE_EM) + column_px(self, _WIDTHS_EM[OPEN_FOR])
        self.setColumnHidden(OPEN_FOR, self.viewport().width() - taken_px < least_px)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.row_at(index.row()).window_id)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            window_id = self._model.row_at(current.row()).window_id
            if window_id != self._chosen:
                self._chosen = window_id
                self.chosen.emit(window_id)

    def _on_reset(self) -> None:
        if self._chosen:
            self.choose(self._chosen)
