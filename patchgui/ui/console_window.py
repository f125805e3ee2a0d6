"""Puts the window together: shell, pages, actions, Ctrl+K, status. The one place that knows all the pages."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from patchgui.console.connection import Connection
from patchgui.patching.wording import counted
from patchgui.ui.appearance import Appearance
from patchgui.ui.connections.presenter import ConnectionsPresenter
from patchgui.ui.errors import ErrorSurface, Trouble
from patchgui.ui.finders import connection_source, document_source, node_source, run_source
from patchgui.ui.link_state import LinkState
from patchgui.ui.patch_now.page import PatchNowPage
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.patch_now.states import Loading
from patchgui.ui.shell.actions import Action
from patchgui.ui.shell.window import PageSpec, Shell
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.theme import ThemeChoice
from patchgui.ui.view_state import ViewState
from patchgui.ui.workspace import Workspace
from patchgui.ui.workspaces import Workspaces

if TYPE_CHECKING:
    from patchgui.console.rows import RunSummary
    from patchgui.ui.connections.page import ConnectionsPage
    from patchgui.ui.connections.service import ConnectionService
    from patchgui.ui.runs.every_run import EveryRun
    from patchgui.ui.runs.page import RunsPage

PATCH_NOW, RUNS, CONNECTIONS = "patch-now", "runs", "connections"
_STATUS_MS = 1000
_REFRESH_MS = 15_000
_THEMES = ((ThemeChoice.SYSTEM, "System"), (ThemeChoice.LIGHT, "Light"), (ThemeChoice.DARK, "Dark"))


class ConsoleWindow(QObject):
    """The console on screen. Owns the window's scope; who made it calls :meth:`close`."""

    close_requested = Signal()
    """The user closes the window; runs go on without it."""

    def __init__(
        self,
        first: Connection,
        service: "ConnectionService",
        scope: TaskScope,
        surface: ErrorSurface,
        appearance: Appearance,
        state: ViewState,
    ) -> None:
        super().__init__()
        self._scope, self._surface = scope, surface
        self._appearance, self._state = appearance, state
        self._active = 0
        self._runs_were_listed = False
        self.shell = Shell(state)
        self.workspaces = Workspaces(first, service, scope, self)
        self.connections = ConnectionsPresenter(service, self.workspaces, scope.child("connections"), self)
        self._runs: RunsPage | None = None
        self._every_run: EveryRun | None = None
        self.shell.add_page(PageSpec(PATCH_NOW, "Patch now", "Ctrl+1", self._build_patch_now))
        self.shell.add_page(PageSpec(RUNS, "Runs", "Ctrl+2", self._build_runs, is_shared=True))
        self.shell.add_page(PageSpec(CONNECTIONS, "Connections", "Ctrl+3", self._build_connections, is_shared=True))
        self._add_actions()
        self._add_sources()
        self._fill_window_menu()
        self._connect()
        self._status = QTimer(self)
        self._status.setInterval(_STATUS_MS)
        self._status.timeout.connect(self._on_status_due)
        self._refresh = QTimer(self)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self._on_refresh_due)
        self.shell.show_connection(first)
        self._show_link(self.workspaces.now)
        self.shell.go_to(PATCH_NOW)

    @property
    def patch_now(self) -> PatchNowPresenter:
        """What is picked and chosen on the connection that is worked on."""
        return self.workspaces.now.patch_now

    def start(self) -> None:
        """Begin the work, now that the window is on screen: connect, and read what is there."""
        self._patch_page().make_ready()
        self.workspaces.now.start()
        self.connections.load()
        self._status.start()
        self._refresh.start()
        self._patch_page().focus_filter()

    def close(self) -> None:
        """Take the window away; its scope has ended."""
        self._status.stop()
        self._refresh.stop()
        self._patch_page().keep_state()
        self.shell.keep_state()
        self.shell.allow_close()

    # -- pages ---------------------------------------------------------------------------------------------------------

    def _build_patch_now(self) -> QWidget:
        workspace = self.workspaces.now
        page = PatchNowPage(workspace.patch_now, self._state, lambda: workspace.connection, self.shell.stack)
        page.reload_wanted.connect(workspace.ask_again)
        return page

    def _patch_page(self) -> PatchNowPage:
        page = self.shell.page(PATCH_NOW)
        assert isinstance(page, PatchNowPage)
        return page

    def _build_runs(self) -> QWidget:
        from patchgui.ui.runs.every_run import EveryRun
        from patchgui.ui.runs.page import RunsPage

        self._every_run = EveryRun(self.workspaces, self._scope.child("every-run"), self)
        self._runs = RunsPage(self._every_run, self._scope.child("runs"))
        self._runs.active_changed.connect(self._on_active_changed)
        self._runs.runs.listed.connect(self._on_runs_listed)
        self._runs.patch_now_wanted.connect(partial(self.shell.go_to, PATCH_NOW))
        return self._runs

    def _build_connections(self) -> QWidget:
        from patchgui.ui.connections.page import ConnectionsPage

        page = ConnectionsPage(self.connections)
        page.opened.connect(self.open_connection)
        return page

    def _on_connections_page(self, act: "Callable[[ConnectionsPage], None]") -> None:
        page = self.shell.page(CONNECTIONS)
        self.shell.go_to(CONNECTIONS)
        act(cast("ConnectionsPage", page))

    def open_connection(self, connection_id: str) -> None:
        """Work on a connection: its nodes come on screen."""
        self.connections.open(connection_id)
        if self.shell.current_page == CONNECTIONS:
            self.shell.go_to(PATCH_NOW)

    def open_run(self, run_id: str) -> None:
        """Show a run."""
        self.shell.go_to(RUNS)
        assert self._runs is not None
        self._runs.open_run(run_id)

    def open_node(self, instance_id: str) -> None:
        """Show a node in the table of the Patch now page."""
        self.shell.go_to(PATCH_NOW)
        page = self._patch_page()
        page.who.search.clear()
        page.who.table.stand_on(instance_id)

    def open_document(self, name: str) -> None:
        """Show a document's text."""
        self._scope.start("document", partial(self._show_document, name))

    async def _show_document(self, name: str) -> None:
        from patchgui.ui.document_sheet import DocumentSheet

        document = await self.workspaces.now.gate.document(name)
        DocumentSheet(document, self.shell).open()

    # -- actions, menus, Ctrl+K ----------------------------------------------------------------------------------------

    def _add_actions(self) -> None:
        add = self.shell.actions_list.add
        page = self._patch_page
        add(Action("action:filter", "Filter nodes", lambda: page().focus_filter(), "Ctrl+F", PATCH_NOW))
        add(Action("action:go", "Patch the picked nodes", lambda: page().press_go(), "Ctrl+Return", PATCH_NOW))
        add(Action("action:scan", "Scan again", self._scan_again))
        add(Action("action:reload", "Read nodes and documents again", self._read_again, "F5", PATCH_NOW))
        add(Action("action:reset", "Reset the sandbox…", self._ask_reset))
        add(Action("action:connection", "Choose a connection", self.shell.top_bar.connection.open_menu, "Ctrl+L"))
        on_page = partial(partial, self._on_connections_page)
        add(Action("action:add", "Add a connection", on_page(lambda page: page.begin_new()), "Ctrl+N", CONNECTIONS))
        add(
            Action(
                "action:test", "Test the connection", on_page(lambda page: page.test_chosen()), "Ctrl+T", CONNECTIONS
            )
        )
        add(Action("action:edit", "Edit the connection", on_page(lambda page: page.edit_chosen()), "F2", CONNECTIONS))
        for choice, word in _THEMES:
            add(Action(f"action:theme-{choice}", f"Theme: {word}", partial(self._choose_theme, choice)))
        add(Action("action:help", "Keyboard shortcuts", self._show_help, "F1"))
        add(Action("action:quit", "Close the window (runs go on)", self.shell.close, "Ctrl+Q"))

    def _scan_again(self) -> None:
        self.patch_now.scan_again()

    def _read_again(self) -> None:
        self.workspaces.now.try_again()

    def _add_sources(self) -> None:
        self.shell.add_source(node_source(lambda: self.patch_now.model.rows, self.open_node))
        self.shell.add_source(run_source(self._known_runs, self.open_run))
        self.shell.add_source(document_source(lambda: self.workspaces.now.documents, self.open_document))
        self.shell.add_source(connection_source(self._known_connections, self.open_connection))

    def _known_connections(self) -> Iterable[tuple[Connection, str]]:
        return [(row.connection, row.state.word) for row in self.connections.rows]

    def _known_runs(self) -> "Sequence[RunSummary]":
        if self._runs is None:
            return ()
        model = self._runs.runs.model
        return [model.run_at(row) for row in range(model.rowCount())]

    def _fill_window_menu(self) -> None:
        menu = self.shell.top_bar.menu
        group = QActionGroup(menu)
        for choice, word in _THEMES:
            action = menu.addAction(f"{word} theme")
            action.setCheckable(True)
            action.setChecked(choice is self._appearance.choice)
            action.triggered.connect(partial(self._choose_theme, choice))
            group.addAction(action)
        menu.addSeparator()
        menu.addAction("Keyboard shortcuts").triggered.connect(self._show_help)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._state.theme = choice
        self._appearance.choose(choice)

    def _show_help(self) -> None:
        from patchgui.ui.shell.help_sheet import HelpSheet

        HelpSheet(self.shell.actions_list.all(), self.shell).open()

    def _on_connection_menu(self, menu: QMenu) -> None:
        from patchgui.ui.connections.menu import ConnectionActs, fill_connection_menu

        acts = ConnectionActs(
            open=self.open_connection,
            copy_cli=self._copy_cli,
            reset=self._ask_reset,
            try_again=self.workspaces.now.try_again,
            manage=partial(self.shell.go_to, CONNECTIONS),
        )
        fill_connection_menu(menu, self.connections, self.workspaces.now, acts)

    def _copy_cli(self) -> None:
        from patchgui.ui.cli_words import aws_command

        session = self.workspaces.now.gate.session_now
        if session is not None:
            self.shell.copy(aws_command(session.connection))
            note = "The command is on the clipboard.", "Paste it into a terminal with the AWS CLI."
            self.shell.toasts.show_note(*note)

    def _ask_reset(self) -> None:
        from patchgui.ui.shell.question import Question

        connection = self.workspaces.now.connection
        if connection.kind != "sandbox":
            trouble = Trouble(f"{connection.label} is not the sandbox: there is nothing to reset.", "Open the sandbox.")
            self.shell.toasts.show_trouble(trouble)
            return
        count = self.patch_now.model.total
        question = Question(
            f"Reset {counted(count, 'sandbox node')}?",
            "Every sandbox node goes back to its unpatched state: packages, files and hook effects on it are lost. "
            "Nothing outside the sandbox is touched. The record of runs stays.",
            "Reset the sandbox",
            self.shell,
        )
        question.accepted.connect(self._reset)
        question.open()

    def _reset(self) -> None:
        self._scope.start("reset", self._reset_sandbox)

    async def _reset_sandbox(self) -> None:
        await self.workspaces.now.gate.reset_sandbox()
        self.shell.toasts.show_note("The sandbox is unpatched again.", "There is something to patch on every node.")
        self.patch_now.reload()

    # -- what happens --------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.shell.close_requested.connect(self.close_requested)
        self.shell.page_shown.connect(self._on_page_shown)
        self._surface.raised.connect(self.shell.toasts.show_trouble)
        self.shell.top_bar.connection.menu_wanted.connect(self._on_connection_menu)
        self.connections.noticed.connect(self.shell.toasts.show_trouble)
        self.workspaces.opened.connect(self._on_opened)
        self.workspaces.switched.connect(self._on_switched)
        self.workspaces.closed.connect(self._on_closed)
        self._follow(self.workspaces.now)

    def _follow(self, workspace: Workspace) -> None:
        workspace.changed.connect(self._on_changed)
        workspace.recovered.connect(self._on_recovered)
        workspace.patch_now.run_launched.connect(partial(self._on_run_launched, workspace))
        workspace.patch_now.launched_in_part.connect(self.shell.toasts.show_trouble)
        workspace.patch_now.nodes_changed.connect(self._show_nodes)

    def _on_opened(self, workspace: Workspace) -> None:
        self._follow(workspace)

    def _on_switched(self, workspace: Workspace) -> None:
        self.shell.show_connection(workspace.connection)
        self._show_link(workspace)
        self._show_nodes()
        if self._runs is not None:
            self._runs.runs.start()

    def _on_closed(self, workspace: Workspace) -> None:
        page = self.shell.built(PATCH_NOW, workspace.connection.id)
        if isinstance(page, PatchNowPage):
            page.keep_state()
        self.shell.drop_pages(workspace.connection.id)
        if self._runs is not None and self._every_run is not None:
            if self._every_run.is_at(self._runs.run.run_id, workspace):
                self._runs.leave_run()
            self._runs.runs.start()

    def _on_changed(self, workspace: Workspace) -> None:
        if workspace is self.workspaces.now:
            self.shell.show_connection(workspace.connection)
            self._show_link(workspace)

    def _on_recovered(self, _workspace: Workspace) -> None:
        # The Runs page tells how many runs are at work, so it has to be there before anyone visits it.
        QTimer.singleShot(0, self, self._warm_up_runs)

    def _on_run_launched(self, workspace: Workspace, run_id: str) -> None:
        self.shell.page(RUNS)
        if self._every_run is not None:
            self._every_run.note(run_id, workspace)
        self.open_run(run_id)

    def _warm_up_runs(self) -> None:
        self.shell.page(RUNS)
        if self._runs is not None:
            self._runs.runs.start()

    def _show_link(self, workspace: Workspace) -> None:
        state = workspace.state if workspace.state is not LinkState.CLOSED else LinkState.CONNECTING
        self.shell.top_bar.connection.show_connection(workspace.connection, state)
        self.shell.status_bar.show_link(state)
        self.shell.status_bar.show_place(place_words(workspace))

    def _on_active_changed(self, active: object) -> None:
        count = active if isinstance(active, int) else 0
        before, self._active = self._active, count
        self.shell.rail.set_count(RUNS, count)
        if count < before:
            self.patch_now.refresh()

    def _on_runs_listed(self) -> None:
        """Show the run that is at work when the window opens: it was closed in the middle of it."""
        if self._runs_were_listed:
            return
        self._runs_were_listed = True
        going = [run for run in self._known_runs() if not run.is_final]
        untouched = self.shell.current_page == PATCH_NOW and not self.patch_now.model.picked_count
        if len(going) == 1 and untouched:
            self.open_run(going[0].run_id)

    def _on_page_shown(self, key: str) -> None:
        if key == PATCH_NOW and self.patch_now.is_due:
            self.patch_now.refresh()

    def _on_refresh_due(self) -> None:
        if self.patch_now.nodes_state.loading is Loading.FAILED:
            self.patch_now.reload()
            return
        if self.patch_now.is_due and self.shell.current_page == PATCH_NOW and self.shell.isActiveWindow():
            self.patch_now.refresh()

    def _on_status_due(self) -> None:
        session = self.workspaces.now.gate.session_now
        if session is not None:
            meter = session.meter
            self.shell.status_bar.show_calls(f"API {meter.calls_per_s:.1f} calls/s · {meter.throttled:,} throttled")

    def _show_nodes(self) -> None:
        model = self.patch_now.model
        told = f"{counted(model.total, 'node')} · {model.online_count:,} online" if model.total else ""
        self.shell.status_bar.show_nodes(told)


def place_words(workspace: Workspace) -> str:
    """Return where a workspace is, for the status bar: account, region and address."""
    session = workspace.gate.session_now
    connection = session.connection if session is not None else workspace.connection
    account = f"account {workspace.account}" if workspace.account and not connection.kind.is_local else ""
    address = (connection.endpoint_url or "AWS").removeprefix("http://").removeprefix("https://")
    return " · ".join(part for part in (account, connection.region, address) if part)
