"""The table of windows and how its cells are painted."""

from PySide6.QtCore import QByteArray, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.widgets.keyed_table import KeyedTable
from patchgui.ui.widgets.list_style import SIDE_PX, ListDelegate, column_px
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


class WindowsTable(KeyedTable[WindowsModel]):
    """Shows a :class:`WindowsModel`. Several may be selected, to be copied."""

    def __init__(self, model: WindowsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, "Maintenance windows", SCHEDULE, parent)
        self.setItemDelegate(_Delegate(model))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.horizontalHeader().setSectionsMovable(True)

    def columns(self) -> QByteArray:
        """Return the widths and the order of the columns."""
        return self.horizontalHeader().saveState()

    def set_columns(self, state: QByteArray) -> None:
        """Take widths and order that :meth:`columns` told."""
        if not state.isEmpty():
            self.horizontalHeader().restoreState(state)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            places = sorted({index.row() for index in self.selectionModel().selectedRows()})
            QGuiApplication.clipboard().setText(self._model.tsv(places))
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    @override
    def size_columns(self) -> None:
        for column, width_em in _WIDTHS_EM.items():
            self.setColumnWidth(column, column_px(self, width_em))

    def _make_room(self) -> None:
        taken_px = sum(self.columnWidth(column) for column in (NAME, STATE, NEXT))
        least_px = column_px(self, _SCHEDULE_EM) + column_px(self, _WIDTHS_EM[OPEN_FOR])
        self.setColumnHidden(OPEN_FOR, self.viewport().width() - taken_px < least_px)
