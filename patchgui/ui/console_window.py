"""Puts the window together, and lets what happens in one part of it reach the others."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from patchgui.console.connection import Connection
from patchgui.patching.wording import counted
from patchgui.ui.appearance import Appearance
from patchgui.ui.connections.presenter import ConnectionsPresenter
from patchgui.ui.console_actions import ConsoleActions
from patchgui.ui.console_pages import PATCH_NOW, RUNS, ConsolePages
from patchgui.ui.errors import ErrorSurface
from patchgui.ui.link_state import LinkState
from patchgui.ui.patch_now.page import PatchNowPage
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.patch_now.states import Loading
from patchgui.ui.shell.window import Shell
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from patchgui.ui.workspace import Workspace
from patchgui.ui.workspaces import Workspaces

if TYPE_CHECKING:
    from patchgui.ui.connections.service import ConnectionService

_STATUS_MS = 1000
_REFRESH_MS = 15_000


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
        self._surface = surface
        self._active = 0
        self._runs_were_listed = False
        self.shell = Shell(state)
        self.workspaces = Workspaces(first, service, scope, self)
        self.connections = ConnectionsPresenter(service, self.workspaces, scope.child("connections"), self)
        self.pages = ConsolePages(self.shell, self.workspaces, self.connections, scope, state, service.archive, self)
        actions = ConsoleActions(self.shell, self.pages, self.workspaces, self.connections, scope, self)
        actions.add_general(appearance, state)
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
        self.pages.patch_page().make_ready()
        self.workspaces.now.start()
        self.connections.load()
        self._status.start()
        self._refresh.start()
        self.pages.patch_page().focus_filter()

    def close(self) -> None:
        """Take the window away; its scope has ended."""
        self._status.stop()
        self._refresh.stop()
        self.pages.keep_state()
        self.shell.keep_state()
        self.shell.allow_close()

    # -- what happens --------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.shell.close_requested.connect(self.close_requested)
        self.shell.page_shown.connect(self._on_page_shown)
        self._surface.raised.connect(self.shell.toasts.show_trouble)
        self.pages.active_changed.connect(self._on_active_changed)
        self.pages.runs_listed.connect(self._on_runs_listed)
        self.connections.noticed.connect(self.shell.toasts.show_trouble)
        self.workspaces.opened.connect(self._on_opened)
        self.workspaces.switched.connect(self._on_switched)
        self.workspaces.closed.connect(self._on_closed)
        self._follow(self.workspaces.now)

    def _follow(self, workspace: Workspace) -> None:
        workspace.changed.connect(self._on_changed)
        workspace.recovered.connect(self._on_recovered)
        workspace.patch_now.run_launched.connect(partial(self.pages.open_run_of, workspace))
        workspace.patch_now.launched_in_part.connect(self.shell.toasts.show_trouble)
        workspace.patch_now.nodes_changed.connect(self._show_nodes)
        workspace.importing.connect(self._show_work)
        workspace.noticed.connect(self.shell.toasts.show_trouble)

    def _on_opened(self, workspace: Workspace) -> None:
        self._follow(workspace)

    def _on_switched(self, workspace: Workspace) -> None:
        self.shell.show_connection(workspace.connection)
        self._show_link(workspace)
        self._show_nodes()
        self._show_work(workspace)
        if self.pages.runs is not None:
            self.pages.runs.runs.start()

    def _on_closed(self, workspace: Workspace) -> None:
        page = self.shell.built(PATCH_NOW, workspace.connection.id)
        if isinstance(page, PatchNowPage):
            page.keep_state()
        self.shell.drop_pages(workspace.connection.id)
        runs, every_run = self.pages.runs, self.pages.every_run
        if runs is not None and every_run is not None:
            if every_run.is_at(runs.run.run_id, workspace):
                runs.leave_run()
            runs.runs.start()

    def _on_changed(self, workspace: Workspace) -> None:
        if workspace is self.workspaces.now:
            self.shell.show_connection(workspace.connection)
            self._show_link(workspace)

    def _on_recovered(self, _workspace: Workspace) -> None:
        # The Runs page tells how many runs are at work, so it has to be there before anyone visits it.
        QTimer.singleShot(0, self.pages, self.pages.warm_up_runs)

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
        going = [run for run in self.pages.known_runs() if not run.is_final]
        untouched = self.shell.current_page == PATCH_NOW and not self.patch_now.model.picked_count
        if len(going) == 1 and untouched:
            self.pages.open_run(going[0].run_id)

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

    def _show_work(self, workspace: Workspace) -> None:
        if workspace is self.workspaces.now:
            self.shell.status_bar.show_work(workspace.import_text)

    def _show_nodes(self) -> None:
        model = self.patch_now.model
        told = f"{counted(model.total, 'node')} · {model.online_count:,} online" if model.total else ""
        self.shell.status_bar.show_nodes(told)


def place_words(workspace: Workspace) -> str:
    """Return where a workspace is, for the status bar: account, region and address."""
    session = workspace.gate.session_now
    connection = session.connection if session is not None else workspace.connection
    account = f"account {workspace.account}" if workspace.account and not connection.kind.is_local else ""
    elsewhere = "" if connection.kind.is_local else "AWS"
    address = (connection.endpoint_url or elsewhere).removeprefix("http://").removeprefix("https://")
    return " · ".join(part for part in (account, connection.region, address) if part)
