"""Puts the window together: shell, pages, actions, Ctrl+K, status. The one place that knows all the pages."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QWidget

from patchgui.patching.wording import counted
from patchgui.ui.appearance import Appearance
from patchgui.ui.errors import ErrorSurface, Trouble
from patchgui.ui.finders import document_source, node_source, run_source
from patchgui.ui.patch_now.page import PatchNowPage
from patchgui.ui.patch_now.presenter import Loading, PatchNowPresenter
from patchgui.ui.session_gate import SessionGate
from patchgui.ui.shell.actions import Action
from patchgui.ui.shell.top_bar import LinkState
from patchgui.ui.shell.window import PageSpec, Shell
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.theme import ThemeChoice
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.document_picker import DocumentOption

if TYPE_CHECKING:
    from patchgui.console.rows import RunSummary
    from patchgui.console.session import ConsoleSession
    from patchgui.ui.runs.page import RunsPage

PATCH_NOW, RUNS = "patch-now", "runs"
_STATUS_MS = 1000
_REFRESH_MS = 15_000
_REFRESH_UP_TO = 2000
_THEMES = ((ThemeChoice.SYSTEM, "System"), (ThemeChoice.LIGHT, "Light"), (ThemeChoice.DARK, "Dark"))


class ConsoleWindow(QObject):
    """The console on screen. Owns the window's scope; who made it calls :meth:`close`."""

    close_requested = Signal()
    """The user closes the window; runs go on without it."""

    def __init__(
        self, gate: SessionGate, scope: TaskScope, surface: ErrorSurface, appearance: Appearance, state: ViewState
    ) -> None:
        super().__init__()
        self._gate, self._scope, self._surface = gate, scope, surface
        self._appearance, self._state = appearance, state
        self._documents: Sequence[DocumentOption] = ()
        self._active = 0
        self._runs_were_listed = False
        self.shell = Shell(state)
        self.patch_now = PatchNowPresenter(scope.child("patch_now"), self)
        self._runs: RunsPage | None = None
        self.shell.add_page(PageSpec(PATCH_NOW, "Patch now", "Ctrl+1", self._build_patch_now))
        self.shell.add_page(PageSpec(RUNS, "Runs", "Ctrl+2", self._build_runs))
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
        self.shell.go_to(PATCH_NOW)

    def start(self, label: str) -> None:
        """Begin the work, now that the window is on screen: connect to ``label`` and read what is there."""
        self.shell.top_bar.connection.show_connection(label, LinkState.CONNECTING)
        self.patch_now.attach(self._gate)
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
        return PatchNowPage(self.patch_now, self._state)

    def _patch_page(self) -> PatchNowPage:
        page = self.shell.page(PATCH_NOW)
        assert isinstance(page, PatchNowPage)
        return page

    def _build_runs(self) -> QWidget:
        from patchgui.ui.runs.page import RunsPage

        self._runs = RunsPage(self._gate, self._scope.child("runs"))
        self._runs.active_changed.connect(self._on_active_changed)
        self._runs.runs.listed.connect(self._on_runs_listed)
        self._runs.patch_now_wanted.connect(partial(self.shell.go_to, PATCH_NOW))
        return self._runs

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

        document = await self._gate.document(name)
        DocumentSheet(document, self.shell).open()

    # -- actions, menus, Ctrl+K ----------------------------------------------------------------------------------------

    def _add_actions(self) -> None:
        add = self.shell.actions_list.add
        page = self._patch_page
        add(Action("action:filter", "Filter nodes", lambda: page().focus_filter(), "Ctrl+F", PATCH_NOW))
        add(Action("action:go", "Patch the picked nodes", lambda: page().press_go(), "Ctrl+Return", PATCH_NOW))
        add(Action("action:scan", "Scan again", self.patch_now.scan_again))
        add(Action("action:reload", "Read nodes and documents again", self.patch_now.reload, "F5", PATCH_NOW))
        add(Action("action:reset", "Reset the sandbox…", self._ask_reset))
        for choice, word in _THEMES:
            add(Action(f"action:theme-{choice}", f"Theme: {word}", partial(self._choose_theme, choice)))
        add(Action("action:help", "Keyboard shortcuts", self._show_help, "F1"))
        add(Action("action:quit", "Close the window (runs go on)", self.shell.close, "Ctrl+Q"))

    def _add_sources(self) -> None:
        self.shell.add_source(node_source(lambda: self.patch_now.model.rows, self.open_node))
        self.shell.add_source(run_source(self._known_runs, self.open_run))
        self.shell.add_source(document_source(lambda: self._documents, self.open_document))

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

    def _fill_connection_menu(self, session: "ConsoleSession") -> None:
        connection = session.connection
        menu = self.shell.top_bar.connection.menu_shown
        menu.clear()
        for fact in (connection.endpoint_url or "Amazon Web Services", f"Region {connection.region}"):
            menu.addAction(fact).setEnabled(False)
        menu.addSeparator()
        menu.addAction("Copy as AWS CLI command").triggered.connect(partial(self._copy_cli, session))
        if connection.kind == "sandbox":
            menu.addAction("Reset the sandbox…").triggered.connect(self._ask_reset)

    def _copy_cli(self, session: "ConsoleSession") -> None:
        from patchgui.ui.cli_words import aws_command

        self.shell.copy(aws_command(session.connection))
        self.shell.toasts.show_note("The command is on the clipboard.", "Paste it into a terminal with the AWS CLI.")

    def _ask_reset(self) -> None:
        from patchgui.ui.shell.question import Question

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
        await self._gate.reset_sandbox()
        self.shell.toasts.show_note("The sandbox is unpatched again.", "There is something to patch on every node.")
        self.patch_now.reload()

    # -- what happens --------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.shell.close_requested.connect(self.close_requested)
        self.shell.page_shown.connect(self._on_page_shown)
        self._surface.raised.connect(self.shell.toasts.show_trouble)
        self._gate.connecting.connect(self._on_connecting)
        self._gate.connected.connect(self._on_connected)
        self._gate.lost.connect(self._on_lost)
        self.patch_now.run_launched.connect(self.open_run)
        self.patch_now.launched_in_part.connect(self.shell.toasts.show_trouble)
        self.patch_now.documents_changed.connect(self._on_documents)
        self.patch_now.nodes_changed.connect(self._show_nodes)

    def _on_connecting(self) -> None:
        self._show_link(LinkState.CONNECTING)

    def _on_connected(self, session: "ConsoleSession") -> None:
        self._show_link(LinkState.CONNECTED, session.connection.label)
        place = (session.connection.endpoint_url or "AWS").removeprefix("http://")
        self.shell.status_bar.show_place(f"{session.connection.region} · {place}")
        self._fill_connection_menu(session)
        if self.patch_now.nodes_state.loading is Loading.FAILED:
            self.patch_now.reload()
        # The Runs page tells how many runs are at work, so it has to be there before anyone visits it.
        QTimer.singleShot(0, self, self._warm_up_runs)

    def _warm_up_runs(self) -> None:
        self.shell.page(RUNS)
        if self._runs is not None:
            self._runs.runs.start()

    def _on_lost(self, _trouble: Trouble) -> None:
        self._show_link(LinkState.TROUBLE)

    def _show_link(self, state: LinkState, label: str = "") -> None:
        self.shell.top_bar.connection.show_connection(label or self.shell.top_bar.connection.label, state)
        self.shell.status_bar.show_link(state)

    def _on_documents(self, found: "Sequence[DocumentOption] | Trouble") -> None:
        if not isinstance(found, Trouble):
            self._documents = found

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
        if key == PATCH_NOW:
            self.patch_now.refresh()

    def _on_refresh_due(self) -> None:
        if self.patch_now.nodes_state.loading is Loading.FAILED:
            self.patch_now.reload()
            return
        small = self.patch_now.model.total <= _REFRESH_UP_TO
        if small and self.shell.current_page == PATCH_NOW and self.shell.isActiveWindow():
            self.patch_now.refresh()

    def _on_status_due(self) -> None:
        session = self._gate.session_now
        if session is not None:
            meter = session.meter
            self.shell.status_bar.show_calls(f"API {meter.calls_per_s:.1f} calls/s · {meter.throttled:,} throttled")

    def _show_nodes(self) -> None:
        model = self.patch_now.model
        told = f"{counted(model.total, 'node')} · {model.online_count:,} online" if model.total else ""
        self.shell.status_bar.show_nodes(told)
