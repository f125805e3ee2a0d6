"""The history as a Qt table, newest first; cells are made when a run changes, not when they are painted."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from patchgui.ui.run.spans import utc_now
from patchgui.ui.runs.run_row import TITLES, Column, RunRow, cells_of, is_active, tooltip_of

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_RIGHT: Final = frozenset({Column.DURATION})


class RunsModel(QAbstractTableModel):
    """Holds the rows that have been fetched so far; asks for more when somebody comes near the end of them."""

    more_wanted = Signal()
    """The last row is in sight, and there are more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._cells: list[tuple[str, ...]] = []
        self._place_of: dict[str, int] = {}
        self._has_more = False

    def show_rows(self, rows: Sequence[RunRow], *, has_more: bool = False) -> None:
        """Take the newest rows: those that stay are only repainted, and new ones put in between."""
        self._has_more = has_more
        if [row.key for row in rows] != [row.key for row in self._rows] and not self._insert(rows):
            self.beginResetModel()
            self._set(rows)
            self.endResetModel()
            return
        self._repaint(rows)

    def refresh_times(self) -> None:
        """Count the durations of what still runs up to now."""
        now = utc_now()
        for place, row in enumerate(self._rows):
            if is_active(row.run):
                self._cells[place] = cells_of(row, now)
                self.dataChanged.emit(self.index(place, Column.DURATION), self.index(place, Column.DURATION))

    @property
    def is_of_several(self) -> bool:
        """Whether the runs come from several connections, so that each has to say from which."""
        return len({row.run.connection.id for row in self._rows if row.run.connection is not None}) > 1

    @property
    def has_more(self) -> bool:
        """Whether there are rows that have not been fetched."""
        return self._has_more

    @property
    def rows(self) -> Sequence[RunRow]:
        """The rows that have been fetched."""
        return self._rows

    def row_at(self, place: int) -> RunRow:
        """Return one row."""
        return self._rows[place]

    def cells_at(self, place: int) -> tuple[str, ...]:
        """Return the words of one row."""
        return self._cells[place]

    def place_of(self, run_id: str) -> int | None:
        """Return the row that shows a run, if it is shown."""
        return self._place_of.get(run_id)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _set(self, rows: Sequence[RunRow]) -> None:
        now = utc_now()
        self._rows = list(rows)
        self._cells = [cells_of(row, now) for row in rows]
        self._number()

    def _number(self) -> None:
        self._place_of = {row.key: place for place, row in enumerate(self._rows)}

    def _insert(self, rows: Sequence[RunRow]) -> bool:
        """Put new rows between those that stay, in blocks; return False where rows went or changed their order."""
        if not self._rows or [row.key for row in rows if row.key in self._place_of] != [r.key for r in self._rows]:
            return False
        known, place, now = set(self._place_of), 0, utc_now()
        while place < len(rows):
            if rows[place].key in known:
                place += 1
                continue
            end = place
            while end < len(rows) and rows[end].key not in known:
                end += 1
            self.beginInsertRows(_NO_PARENT, place, end - 1)
            self._rows[place:place] = rows[place:end]
            self._cells[place:place] = [cells_of(row, now) for row in rows[place:end]]
            self._number()
            self.endInsertRows()
            place = end
        return True

    def _repaint(self, rows: Sequence[RunRow]) -> None:
        now = utc_now()
        changed = [place for place, row in enumerate(rows) if row != self._rows[place]]
        for place in changed:
            self._rows[place], self._cells[place] = rows[place], cells_of(rows[place], now)
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(TITLES) - 1))

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(TITLES)

    @override
    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and self._has_more

    @override
    def fetchMore(self, parent: _Index) -> None:
        if not parent.isValid() and self._has_more:
            self.more_wanted.emit()

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(section) | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        place, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[place][column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_of(self._rows[place], column) or self._cells[place][column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{TITLES[column]}: {self._cells[place][column]}"
        return None


def side_of(column: int) -> Qt.AlignmentFlag:
    """Return the side on which a column's words stand: numbers to the right."""
    return Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
