"""The list of windows as a Qt table; cells are made when a window changes, not when they are painted."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from patchgui.ui.widgets.keyed_table import KeyedModel
from patchgui.ui.windows.moments import my_zone_name, utc_now
from patchgui.ui.windows.rows import WindowQuery, WindowRow, cells, next_tooltip

_Index = QModelIndex | QPersistentModelIndex
HEADERS: Final = ("Window", "State", "Schedule", "Opens next", "Open for")
NAME, STATE, SCHEDULE, NEXT, OPEN_FOR = range(5)
SECOND_LINE: Final = int(Qt.ItemDataRole.UserRole) + 1
"""The role of a cell's quiet second line."""


class WindowsModel(KeyedModel[WindowRow, tuple[str, str]]):
    """Holds all windows and shows those that the filter keeps; a cell is its words and its quiet second line."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADERS, attrgetter("window_id"), parent)
        self._rows: tuple[WindowRow, ...] = ()
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

    def tsv(self, places: Iterable[int]) -> str:
        """Return rows as a table of tabs, the headers first."""
        lines = ["\t".join(HEADERS)]
        for place in places:
            row = self._shown[place]
            opens = row.next_at.isoformat() if row.next_at else ""
            shown = [first for first, _ in self._cells[place]]
            shown[NEXT] = opens
            lines.append("\t".join(shown))
        return "\n".join(lines)

    def _publish(self) -> None:
        now = utc_now()
        wanted = [row for row in self._rows if self._query.matches(row)]
        self._show(wanted, [cells(row, now) for row in wanted])

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        told = super().headerData(section, orientation, role)
        is_next = told is not None and section == NEXT and role == Qt.ItemDataRole.DisplayRole
        return f"{told} (yours: {my_zone_name()})" if is_next else told

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
            row = self._shown[index.row()]
            told = {NEXT: next_tooltip(row), NAME: "\n".join(filter(None, (first, second, row.window_id)))}
            return told.get(index.column(), "\n".join(filter(None, (first, second))))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (f"{HEADERS[index.column()]}: {first}", second)))
        return None
