"""The Runs page: the list, and over it the run that was opened."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.view import RunView
from patchgui.ui.runs.presenter import RunsPresenter
from patchgui.ui.runs.runs_list import RunsList
from patchgui.ui.runs.service import RunsService
from patchgui.ui.task_scope import TaskScope

_MARGIN_PX = 16


class RunsPage(QWidget):
    """Lists the runs of one connection and shows one of them.

    ``scope`` belongs to the caller, who closes it before the page goes; closing it only detaches from the runs.
    """

    active_changed = Signal(object)
    """How many runs have not ended: the number beside the page's name."""
    patch_now_wanted = Signal()
    """There are no runs, and the operator wants to start one."""

    def __init__(self, service: RunsService, scope: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsPresenter(service, scope.child("runs"), self)
        self.run = RunPresenter(service, scope.child("run"), self)
        self.list = RunsList(self.runs)
        self.view = RunView(self.run)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.view)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.addWidget(self._stack)
        self.list.opened.connect(self.open_run)
        self.list.patch_now_wanted.connect(self.patch_now_wanted)
        self.view.back_wanted.connect(self.show_list)
        self.runs.active_changed.connect(self.active_changed)
        find = QShortcut(QKeySequence("Ctrl+F"), self.list)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.list.box.setFocus)

    def open_run(self, run_id: str) -> None:
        """Show a run and follow it from where it stands."""
        self.list.table.choose(run_id)
        if run_id != self.run.run_id or self.run.summary is None:
            self.view.show_loading()
            self.run.watch(run_id)
        self._stack.setCurrentWidget(self.view)
        self.view.setFocus()

    def show_list(self) -> None:
        """Go back to the list. The run goes on, and so does watching it while it is live."""
        self._stack.setCurrentWidget(self.list)
        self.list.table.choose(self.run.run_id)
        self.list.table.setFocus()
        self.runs.start()

    def leave_run(self) -> None:
        """Stop watching the run that was opened last, and show the list."""
        self.run.leave()
        if self.shows_run:
            self.show_list()

    @property
    def shows_run(self) -> bool:
        """Whether a run is on screen, not the list."""
        return self._stack.currentWidget() is self.view

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.runs.set_shown(shown=True)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runs.set_shown(shown=False)
