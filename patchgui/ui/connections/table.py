"""The table of connections: one row each, with its colour and how it stands."""

from math import ceil
from operator import attrgetter
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.connection_look import MARK_PX, paint_mark
from patchgui.ui.connections.presenter import ConnectionRow
from patchgui.ui.connections.words import account_words, place_words, profile_words
from patchgui.ui.icons import paint_icon
from patchgui.ui.widgets.keyed_table import KeyedModel, KeyedTable
from patchgui.ui.widgets.list_style import SIDE_PX, ListDelegate, choose_row, column_px, em_px

_Index = QModelIndex | QPersistentModelIndex
HEADERS: Final = ("Connection", "Profile", "Region", "Account", "State")
LABEL, PROFILE, PLACE, ACCOUNT, STATE = range(5)
_WIDTHS_EM = {PROFILE: 14, ACCOUNT: 11, STATE: 12}
_LABEL_EM = (12, 24)
_PLACE_EM = 11
"""Where less is left for the region, the account gives way: it stands beside the table too."""


class ConnectionsModel(KeyedModel[ConnectionRow, str]):
    """Holds the rows of the page."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADERS, attrgetter("connection.id"), parent)

    def show_rows(self, rows: tuple[ConnectionRow, ...]) -> None:
        """Take the newest rows."""
        self._show(rows, [_cells(row) for row in rows])

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell
        if role == Qt.ItemDataRole.ToolTipRole:
            is_here = index.column() == LABEL and self._shown[index.row()].is_current
            return f"{cell}: you work here" if is_here else cell
        if role == Qt.ItemDataRole.AccessibleTextRole:
            current = ", the one you work on" if self._shown[index.row()].is_current else ""
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


class ConnectionsTable(KeyedTable[ConnectionsModel]):
    """Shows a :class:`ConnectionsModel`; where the chosen one goes, the first is chosen."""

    def __init__(self, model: ConnectionsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, "Connections", PLACE, parent)
        self.setItemDelegate(_Delegate(model))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.size_columns()

    @override
    def size_columns(self) -> None:
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

    @override
    def _on_reset(self) -> None:
        self.size_columns()
        super()._on_reset()
        if self._model.place_of(self._chosen) is None and self._model.rowCount():
            choose_row(self, 0)
