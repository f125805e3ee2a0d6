"""The list of windows as a Qt table; cells are made when a window changes, not when they are painted."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from patchgui.ui.windows.moments import my_zone_name, utc_now
from patchgui.ui.windows.rows import WindowQuery, WindowRow, cells, next_tooltip

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
HEADERS: Final = ("Window", "State", "Schedule", "Opens next", "Open for")
NAME, STATE, SCHEDULE, NEXT, OPEN_FOR = range(5)
SECOND_LINE: Final = int(Qt.ItemDataRole.UserRole) + 1
"""The role of a cell's quiet second line."""


class WindowsModel(QAbstractTableModel):
    """Holds all windows and shows those that the filter keeps."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[WindowRow, ...] = ()
        self._visible: list[WindowRow] = []
        self._cells: list[tuple[tuple[str, str], ...]] = []
        self._query = WindowQuery()

    def show_rows(self, rows: Sequence[WindowRow]) -> None:
        """Take the newest windows; rows that stay are only repainted."""
        self._rows = tuple(rows)
        self._publish()

    def set_query(self, query: WindowQuery) -> None:
        """Show only windows that match."""
        self._query = query
        self._publish()

    def refresh_times(self) -> None:
        """Tell anew how long it is until the windows open."""
        self._publish()

    @property
    def total(self) -> int:
        """How many windows there are, shown or not."""
        return len(self._rows)

    @property
    def rows(self) -> tuple[WindowRow, ...]:
        """All windows, shown or not."""
        return self._rows

    def row_at(self, place: int) -> WindowRow:
        """Return the window shown in a row."""
        return self._visible[place]

    def place_of(self, window_id: str) -> int | None:
        """Return the row that shows a window, if it is shown."""
        return next((place for place, row in enumerate(self._visible) if row.window_id == window_id), None)

    def tsv(self, places: Iterable[int]) -> str:
        """Return rows as a table of tabs, the headers first."""
        lines = ["\t".join(HEADERS)]
        for place in places:
            row = self._visible[place]
            opens = row.next_at.isoformat() if row.next_at else ""
            shown = [first for first, _ in self._cells[place]]
            shown[NEXT] = opens
            lines.append("\t".join(shown))
        return "\n".join(lines)

    def _publish(self) -> None:
        now = utc_now()
        wanted = [row for row in self._rows if self._query.matches(row)]
        made = [cells(row, now) for row in wanted]
        if [row.window_id for row in wanted] == [row.window_id for row in self._visible]:
            changed = wanted != self._visible or made != self._cells
            self._visible, self._cells = wanted, made
            if wanted and changed:
                self.dataChanged.emit(self.index(0, 0), self.index(len(wanted) - 1, len(HEADERS) - 1))
            return
        self.beginResetModel()
        self._visible, self._cells = wanted, made
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._visible)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{HEADERS[section]} (yours: {my_zone_name()})" if section == NEXT else HEADERS[section]
        return None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        first, second = self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return first
        if role == SECOND_LINE:
            return second
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self._visible[index.row()]
            told = {NEXT: next_tooltip(row), NAME: "\n".join(filter(None, (first, second, row.window_id)))}
            return told.get(index.column(), "\n".join(filter(None, (first, second))))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (f"{HEADERS[index.column()]}: {first}", second)))
        return None
