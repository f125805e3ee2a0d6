"""The pages of the window: what each is made of, and how one leads to another."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from patchgui.console.connection import Connection
from patchgui.patching.wording import counted
from patchgui.ui.connections.presenter import ConnectionsPresenter
from patchgui.ui.patch_now.page import PatchNowPage
from patchgui.ui.shell.window import PageSpec, Shell
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from patchgui.ui.workspace import Workspace
from patchgui.ui.workspaces import Workspaces

if TYPE_CHECKING:
    from pathlib import Path

    from patchgui.console.archive.archive import Archive
    from patchgui.console.rows import RunSummary
    from patchgui.ui.compare.comparing import Comparing
    from patchgui.ui.connections.page import ConnectionsPage
    from patchgui.ui.export.presenter import ExportPresenter
    from patchgui.ui.runs.archive_presenter import ArchivePresenter
    from patchgui.ui.runs.every_run import EveryRun
    from patchgui.ui.runs.page import RunsPage
    from patchgui.ui.window_task.editor import TaskEditor
    from patchgui.ui.window_task.home import WindowsHome
    from patchgui.ui.windows.acts import Done
    from patchgui.ui.windows.page import WindowsPage
    from patchgui.ui.windows.rows import WindowRow

PATCH_NOW, RUNS, WINDOWS, CONNECTIONS = "patch-now", "runs", "windows", "connections"


class ConsolePages(QObject):
    """Makes each page at its first visit, and goes to what a user wants to see. ``scope`` is the window's."""

    active_changed = Signal(object)
    """How many runs have not ended."""
    runs_told = Signal(object)
    """The runs of all open connections, a tuple of ``RunSummary``, as they were told a moment ago."""
    runs_listed = Signal()
    """The runs have been read."""

    def __init__(
        self,
        shell: Shell,
        workspaces: Workspaces,
        connections: ConnectionsPresenter,
        scope: TaskScope,
        state: ViewState,
        archive: "Callable[[], Archive]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shell, self._workspaces, self._connections = shell, workspaces, connections
        self._scope, self._state, self._archive = scope, state, archive
        self.runs: RunsPage | None = None
        """The runs page, once there is one."""
        self.comparing: Comparing | None = None
        """How two runs come to be compared, once the runs page is there."""
        self.export: ExportPresenter | None = None
        """Writes reports, once somebody has exported any."""
        self.archive: ArchivePresenter | None = None
        """The settings of the archive, once the runs page is there."""
        self.every_run: EveryRun | None = None
        """The runs of all connections, once the runs page is there."""
        for page in (
            PageSpec(PATCH_NOW, "Patch now", "Ctrl+1", self._build_patch_now),
            PageSpec(RUNS, "Runs", "Ctrl+2", self._build_runs, is_shared=True),
            PageSpec(WINDOWS, "Windows", "Ctrl+3", self._build_windows),
            PageSpec(CONNECTIONS, "Connections", "Ctrl+4", self._build_connections, is_shared=True),
        ):
            shell.add_page(page)
        shell.page_asked_again.connect(self._on_asked_again)

    def patch_page(self) -> PatchNowPage:
        """Return the Patch now page of the connection that is worked on."""
        page = self._shell.page(PATCH_NOW)
        assert isinstance(page, PatchNowPage)
        return page

    def connections_page(self) -> "ConnectionsPage":
        """Return the Connections page."""
        return cast("ConnectionsPage", self._shell.page(CONNECTIONS))

    def windows_page(self) -> "WindowsPage":
        """Return the Windows page of the connection that is worked on."""
        return self.windows_home().page

    def windows_home(self) -> "WindowsHome":
        """Return what holds the Windows page and the editor of a task, of the connection that is worked on."""
        return cast("WindowsHome", self._shell.page(WINDOWS))

    def open_connection(self, connection_id: str) -> None:
        """Work on a connection: its nodes come on screen."""
        self._connections.open(connection_id)
        if self._shell.current_page == CONNECTIONS:
            self._shell.go_to(PATCH_NOW)

    def open_run(self, run_id: str) -> None:
        """Show a run."""
        self._shell.go_to(RUNS)
        assert self.runs is not None
        self.runs.open_run(run_id)

    def open_run_of(self, workspace: Workspace, run_id: str) -> None:
        """Show a run that was started on a connection a moment ago: it may not be listed yet."""
        self._shell.page(RUNS)
        if self.every_run is not None:
            self.every_run.note(run_id, workspace)
        self.open_run(run_id)

    def open_node(self, instance_id: str) -> None:
        """Show a node in the table of the Patch now page."""
        self._shell.go_to(PATCH_NOW)
        page = self.patch_page()
        page.who.search.clear()
        page.who.table.stand_on(instance_id)

    def open_document(self, name: str) -> None:
        """Show a document's text."""
        self._scope.start("document", partial(self._show_document, name))

    def known_runs(self) -> "Sequence[RunSummary]":
        """Return the runs that are listed, newest first; none before anybody has asked for them."""
        if self.runs is None:
            return ()
        return self.runs.runs.newest

    def shows_run(self, run_id: str) -> bool:
        """Return whether this run is on screen."""
        runs = self.runs
        is_here = runs is not None and self._shell.current_page == RUNS
        return is_here and runs is not None and runs.shows_run and runs.run.run_id == run_id

    def known_windows(self) -> "Sequence[WindowRow]":
        """Return the windows that are listed; none before anybody has been on their page."""
        home = self._shell.built(WINDOWS, self._workspaces.now.connection.id)
        return cast("WindowsHome", home).page.presenter.model.rows if home is not None else ()

    def open_window(self, window_id: str) -> None:
        """Show a maintenance window."""
        self._shell.go_to(WINDOWS)
        self.windows_page().choose(window_id)

    def warm_up_runs(self) -> None:
        """Read the runs, making their page where nobody has visited it yet: it tells how many are at work."""
        self._shell.page(RUNS)
        if self.runs is not None:
            self.runs.runs.start()

    def keep_state(self) -> None:
        """Let pages remember for another day what their user arranged."""
        self.patch_page().keep_state()
        if self.runs is not None:
            self.runs.keep_state()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _build_patch_now(self) -> QWidget:
        workspace = self._workspaces.now
        page = PatchNowPage(workspace.patch_now, self._state, lambda: workspace.connection, self._shell.stack)
        page.reload_wanted.connect(workspace.ask_again)
        return page

    def _build_runs(self) -> QWidget:
        from patchgui.ui.compare.comparing import Comparing
        from patchgui.ui.runs.archive_presenter import ArchivePresenter
        from patchgui.ui.runs.every_run import EveryRun
        from patchgui.ui.runs.history import History
        from patchgui.ui.runs.page import RunsPage

        self.every_run = EveryRun(self._workspaces, self._scope.child("every-run"), self)
        self.every_run.told.connect(self.runs_told)
        archive = self._archive()
        self.runs = RunsPage(History(self.every_run, archive), self._scope.child("runs"), self._state)
        self.runs.run.use_archive(archive)
        self.comparing = Comparing(self.runs, archive, self._scope.child("compare"), self)
        self.runs.export_wanted.connect(self._export)
        self.archive = ArchivePresenter(archive, self._scope.child("archive"), self)
        self.archive.changed.connect(self.runs.runs.start)
        self.runs.list.archive_wanted.connect(self._open_archive)
        self.runs.connection_wanted.connect(self._open_where_it_runs)
        self.runs.active_changed.connect(self.active_changed)
        self.runs.runs.listed.connect(self.runs_listed)
        self.runs.patch_now_wanted.connect(partial(self._shell.go_to, PATCH_NOW))
        return self.runs

    def _export(self, run_ids: "Sequence[str]") -> None:
        """Ask how to export runs, and tell where they are in the end."""
        from patchgui.ui.export.presenter import ExportPresenter

        if self.export is None:
            self.export = ExportPresenter(self._archive, self._scope.child("export"), self._state, self)
            self.export.written.connect(self._on_exported)
        self.export.open(run_ids, self._shell)

    def _on_exported(self, files: "Sequence[Path]") -> None:
        what = files[0].name if len(files) == 1 else counted(len(files), "report")
        place = files[0] if len(files) == 1 else files[0].parent
        go = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(place)))
        self._shell.toasts.show_news("success", f"{what} written.", f"In {files[0].parent}.", go)

    def _on_asked_again(self, key: str) -> None:
        """Lead from a run, or from two that are compared, back to the list."""
        if key == RUNS and self.runs is not None:
            self.runs.show_list()

    def _build_windows(self) -> QWidget:
        from patchgui.ui.window_task.home import WindowsHome
        from patchgui.ui.windows.page import WindowsPage
        from patchgui.ui.windows.presenter import WindowsPresenter

        workspace = self._workspaces.now
        presenter = WindowsPresenter(workspace.gate, workspace.child_scope("windows"), workspace)
        nodes = workspace.patch_now.model
        page = WindowsPage(presenter, self._state, lambda: nodes.rows)
        page.run_wanted.connect(partial(self.open_run_of, workspace))
        page.done.connect(self._on_window_done)
        return WindowsHome(page, partial(_task_editor, workspace))

    def _on_window_done(self, done: "Done") -> None:
        if done.undo is None:
            self._shell.toasts.show_note(done.text, done.hint)
        else:
            self._shell.toasts.show_undoable(done.text, done.hint, done.undo)

    def _open_archive(self) -> None:
        if self.archive is not None:
            self.archive.open(self._shell)

    def _open_where_it_runs(self, connection: Connection) -> None:
        """Open the connection of the run that is shown, as it is listed now, and look at the run there."""
        row = self._connections.row(connection.id)
        self._workspaces.switch(row.connection if row is not None else connection)
        if self.runs is not None:
            self.runs.run.watch_again()

    def _build_connections(self) -> QWidget:
        from patchgui.ui.connections.page import ConnectionsPage

        page = ConnectionsPage(self._connections)
        page.opened.connect(self.open_connection)
        return page

    async def _show_document(self, name: str) -> None:
        from patchgui.ui.document_sheet import DocumentSheet

        document = await self._workspaces.now.gate.document(name)
        DocumentSheet(document, self._shell).open()


def _task_editor(workspace: Workspace) -> "TaskEditor":
    from patchgui.ui.window_task.editor import TaskEditor

    return TaskEditor(workspace.gate, workspace.child_scope("window-task"), lambda: workspace.connection)
