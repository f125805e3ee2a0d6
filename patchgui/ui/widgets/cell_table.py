"""A table of ready-made cells over any kind of row: sorting and filtering over keys in Python, Qt only draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.widgets.list_style import SIDE_PX, ListDelegate, column_px, dress_list

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_ROLE_CELL: Final = Qt.ItemDataRole.UserRole
_ROLE_NUMBER: Final = Qt.ItemDataRole.UserRole + 1
Row = TypeVar("Row")
SortKey = str | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width in letters, and whether it holds numbers."""

    head: str
    width_em: float
    is_number: bool = False
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``ink`` is ``text``, ``dim``, ``strong`` or a tone; ``state`` makes it a chip of that state.

    ``chips`` are drawn in place of the text, one after the other: a state and its words each.
    """

    text: str
    key: SortKey = None
    ink: str = "text"
    state: str = ""
    tooltip: str = ""
    chips: tuple[tuple[str, str], ...] = ()


class CellModel(QAbstractTableModel, Generic[Row]):
    """Rows in the order given, unless sorted. ``cells`` makes a row's cells, when they are first looked at."""

    def __init__(
        self, columns: Sequence[Column], cells: Callable[[Row], Sequence[Cell]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._cells_of = cells
        self._rows: list[Row] = []
        self._shown: list[int] = []
        self._made: dict[int, Sequence[Cell]] = {}
        self._keep: Callable[[Row], bool] | None = None
        self.sorting: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; order and filter stay."""
        self.beginResetModel()
        self._rows, self._made = list(rows), {}
        self._shown = self._wanted()
        self.endResetModel()

    def keep(self, keep: Callable[[Row], bool] | None) -> None:
        """Show only the rows that ``keep`` holds for; None shows all."""
        self.beginResetModel()
        self._keep = keep
        self._shown = self._wanted()
        self.endResetModel()

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order in which rows were given. What has no value stands last either way."""
        self.beginResetModel()
        self.sorting = (column, order)
        self._shown = self._wanted()
        self.endResetModel()

    def _wanted(self) -> list[int]:
        kept = [number for number, row in enumerate(self._rows) if self._keep is None or self._keep(row)]
        column, order = self.sorting
        if column < 0:
            return kept
        keyed = [(self._cells(number)[column].key, number) for number in kept]
        known = sorted(
            (pair for pair in keyed if pair[0] is not None),
            key=lambda pair: pair[0],  # type: ignore[arg-type,return-value]  # the keys of a column are of one type
            reverse=order is Qt.SortOrder.DescendingOrder,
        )
        return [number for _key, number in known] + [number for key, number in keyed if key is None]

    def _cells(self, number: int) -> Sequence[Cell]:
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = self._cells_of(self._rows[number])
        return made

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._rows)

    def row_at(self, place: int) -> Row:
        """Return the row that is shown at a place."""
        return self._rows[self._shown[place]]

    def cell_at(self, place: int, column: int) -> Cell:
        """Return a cell that is shown."""
        return self._cells(self._shown[place])[column]

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.head
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.cell_at(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tooltip or cell.text or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.columns[index.column()].head}: {cell.tooltip or cell.text or 'nothing'}"
        if role == _ROLE_CELL:
            return cell
        if role == _ROLE_NUMBER:
            return self.columns[index.column()].is_number
        return None


class CellTable(QTableView):
    """Shows a :class:`CellModel`. A click on a head sorts by it, then the other way round, then not at all."""

    row_opened = Signal(object)
    """The row on which Enter was pressed, or that was double-clicked."""
    row_chosen = Signal(object)
    """The row that became current by a click or a key."""

    def __init__(self, model: CellModel[Any], name: str, stretched: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = model
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        dress_list(self, name, stretched)
        columns = self.horizontalHeader()
        columns.setSectionsClickable(True)
        columns.sectionClicked.connect(self._on_head_clicked)
        for number, column in enumerate(model.columns):
            if number != stretched:
                self.setColumnWidth(number, column_px(self, column.width_em))
        self.doubleClicked.connect(self._on_opened)
        self.clicked.connect(self._on_clicked)

    def copied_text(self) -> str:
        """Return the chosen rows, or all, as tab separated values with a head line."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        columns = range(len(self._cells.columns))
        lines = ["\t".join(column.head for column in self._cells.columns)]
        lines.extend(
            "\t".join(self._cells.cell_at(place, column).text for column in columns)
            for place in chosen or range(self._cells.rowCount())
        )
        return "\n".join(lines)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied_text())
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._on_opened(self.currentIndex())
        else:
            before = self.currentIndex().row()
            super().keyPressEvent(event)
            if self.currentIndex().isValid() and self.currentIndex().row() != before:
                self._on_clicked(self.currentIndex())

    def _on_opened(self, index: QModelIndex) -> None:
        self.row_opened.emit(self._cells.row_at(index.row()))

    def _on_clicked(self, index: QModelIndex) -> None:
        self.row_chosen.emit(self._cells.row_at(index.row()))

    def _on_head_clicked(self, column: int) -> None:
        last, order = self._cells.sorting
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        wanted = (column, up) if column != last else (column, down) if order is up else (-1, up)
        self._cells.sort(*wanted)
        self.horizontalHeader().setSortIndicatorShown(wanted[0] >= 0)
        self.horizontalHeader().setSortIndicator(max(wanted[0], 0), wanted[1])


class _CellDelegate(ListDelegate):
    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        quiet = self.paint_ground(painter, option)
        cell: Cell = index.data(_ROLE_CELL)
        chips = cell.chips or (((cell.state, cell.text),) if cell.state else ())
        if chips:
            painter.save()
            painter.setClipRect(option.rect)
            room = option.rect
            for state, words in chips:
                room = room.adjusted(self.paint_chip(painter, room, state, words, option.font), 0, 0, 0)
            painter.restore()
            return
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if cell.ink == "strong" else QFont.Weight.Normal)
        painter.setFont(font)
        inks = {"text": theme.current().text, "strong": theme.current().text, "dim": quiet}
        painter.setPen(inks.get(cell.ink) or theme.role(cell.ink).fg)
        side = Qt.AlignmentFlag.AlignRight if index.data(_ROLE_NUMBER) else Qt.AlignmentFlag.AlignLeft
        self.paint_words(painter, option.rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0), cell.text, side)
