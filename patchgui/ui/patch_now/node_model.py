"""The model of the node table: all rows, those that are visible, and those that are picked.

Filter and sort happen here, over keys made once per row; Qt only draws. A
proxy model written in Python takes seconds at 100,000 rows where this takes
milliseconds (``make bench`` measures it).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from patchgui.patching.node_query import NodeFilter, NodeQuery, parse_query, row_key
from patchgui.ui.patch_now.node_cells import TITLES, Cells, Column, cells_of, sort_key

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_DISPLAY = Qt.ItemDataRole.DisplayRole


class NodeTableModel(QAbstractTableModel):
    """Nodes of one connection. What is picked stays picked when the filter hides it."""

    picks_changed = Signal()
    """Other nodes are picked now."""
    shown_changed = Signal()
    """Other rows are visible, or their order changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[NodeRow] = []
        self._cells: list[Cells] = []
        self._keys: list[str] = []
        self._sort_keys: list[Any] = []
        self._place_of: dict[str, int] = {}
        self._only: frozenset[str] | None = None
        self._filter_is_old = False
        self._order: list[int] = []
        self._filter = NodeFilter()
        self._visible: list[int] = []
        self._picked: set[str] = set()
        self.longest = [""] * len(TITLES)
        """The longest text of each column so far: what columns are sized by."""
        self.last_scan_at: datetime | None = None
        """When any of the nodes was scanned last."""
        self._visible_picked = 0
        self._query = parse_query("")
        self._sort_column = Column.NAME
        self._descending = False

    # -- what Qt asks --------------------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._visible)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(TITLES)

    @override
    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        at = self._visible[index.row()]
        if role == _DISPLAY:
            return self._cells[at].texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._cells[at].tooltip
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == Column.PICK:
            return "picked" if self._rows[at].instance_id in self._picked else "not picked"
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == Column.PICK:
            picked = self._rows[at].instance_id in self._picked
            return Qt.CheckState.Checked if picked else Qt.CheckState.Unchecked
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == _DISPLAY:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return base | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.PICK else base

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column == Column.PICK:
            return
        self._sort_column = Column(column)
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._sort_keys = [sort_key(row, self._sort_column) for row in self._rows]
        self.publish()

    @property
    def sort_column(self) -> Column:
        """What the rows are ordered by."""
        return self._sort_column

    @property
    def sort_order(self) -> Qt.SortOrder:
        """Which way they are ordered."""
        return Qt.SortOrder.DescendingOrder if self._descending else Qt.SortOrder.AscendingOrder

    # -- rows ----------------------------------------------------------------------------------------------------------

    def replace_all(self, rows: "Sequence[NodeRow]") -> None:
        """Show these nodes instead; picks of nodes that still exist stay."""
        self._forget_rows()
        self.take(rows)
        self.publish()
        self._drop_picks_of_gone()

    def take(self, rows: "Iterable[NodeRow]", now: datetime | None = None) -> None:
        """Take nodes in, each in place of an earlier row of the same node; :meth:`publish` brings them on screen."""
        moment = now or datetime.now(UTC)
        for row in rows:
            cells, key, order = cells_of(row, moment), row_key(row), sort_key(row, self._sort_column)
            at = self._place_of.setdefault(row.instance_id, len(self._rows))
            if at == len(self._rows):
                self._rows.append(row)
                self._cells.append(cells)
                self._keys.append(key)
                self._sort_keys.append(order)
            else:
                self._rows[at], self._cells[at], self._keys[at], self._sort_keys[at] = row, cells, key, order
            self._measure(row, cells)

    def publish(self) -> None:
        """Bring what was taken in on screen, in order and filtered."""
        self._reorder()
        self._publish()

    def keep_only(self, instance_ids: Collection[str]) -> None:
        """Drop the nodes that are not among these; their picks too."""
        # A node that was reset was never scanned: what an earlier reading knew counts no longer.
        self.last_scan_at = max((row.last_scan_at for row in self._rows if row.last_scan_at), default=None)
        if len(self._rows) == len(instance_ids) and self._place_of.keys() <= set(instance_ids):
            return
        kept = [at for at, row in enumerate(self._rows) if row.instance_id in instance_ids]
        self.beginResetModel()
        self._rows = [self._rows[at] for at in kept]
        self._cells = [self._cells[at] for at in kept]
        self._keys = [self._keys[at] for at in kept]
        self._sort_keys = [self._sort_keys[at] for at in kept]
        self._place_of = {row.instance_id: at for at, row in enumerate(self._rows)}
        self._reorder()
        self._visible = self._matching()
        self._count_picks()
        self.endResetModel()
        self.shown_changed.emit()
        self._drop_picks_of_gone()

    def show_only(self, instance_ids: Iterable[str] | None) -> None:
        """Show only these nodes, whatever the filter says of others; None shows all of them again."""
        self._only = None if instance_ids is None else frozenset(instance_ids)
        self._publish()

    def set_query(self, query: NodeQuery) -> None:
        """Show only what matches."""
        self._query = query
        self._publish()

    @property
    def total(self) -> int:
        """How many nodes there are, shown or not."""
        return len(self._rows)

    @property
    def rows(self) -> "Sequence[NodeRow]":
        """All nodes, in the order in which they came."""
        return self._rows

    @property
    def online_count(self) -> int:
        """How many nodes answer."""
        return sum(row.is_online for row in self._rows)

    def row_at(self, row: int) -> "NodeRow":
        """Return the node in a visible row."""
        return self._rows[self._visible[row]]

    def cells_at(self, row: int) -> Cells:
        """Return what stands in a visible row."""
        return self._cells[self._visible[row]]

    def visible_rows(self) -> "list[NodeRow]":
        """Return the visible nodes in their order."""
        return [self._rows[at] for at in self._visible]

    def row_of(self, instance_id: str) -> int:
        """Return the visible row of a node, or -1."""
        for row, at in enumerate(self._visible):
            if self._rows[at].instance_id == instance_id:
                return row
        return -1

    # -- picks ---------------------------------------------------------------------------------------------------------

    @property
    def picked_ids(self) -> tuple[str, ...]:
        """The picked nodes' ids, in the order of the table."""
        return tuple(row.instance_id for row in self.picked_rows())

    def picked_rows(self) -> "list[NodeRow]":
        """Return the picked nodes in the order of the table, hidden ones included."""
        if not self._picked:
            return []
        return [self._rows[at] for at in self._order if self._rows[at].instance_id in self._picked]

    @property
    def picked_count(self) -> int:
        """How many nodes are picked."""
        return len(self._picked)

    @property
    def hidden_picks(self) -> int:
        """How many picked nodes the filter hides."""
        return len(self._picked) - self._visible_picked

    @property
    def visible_pick_state(self) -> Qt.CheckState:
        """Whether all, some or none of the visible nodes are picked."""
        if not self._visible_picked:
            return Qt.CheckState.Unchecked
        every = self._visible_picked == len(self._visible)
        return Qt.CheckState.Checked if every else Qt.CheckState.PartiallyChecked

    def set_picked(self, first: int, last: int, *, picked: bool) -> None:
        """Pick or leave the visible rows from ``first`` to ``last``, both included."""
        low, high = sorted((first, last))
        ids = {self._rows[at].instance_id for at in self._visible[low : high + 1]}
        self._change_picks(self._picked | ids if picked else self._picked - ids)

    def is_picked(self, row: int) -> bool:
        """Return whether the node in a visible row is picked."""
        return self.row_at(row).instance_id in self._picked

    def pick_ids(self, ids: Iterable[str]) -> None:
        """Pick exactly these nodes, as far as they exist."""
        known = {row.instance_id for row in self._rows}
        self._change_picks(known.intersection(ids))

    def pick_everything_that_matches(self) -> None:
        """Pick every visible node: what Ctrl+A means."""
        self._change_picks(self._picked | {self._rows[at].instance_id for at in self._visible})

    def pick_nothing(self) -> None:
        """Leave every node, hidden ones too."""
        self._change_picks(set())

    def as_tsv(self, columns: Sequence[int]) -> str:
        """Return the picked nodes, or all visible ones when none is picked, as tab-separated lines with a header."""
        chosen = [at for at in self._order if self._rows[at].instance_id in self._picked] or self._visible
        lines = ["\t".join(TITLES[column] for column in columns)]
        lines += ["\t".join(self._cells[at].texts[column] for column in columns) for at in chosen]
        return "\n".join(lines) + "\n"

    # -- inside --------------------------------------------------------------------------------------------------------

    def _forget_rows(self) -> None:
        self._rows, self._cells, self._keys, self._sort_keys, self._place_of = [], [], [], [], {}
        self.longest, self.last_scan_at = [""] * len(TITLES), None

    def _drop_picks_of_gone(self) -> None:
        gone = self._picked - self._place_of.keys()
        if gone:
            self._picked = self._picked.difference(gone)
            self.picks_changed.emit()

    def _measure(self, row: "NodeRow", cells: Cells) -> None:
        scanned = row.last_scan_at
        if scanned is not None and (self.last_scan_at is None or scanned > self.last_scan_at):
            self.last_scan_at = scanned
        longest = self.longest
        for column, text in enumerate(cells.texts):
            if len(text) > len(longest[column]):
                longest[column] = text

    def _reorder(self) -> None:
        self._order = sorted(range(len(self._sort_keys)), key=self._sort_keys.__getitem__, reverse=self._descending)
        # Read anew when somebody filters: while pages stream in, nobody does as a rule.
        self._filter_is_old = True

    def prepare_filter(self) -> None:
        """Read the rows for filtering now, so that the first keystroke need not."""
        if self._filter_is_old:
            self._filter.replace_keys([self._keys[at] for at in self._order], self._order)
            self._filter_is_old = False

    def _matching(self) -> list[int]:
        found = self._order
        if self._query.terms:
            self.prepare_filter()
            found = self._filter.apply(self._query)
        only, rows = self._only, self._rows
        return found if only is None else [at for at in found if rows[at].instance_id in only]

    def _publish(self) -> None:
        visible = self._matching()
        self.beginResetModel()
        self._visible = visible
        self._count_picks()
        self.endResetModel()
        self.shown_changed.emit()

    def _change_picks(self, picked: set[str]) -> None:
        if picked == self._picked:
            return
        self._picked = picked
        self._count_picks()
        if self._visible:
            last = self.index(len(self._visible) - 1, len(TITLES) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.picks_changed.emit()

    def _count_picks(self) -> None:
        if not self._picked:
            self._visible_picked = 0
        elif len(self._visible) == len(self._rows):
            self._visible_picked = len(self._picked)
        else:
            picked, rows = self._picked, self._rows
            self._visible_picked = sum(rows[at].instance_id in picked for at in self._visible)
