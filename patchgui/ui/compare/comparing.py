"""How two runs come to be compared: chosen together in the list, or one from the menu of the other."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from patchgui.console.archive.entries import ArchivedRun, Hit
from patchgui.ui.compare.choice import CompareChoice
from patchgui.ui.compare.presenter import ComparePresenter
from patchgui.ui.compare.view import CompareView
from patchgui.ui.runs.page import RunsPage
from patchgui.ui.task_scope import TaskScope

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive


class Comparing(QObject):
    """Lays the comparison over the Runs page, and leads from it into either run."""

    def __init__(self, page: RunsPage, archive: "Archive", scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self.presenter = ComparePresenter(archive, scope, self)
        self.view = CompareView(self.presenter)
        self.view.back_wanted.connect(page.show_list)
        self.view.run_wanted.connect(self._open_run)
        self._leads_back = False
        # After the page's own way back, which this one goes on from.
        page.view.back_wanted.connect(self._on_back)
        page.list.table.opened.connect(self._forget)
        page.compare_wanted.connect(self.open)
        self.action = page.view.header.menu.addAction("Compare with…")
        self.action.triggered.connect(self.choose)

    def open(self, first: str, second: str) -> None:
        """Show two runs side by side."""
        self._page.lay_over(self.view)
        self.view.open(first, second)

    def _open_run(self, run_id: str, instance_id: str) -> None:
        self._page.open_run(run_id, Hit(instance_id=instance_id))
        self._leads_back = True

    def _on_back(self) -> None:
        """Come back to the comparison from a run that was opened out of it."""
        if self._leads_back:
            self._leads_back = False
            self._page.lay_over(self.view)
            self.view.node_table.setFocus()

    def _forget(self) -> None:
        self._leads_back = False

    def choose(self) -> None:
        """Ask with which run the one on screen is to be compared."""
        summary = self._page.run.summary
        if summary is not None:
            sheet = CompareChoice(self.presenter, summary.run_id, summary.title, self._page)
            sheet.chosen.connect(partial(self._on_chosen, summary.run_id))
            sheet.open()

    def _on_chosen(self, run_id: str, other: ArchivedRun) -> None:
        here, there = self._page.run.summary, other.summary
        began, other_began = (run.started_at.timestamp() if run and run.started_at else 0.0 for run in (here, there))
        self.open(*((other.run_id, run_id) if other_began < began else (run_id, other.run_id)))
