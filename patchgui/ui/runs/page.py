"""The Runs page: the history of all connections, and over it the run that was opened."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QPoint, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.spans import utc_now
from patchgui.ui.run.view import RunView
from patchgui.ui.runs.archived_note import ArchivedNote
from patchgui.ui.runs.found_place import FoundPlace
from patchgui.ui.runs.presenter import RunsPresenter
from patchgui.ui.runs.run_row import RunRow, as_tsv, cells_of
from patchgui.ui.runs.runs_list import RunsList
from patchgui.ui.runs.service import RunsService
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.key import key_within

if TYPE_CHECKING:
    from patchgui.console.archive.entries import Hit

_MARGIN_PX = 16
_COLUMNS = "runs/columns"


class RunsPage(QWidget):
    """Lists the runs of all connections and shows one of them.

    ``scope`` belongs to the caller, who closes it before the page goes; closing it only detaches from the runs.
    """

    active_changed = Signal(object)
    """How many runs have not ended: the number beside the page's name."""
    patch_now_wanted = Signal()
    """There are no runs, and the operator wants to start one."""
    connection_wanted = Signal(object)
    """The ``Connection`` of the run that is shown: it should be opened, as the run had not ended when it was seen."""
    compare_wanted = Signal(str, str)
    """The ids of two runs to compare, the older one first."""
    export_wanted = Signal(object)
    """The ids of the runs to export, as a tuple, newest first."""

    def __init__(
        self, service: RunsService, scope: TaskScope, state: ViewState | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._scope, self._state = scope, state
        self.runs = RunsPresenter(service, scope.child("runs"), self)
        self.run = RunPresenter(service, scope.child("run"), self)
        self.list = RunsList(self.runs)
        self.view = RunView(self.run)
        self.place = FoundPlace(self.run, self.view)
        self.note = ArchivedNote()
        self._lay_out()
        self._connect()
        if state is not None:
            self.list.table.columns.restore(state.blob(_COLUMNS))

    def _lay_out(self) -> None:
        opened = QWidget()
        column = QVBoxLayout(opened)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.note)
        column.addWidget(self.view, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(opened)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.addWidget(self._stack)

    def _connect(self) -> None:
        table = self.list.table
        table.opened.connect(self._on_opened)
        table.place_opened.connect(self._on_place_opened)
        table.menu_wanted.connect(self._on_menu)
        table.copy_wanted.connect(self._on_copy)
        self.list.patch_now_wanted.connect(self.patch_now_wanted)
        self.view.back_wanted.connect(self.show_list)
        self.run.opened.connect(self._on_run_moved)
        self.run.moved.connect(self._on_run_moved)
        self.view.run_wanted.connect(self.open_run)
        self.view.export_wanted.connect(self._on_export_one)
        self.view.connection_wanted.connect(self.connection_wanted)
        self.runs.active_changed.connect(self.active_changed)
        self.note.connection_wanted.connect(self.connection_wanted)
        key_within(self.list, "Ctrl+F", self.list.focus_search)

    # -- the run that is open ------------------------------------------------------------------------------------------

    def open_run(self, run_id: str, hit: "Hit | None" = None) -> None:
        """Show a run, there where the search found something if that is wanted, and follow it from where it stands."""
        self.list.table.choose(run_id)
        self.place.want(hit, self.runs.query.text)
        if run_id != self.run.run_id or self.run.summary is None:
            self.note.hide()
            self.view.show_loading()
            self.run.watch(run_id)
        else:
            self.place.go()
        self._stack.setCurrentIndex(1)
        self.view.setFocus()

    def show_list(self) -> None:
        """Go back to the list. The run goes on, and so does watching it while it is live."""
        self._stack.setCurrentWidget(self.list)
        self.list.table.choose(self.run.run_id)
        self.list.table.setFocus()
        self.runs.start()

    def lay_over(self, part: QWidget) -> None:
        """Show something else in the place of the list, until the list or a run is shown again."""
        if self._stack.indexOf(part) < 0:
            self._stack.addWidget(part)
        self._stack.setCurrentWidget(part)

    def leave_run(self) -> None:
        """Stop watching the run that was opened last, and show the list."""
        self.run.leave()
        if self.shows_run:
            self.show_list()

    @property
    def shows_run(self) -> bool:
        """Whether a run is on screen, not the list."""
        return self._stack.currentIndex() == 1

    def keep_state(self) -> None:
        """Remember the columns for another day."""
        if self._state is not None:
            self._state.keep_blob(_COLUMNS, self.list.table.columns.keep())

    def _on_run_moved(self) -> None:
        self.note.show_run(self.run.archived)

    # -- what is selected ----------------------------------------------------------------------------------------------

    def _on_opened(self, row: RunRow) -> None:
        self.open_run(row.key)

    def _on_place_opened(self, row: RunRow) -> None:
        self.open_run(row.key, row.hit)

    def _on_menu(self, place: QPoint) -> None:
        selected = self.list.table.selected
        if not selected:
            return
        menu = QMenu(self)
        is_one, is_two = len(selected) == 1, len(selected) == 2 and not self.list.table.is_everything_selected
        opening = menu.addAction("Open\tEnter")
        opening.setEnabled(is_one)
        opening.triggered.connect(lambda: self._on_opened(selected[0]))
        if is_one and selected[0].hit is not None:
            found = menu.addAction("Open where it was found\tShift+Enter")
            found.triggered.connect(lambda: self._on_place_opened(selected[0]))
        menu.addSeparator()
        # What nobody takes is not offered.
        if self.isSignalConnected(QMetaMethod.fromSignal(self.compare_wanted)):
            compare = menu.addAction("Compare two runs")
            compare.setEnabled(is_two)
            compare.triggered.connect(lambda: self.compare_wanted.emit(selected[1].key, selected[0].key))
        if self.isSignalConnected(QMetaMethod.fromSignal(self.export_wanted)):
            menu.addAction("Export…").triggered.connect(self._on_export)
        copy = menu.addAction("Copy as table\tCtrl+C")
        copy.triggered.connect(self._on_copy)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _on_copy(self) -> None:
        self._scope.start("copy", self._copy)

    def _on_export(self) -> None:
        self._scope.start("export", self._export)

    def _on_export_one(self, run_id: str) -> None:
        self.export_wanted.emit((run_id,))

    async def _export(self) -> None:
        rows = await self._meant()
        self.export_wanted.emit(tuple(row.key for row in rows))

    async def _meant(self) -> list[RunRow]:
        """Return the rows that are selected; everything that matches where everything is."""
        table = self.list.table
        return await self.runs.gather() if table.is_everything_selected else table.selected

    async def _copy(self) -> None:
        rows, now = await self._meant(), utc_now()
        if rows:
            columns = self.list.table.columns.visible()
            QGuiApplication.clipboard().setText(as_tsv([cells_of(row, now) for row in rows], columns))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.runs.set_shown(shown=True)
        if self._stack.currentWidget() is self.list:
            self.list.take_keyboard()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runs.set_shown(shown=False)
