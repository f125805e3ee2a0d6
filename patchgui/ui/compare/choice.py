"""With which run? The runs of the archive, newest first, in a dialog that a few letters narrow down."""

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from patchgui.console.archive.entries import ArchivedRun
from patchgui.ssm.errors import PatchError
from patchgui.ui.compare.presenter import ComparePresenter
from patchgui.ui.run.header import status_look
from patchgui.ui.run.spans import clock_text, utc_now
from patchgui.ui.widgets.cell_table import Cell, CellModel, CellTable, Column
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.text import label

_SIZE: Final = QSize(760, 520)
_TYPING_MS: Final = 150
_COLUMNS: Final = (
    Column("Run", 22),
    Column("Status", 11),
    Column("Connection", 13),
    Column("By", 9),
    Column("Started", 14),
)
_RUN, _ROWS, _EMPTY = 0, 0, 1


class CompareChoice(QDialog):
    """Offers the other runs of the archive. Escape leaves everything as it is."""

    chosen = Signal(object)
    """The ``ArchivedRun`` to compare with."""

    def __init__(self, presenter: ComparePresenter, run_id: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._presenter, self._run_id = presenter, run_id
        self.setWindowTitle("Patch Now")
        self.setModal(True)
        self.setAccessibleName("Compare with which run?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.box = SearchBox("Find a run", "Words of the run, or node:web-1 status:failed")
        self.runs: CellModel[ArchivedRun] = CellModel(_COLUMNS, _cells, self)
        self.table = CellTable(self.runs, "Runs to compare with", _RUN)
        self.empty = EmptyState()
        self.go = QPushButton("Compare")
        self.go.setProperty("kind", "primary")
        self.go.setEnabled(False)
        self._lay_out(title)
        room = parent.window().size()
        self.resize(_SIZE.boundedTo(QSize(room.width() - 40, room.height() - 40)))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self.box.textChanged.connect(self._typing.start)
        self.box.results_wanted.connect(self._to_rows)
        self.table.row_opened.connect(self._choose)
        self.table.row_chosen.connect(self._on_row)
        self.go.clicked.connect(self._on_go)
        presenter.candidates_found.connect(self._show)
        presenter.candidates_failed.connect(self._on_failed)
        self._search()

    def _lay_out(self, title: str) -> None:
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(label("Compare with which run?", "page-title"))
        column.addWidget(label(f"{title} is put beside the run that you choose; the older one is the first.", "dim"))
        column.addWidget(self.box)
        column.addWidget(ground, 1)
        column.addLayout(buttons)

    def _search(self) -> None:
        self._presenter.find(self.box.text())

    def _show(self, runs: tuple[ArchivedRun, ...]) -> None:
        others = [run for run in runs if run.run_id != self._run_id]
        self.runs.show_rows(others)
        self.go.setEnabled(False)
        self.empty.set_message("No other run matches." if self.box.text() else "There is no other run in the archive.")
        self._stack.setCurrentIndex(_ROWS if others else _EMPTY)

    def _on_failed(self, error: PatchError) -> None:
        self.empty.set_message(str(error), error.hint)
        self._stack.setCurrentIndex(_EMPTY)

    def _to_rows(self) -> None:
        if self.runs.rowCount():
            self.table.selectRow(0)
            self.table.setFocus()
            self.go.setEnabled(True)

    def _on_row(self, _run: ArchivedRun) -> None:
        self.go.setEnabled(True)

    def _on_go(self) -> None:
        place = self.table.currentIndex().row()
        if place >= 0:
            self._choose(self.runs.row_at(place))

    def _choose(self, run: ArchivedRun) -> None:
        self.chosen.emit(run)
        self.accept()


def _cells(run: ArchivedRun) -> tuple[Cell, ...]:
    summary, origin = run.summary, run.origin
    state, words = status_look(summary.status)
    by = origin.started_by.rpartition("/")[2] or origin.os_user
    started_at = summary.started_at
    return (
        Cell(summary.title, summary.title.lower(), "strong", tooltip=f"{summary.title}\n{run.headline}".strip()),
        Cell(words, words, state=state),
        Cell(origin.connection.label, origin.connection.label.lower()),
        Cell(by, by.lower(), "dim"),
        Cell(clock_text(started_at, utc_now()), started_at.timestamp() if started_at else None, "dim"),
    )
