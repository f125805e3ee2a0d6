"""The list of runs as a Qt table, newest first; cells are made when a run changes, not when they are painted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from patchgui.console.rows import RunSummary
from patchgui.ui.run.header import operation_words, status_look
from patchgui.ui.run.spans import clock_text, since, utc_now, whole_seconds

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
HEADERS: Final = ("Run", "Connection", "Operation", "Nodes", "Status", "Started", "Duration", "By")
RUN, CONNECTION, OPERATION, NODES, STATUS, STARTED, DURATION, BY = range(8)


class RunsModel(QAbstractTableModel):
    """Holds all runs and shows those that the filter keeps."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[RunSummary, ...] = ()
        self._visible: list[RunSummary] = []
        self._cells: list[tuple[str, ...]] = []
        self._filter = ""

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take the newest list; rows that stay are only repainted."""
        self._runs = tuple(runs)
        self._publish()

    def set_filter(self, text: str) -> None:
        """Show only runs that match: free text, ``status:failed``."""
        self._filter = text
        self._publish()

    def refresh_times(self) -> None:
        """Count the durations of what still runs up to now."""
        now = utc_now()
        for place, run in enumerate(self._visible):
            if is_active(run):
                self._cells[place] = _cells(run, now)
                self.dataChanged.emit(self.index(place, DURATION), self.index(place, DURATION))

    @property
    def total(self) -> int:
        """How many runs there are, shown or not."""
        return len(self._runs)

    @property
    def is_of_several(self) -> bool:
        """Whether the runs come from several connections, so that each has to say from which."""
        return any(run.connection is not None for run in self._runs)

    @property
    def active(self) -> int:
        """How many runs have not ended."""
        return sum(is_active(run) for run in self._runs)

    def run_at(self, place: int) -> RunSummary:
        """Return the run shown in a row."""
        return self._visible[place]

    def place_of(self, run_id: str) -> int | None:
        """Return the row that shows a run, if it is shown."""
        return next((place for place, run in enumerate(self._visible) if run.run_id == run_id), None)

    def _publish(self) -> None:
        now = utc_now()
        wanted = [run for run in self._runs if matches(run, self._filter)]
        cells = [_cells(run, now) for run in wanted]
        if [(run.run_id, run.connection) for run in wanted] == [(run.run_id, run.connection) for run in self._visible]:
            changed = wanted != self._visible or cells != self._cells
            self._visible, self._cells = wanted, cells
            if wanted and changed:
                self.dataChanged.emit(self.index(0, 0), self.index(len(wanted) - 1, len(HEADERS) - 1))
            return
        self.beginResetModel()
        self._visible, self._cells = wanted, cells
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
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in {NODES, DURATION} else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run, column = self._visible[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tooltip(run, column) or self._cells[index.row()][column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{HEADERS[column]}: {self._cells[index.row()][column]}"
        return None


def is_active(run: RunSummary) -> bool:
    """Return whether a run moves. One that SSM no longer knows has not ended, as far as is known, but moves no more."""
    return not run.is_final and run.status != "Unknown"


def hook_words(run: RunSummary) -> str:
    """Return the documents that a run's hooks run, in the order in which they run."""
    return " → ".join(document for _phase, document in run.hooks)


def matches(run: RunSummary, text: str) -> bool:
    """Return whether a run shows all that stands in the filter box."""
    state, words = status_look(run.status)
    where = run.connection.label if run.connection is not None else ""
    parts = (run.title, run.document, hook_words(run), run.operation, run.run_id, *run.command_ids, where)
    key = " ".join(parts).lower()
    for token in text.lower().split():
        operator, colon, value = token.partition(":")
        if colon and operator == "status":
            wanted = tuple(part for part in value.split(",") if part)
            if wanted and not (words.lower().replace(" ", "").startswith(wanted) or state.startswith(wanted)):
                return False
        elif token not in key:
            return False
    return True


def _cells(run: RunSummary, now: datetime) -> tuple[str, ...]:
    took = since(run.started_at, run.ended_at, now) if run.is_final and run.ended_at else "–"
    if is_active(run) and run.started_at is not None:
        took = whole_seconds(run.started_at, now)
    nodes = f"{run.node_count:,}" if run.is_final else f"{run.completed_count:,} of {run.node_count:,}"
    return (
        run.title,
        run.connection.label if run.connection is not None else "",
        operation_words(run, now) or run.document,
        nodes,
        status_look(run.status)[1],
        clock_text(run.started_at, now),
        took,
        "This console" if run.is_ours else "Elsewhere",
    )


def _tooltip(run: RunSummary, column: int) -> str | None:
    if column == RUN:
        hooks = [f"{phase.label}: {document}" for phase, document in run.hooks]
        return "\n".join((run.title, run.document, *hooks, *run.command_ids))
    if column == STATUS and run.error_count:
        return f"{run.error_count:,} of {run.node_count:,} nodes failed"
    if column == BY and not run.is_ours:
        return "Sent by another console, the AWS CLI or a program; SSM does not say by whom."
    if column == STARTED and run.started_at is not None:
        return f"{run.started_at.astimezone():%A, %d %B %Y, %H:%M:%S %Z}"
    return None
