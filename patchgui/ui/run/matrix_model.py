"""Nodes × phases as a Qt table. Sorting and filtering happen here, over ready keys; Qt only draws."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from typing_extensions import override

from patchgui.patching.node_state import BAD, MOVING, node_state
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.ui.run.grouping import NONE, GroupHeader, GroupKey, Groups, Tags
from patchgui.ui.run.matrix_filter import MatrixFilter
from patchgui.ui.run.reboots import Reboots
from patchgui.ui.run.spans import cell_text, utc_now

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_SEVERITY: Final = {
    state: place
    for place, state in enumerate(
        (
            PhaseState.FAILED,
            PhaseState.TIMED_OUT,
            PhaseState.UNKNOWN,
            PhaseState.CANCELLED,
            PhaseState.REBOOTING,
            PhaseState.RUNNING,
            PhaseState.SKIPPED,
            PhaseState.SUCCESS,
        )
    )
}
_MAX_RANGES: Final = 64
_REGROUP_MS: Final = 250
"""Rows that change groups move this often at most: a table that never stands still cannot be read."""


def _nothing() -> None:
    """Change nothing."""


class MatrixModel(QAbstractTableModel):
    """One row per node, a column for its name and one per phase.

    Rows hold what the watcher told; ``publish`` tells the view once for a whole batch.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._nodes: list[NodeProgress] = []
        self._states: list[PhaseState] = []
        self._keys: list[str] = []
        self._row_of: dict[str, int] = {}
        self._order: list[int] = []
        self._kept: list[int] = []
        self._visible: list[int] = []
        self._groups = Groups()
        self.reboots = Reboots()
        """How nodes that are away stand; the presenter tells it what is known of earlier reboots."""
        self._place_of: dict[int, int] = {}
        self._filter = MatrixFilter()
        self._sorting: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._touched: set[int] = set()
        self._regrouping = QTimer(self)
        self._regrouping.setSingleShot(True)
        self._regrouping.setInterval(_REGROUP_MS)
        self._regrouping.timeout.connect(self._lay_out)

    # -- what is in it ------------------------------------------------------------------------------------------------

    def open(self, phase_labels: Sequence[str], nodes: Iterable[NodeProgress]) -> None:
        """Show another run."""
        self.beginResetModel()
        self._labels = tuple(phase_labels)
        self._nodes = list(nodes)
        self._states = [node_state(node) for node in self._nodes]
        self._keys = [f"{node.name}\n{node.instance_id}".lower() for node in self._nodes]
        self._row_of = {node.instance_id: row for row, node in enumerate(self._nodes)}
        self._touched.clear()
        self._groups.choose(NONE, {})
        self._order = self._sorted_rows()
        self._show(self._filtered(self._order))
        self.endResetModel()

    def replace(self, node: NodeProgress) -> NodeProgress | None:
        """Keep the newest state of one node; return the one it had. Nothing is repainted before ``publish``."""
        row = self._row_of.get(node.instance_id)
        if row is None:
            self._row_of[node.instance_id] = len(self._nodes)
            self._nodes.append(node)
            self._states.append(node_state(node))
            self._keys.append(f"{node.name}\n{node.instance_id}".lower())
            return None
        old, self._nodes[row] = self._nodes[row], node
        self._states[row] = state = node_state(node)
        self._groups.put(row, node, state)
        self._touched.add(row)
        return old

    def publish(self) -> None:
        """Tell the view what came and what changed since the last call, as one range each."""
        self._publish_new()
        if not self._touched:
            return
        if self._groups.grouping:
            self._regroup_soon()
        elif self._filter.follows_states:
            self._refilter()
        places = [place for row in self._touched if (place := self._place_of.get(row)) is not None]
        self._touched.clear()
        if places:
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(self._labels)))

    def _publish_new(self) -> None:
        """Nodes that came late stand at the end, whatever the order: nothing moves under the pointer."""
        fresh = range(len(self._order), len(self._nodes))
        if not fresh:
            return
        self._order.extend(fresh)
        if self._groups.grouping:
            self._regroup_soon()
            return
        shown = self._filtered(fresh)
        if not shown:
            return
        first = len(self._visible)
        self.beginInsertRows(_NO_PARENT, first, first + len(shown) - 1)
        self._visible.extend(shown)
        self._place_of.update(zip(shown, range(first, first + len(shown)), strict=True))
        self.endInsertRows()

    @property
    def total(self) -> int:
        """How many nodes the run has, shown or not."""
        return len(self._nodes)

    @property
    def sorting(self) -> tuple[int, Qt.SortOrder]:
        """The column that rows are sorted by (-1: the order of the run) and how."""
        return self._sorting

    def node_at(self, place: int) -> NodeProgress:
        """Return the node shown in the ``place``-th row of the view, which is no header."""
        return self._nodes[self._visible[place]]

    def header_at(self, place: int) -> GroupHeader | None:
        """Return the header that stands in the ``place``-th row of the view, or None where a node does."""
        row = self._visible[place]
        return self._groups.headers[~row] if row < 0 else None

    def words_at(self, place: int, column: int, now: datetime) -> str:
        """Return the words of a cell of the view, without the way through Qt."""
        if self._visible[place] < 0:
            return ""
        node = self.node_at(place)
        if column == 0:
            return node.name or node.instance_id
        if column > len(node.phases):
            return ""
        return self._words(node, node.phases[column - 1], now)

    def _words(self, node: NodeProgress, phase: PhaseProgress, now: datetime) -> str:
        clock = self.reboots.clock(node, now) if phase.state is PhaseState.REBOOTING else None
        return cell_text(phase, node, now, clock)

    def rebooting(self) -> list[NodeProgress]:
        """Return the nodes that are away for a reboot."""
        away = PhaseState.REBOOTING
        return [self._nodes[row] for row, state in enumerate(self._states) if state is away]

    def place_of(self, instance_id: str) -> int | None:
        """Return the row of the view that shows a node, or ``None`` while the filter hides it."""
        row = self._row_of.get(instance_id)
        return None if row is None else self._place_of.get(row)

    def node(self, instance_id: str) -> NodeProgress | None:
        """Return the newest state of a node."""
        row = self._row_of.get(instance_id)
        return None if row is None else self._nodes[row]

    def nodes(self) -> Sequence[NodeProgress]:
        """Return all nodes in the order of the run. Not to be changed."""
        return self._nodes

    def kept_rows(self) -> Sequence[int]:
        """Return the numbers of the nodes that the filter keeps, in the order of the rows. Not to be changed."""
        return self._kept

    def node_of(self, row: int) -> NodeProgress:
        """Return the node with a number of :meth:`kept_rows`."""
        return self._nodes[row]

    def worst(self) -> NodeProgress | None:
        """Return the node to show first: one that failed, else one that moves, else the first of all."""
        for wanted in (BAD, MOVING):
            for row, state in enumerate(self._states):
                if state in wanted:
                    return self._nodes[row]
        return self._nodes[0] if self._nodes else None

    # -- order and filter ---------------------------------------------------------------------------------------------

    def set_filter(self, wanted: MatrixFilter) -> None:
        """Show only the rows that ``wanted`` keeps."""
        if wanted != self._filter:
            self._filter = wanted
            self._refilter()

    def group(self, grouping: str, tags: Tags) -> None:
        """Show rows in groups (see :mod:`patchgui.ui.run.grouping`); ``NONE`` is the plain list."""
        self._lay_out(partial(self._groups.choose, grouping, tags))

    @property
    def grouping(self) -> str:
        """What rows are grouped by."""
        return self._groups.grouping

    def fold(self, place: int, *, folded: bool) -> None:
        """Fold the group whose header stands in a row of the view, or open it."""
        header = self.header_at(place)
        if header is not None and header.is_folded != folded:
            self._groups.fold(header.key, folded=folded)
            self._lay_out()

    def _regroup_soon(self) -> None:
        if not self._regrouping.isActive():
            self._regrouping.start()

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by the node's name or by how bad a phase is; -1 is the order of the run.

        The order stays while the run moves: a row must not jump from under the pointer.
        """
        self._sorting = (column, order)
        self._order = self._sorted_rows()
        self._lay_out()

    def _lay_out(self, change: Callable[[], None] = _nothing) -> None:
        """Put all rows where they belong after ``change``; who holds a row holds it still, a header by its group."""
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        rows_held = [self._mark_of(index.row()) for index in held]
        change()
        self._show(self._filtered(self._order))
        places = {header.key: self._place_of[~number] for number, header in enumerate(self._groups.headers)}
        moved = []
        for mark, index in zip(rows_held, held, strict=True):
            place = self._place_of.get(mark) if isinstance(mark, int) else places.get(mark)
            moved.append(QModelIndex() if place is None else self.index(place, index.column()))
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _mark_of(self, place: int) -> int | GroupKey:
        row = self._visible[place]
        return row if row >= 0 else self._groups.headers[~row].key

    def _filtered(self, order: Sequence[int]) -> list[int]:
        return self._filter.rows(order, self._keys, self._states, self._nodes)

    def _sorted_rows(self) -> list[int]:
        column, order = self._sorting
        rows = range(len(self._nodes))
        if column < 0:
            return list(rows)
        if column == 0:
            keys: list[Any] = self._keys
        else:
            last = len(_SEVERITY)
            keys = [_SEVERITY.get(node.phases[column - 1].state, last) for node in self._nodes]
        return sorted(rows, key=keys.__getitem__, reverse=order is Qt.SortOrder.DescendingOrder)

    def _show(self, kept: list[int]) -> None:
        self._kept = kept
        # One list where there are no headers: what is put into it is in both.
        self._visible = self._groups.lay_out(kept, self._nodes, self._states) if self._groups.grouping else kept
        self._place_of = {row: place for place, row in enumerate(self._visible)}

    def _refilter(self) -> None:
        wanted = self._filtered(self._order)
        if wanted == self._kept:
            return
        if self._groups.grouping:
            self._lay_out()
            return
        kept = set(wanted)
        gone = _ranges(place for place, row in enumerate(self._visible) if row not in kept)
        come = _ranges(place for place, row in enumerate(wanted) if row not in self._place_of)
        if len(gone) + len(come) > _MAX_RANGES:
            self.beginResetModel()
            self._show(wanted)
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(_NO_PARENT, first, last)
            self._show(self._visible[:first] + self._visible[last + 1 :])
            self.endRemoveRows()
        for first, last in come:
            self.beginInsertRows(_NO_PARENT, first, last)
            self._show(self._visible[:first] + wanted[first : last + 1] + self._visible[first:])
            self.endInsertRows()

    # -- what Qt asks -------------------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return how many nodes are shown."""
        return 0 if parent.isValid() else len(self._visible)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return one column for the name and one per phase."""
        return 0 if parent.isValid() or not self._labels else len(self._labels) + 1

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the phase's label."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "Node" if section == 0 else self._labels[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return words, tooltip and spoken text; the delegate takes the node itself by ``node_at``."""
        if not index.isValid():
            return None
        row = self._visible[index.row()]
        if row < 0:
            return self._header_data(self._groups.headers[~row], index.column(), role)
        node = self._nodes[row]
        if index.column() == 0:
            return self._name_data(node, role)
        return self._phase_data(node, index.column() - 1, role)

    @staticmethod
    def _header_data(header: GroupHeader, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and column == 0:
            return header.key.label
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return f"{header.words}. {'Folded' if header.is_folded else 'Open'}."
        return None

    def _name_data(self, node: NodeProgress, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return node.name or node.instance_id
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(dict.fromkeys(filter(None, (node.name, node.instance_id, node.headline))))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{node.name or node.instance_id}: {node.headline or node_state(node).label}"
        return None

    def _phase_data(self, node: NodeProgress, number: int, role: int) -> Any:
        if number >= len(node.phases):
            return None
        phase: PhaseProgress = node.phases[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(node, phase, utc_now())
        said = phase.reason
        if phase.state is PhaseState.REBOOTING:
            said = self.reboots.sentence(node, utc_now()) or said
        if role == Qt.ItemDataRole.ToolTipRole:
            return said or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = said or cell_text(phase, node, utc_now())
            return f"{node.name or node.instance_id}, {self._labels[number]}: {phase.state.label}, {said}"
        return None


def _ranges(places: Iterable[int]) -> list[tuple[int, int]]:
    """Join ascending numbers to closed ranges."""
    ranges: list[tuple[int, int]] = []
    for place in places:
        if ranges and ranges[-1][1] == place - 1:
            ranges[-1] = (ranges[-1][0], place)
        else:
            ranges.append((place, place))
    return ranges
