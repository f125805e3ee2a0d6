"""The table of connections: one row each, with its colour and how it stands."""

from math import ceil
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.connection_look import MARK_PX, paint_mark
from patchgui.ui.connections.presenter import ConnectionRow
from patchgui.ui.connections.words import account_words, place_words, profile_words
from patchgui.ui.icons import paint_icon
from patchgui.ui.widgets.list_style import SIDE_PX, ListDelegate, choose_row, column_px, dress_list, em_px

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
HEADERS: Final = ("Connection", "Profile", "Region", "Account", "State")
LABEL, PROFILE, PLACE, ACCOUNT, STATE = range(5)
_WIDTHS_EM = {PROFILE: 14, ACCOUNT: 11, STATE: 12}
_LABEL_EM = (12, 24)
_PLACE_EM = 11
"""Where less is left for the region, the account gives way: it stands beside the table too."""


class ConnectionsModel(QAbstractTableModel):
    """Holds the rows of the page; cells are made when a row changes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ConnectionRow, ...] = ()
        self._cells: list[tuple[str, ...]] = []

    def show_rows(self, rows: tuple[ConnectionRow, ...]) -> None:
        """Take the newest rows; where the connections are the same, they are only repainted."""
        same = [row.connection.id for row in rows] == [row.connection.id for row in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        self._cells = [_cells(row) for row in rows]
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HEADERS) - 1))

    def row_at(self, place: int) -> ConnectionRow:
        """Return the connection in a row."""
        return self._rows[place]

    def place_of(self, connection_id: str) -> int | None:
        """Return the row of a connection."""
        return next((place for place, row in enumerate(self._rows) if row.connection.id == connection_id), None)

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return HEADERS[section] if role == Qt.ItemDataRole.DisplayRole else None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell
        if role == Qt.ItemDataRole.ToolTipRole:
            is_here = index.column() == LABEL and self._rows[index.row()].is_current
            return f"{cell}: you work here" if is_here else cell
        if role == Qt.ItemDataRole.AccessibleTextRole:
            current = ", the one you work on" if self._rows[index.row()].is_current else ""
            return f"{HEADERS[index.column()]}: {cell}{current if index.column() == LABEL else ''}"
        return None


def _cells(row: ConnectionRow) -> tuple[str, ...]:
    connection = row.connection
    return (
        connection.label,
        profile_words(connection),
        place_words(connection),
        account_words(row),
        row.state.word,
    )


class _Delegate(ListDelegate):
    def __init__(self, model: ConnectionsModel) -> None:
        super().__init__(model)
        self._model = model

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect, row = option.rect, self._model.row_at(index.row())
        quiet = self.paint_ground(painter, option)
        if index.column() == STATE:
            self.paint_chip(painter, rect, row.state.look, row.state.word, option.font)
            return
        room = rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        font = QFont(option.font)
        if index.column() == LABEL:
            paint_mark(painter, room.left(), rect.center().y() + 1, row.connection.colour)
            room.adjust(round(MARK_PX) + 8, 0, 0, 0)
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.current().text if index.column() == LABEL else quiet)
        wide_px = self.paint_words(painter, room, str(index.data()))
        if index.column() == LABEL and row.is_current:
            spot = QRectF(room.left() + wide_px + 10, rect.center().y() - 6, 14, 14)
            paint_icon(painter, spot, "check", theme.current().accent)


class ConnectionsTable(QTableView):
    """Shows a :class:`ConnectionsModel`; remembers the chosen connection by its id."""

    chosen = Signal(str)
    """The id of the connection that is current now."""
    opened = Signal(str)
    """The id of a connection to work on: Enter, or a double click."""

    def __init__(self, model: ConnectionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._chosen = model, ""
        self.setModel(model)
        self.setItemDelegate(_Delegate(model))
        dress_list(self, "Connections", PLACE)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._size_columns()
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelReset.connect(self._on_reset)

    @property
    def current_id(self) -> str:
        """The id of the chosen connection; empty for none."""
        return self._chosen

    def choose(self, connection_id: str) -> None:
        """Make a connection current, if it is there."""
        self._chosen = connection_id
        place = self._model.place_of(connection_id)
        if place is not None:
            choose_row(self, place)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self._model.row_at(self.currentIndex().row()).connection.id)
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "_chosen"):
            self._size_columns()
        super().changeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_columns()

    def _size_columns(self) -> None:
        widths = {column: column_px(self, width_em) for column, width_em in _WIDTHS_EM.items()}
        widths[LABEL] = self._label_px(em_px(self))
        left_px = self.viewport().width() - sum(widths.values())
        self.setColumnHidden(ACCOUNT, left_px < _PLACE_EM * em_px(self))
        for column, width_px in widths.items():
            if not self.isColumnHidden(column):
                self.setColumnWidth(column, width_px)

    def _label_px(self, em: float) -> int:
        """Return the width that the longest name takes, within reason."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        rows = range(self._model.rowCount())
        longest = max((metrics.horizontalAdvance(self._model.row_at(row).connection.label) for row in rows), default=0)
        around = 2 * SIDE_PX + MARK_PX + 40
        return ceil(min(max(longest + around, _LABEL_EM[0] * em), _LABEL_EM[1] * em))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.row_at(index.row()).connection.id)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._chosen = self._model.row_at(current.row()).connection.id
            self.chosen.emit(self._chosen)

    def _on_reset(self) -> None:
        self._size_columns()
        place = self._model.place_of(self._chosen)
        if place is None and self._model.rowCount():
            place = 0
        if place is not None:
            choose_row(self, place)
