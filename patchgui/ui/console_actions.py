"""What the whole window can do: shortcuts, menus, and what Ctrl+K finds."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from patchgui.console.connection import Connection
from patchgui.patching.wording import counted
from patchgui.ui.appearance import Appearance
from patchgui.ui.connections.presenter import ConnectionsPresenter
from patchgui.ui.console_pages import CONNECTIONS, PATCH_NOW, WINDOWS, ConsolePages
from patchgui.ui.errors import Trouble
from patchgui.ui.finders import connection_source, document_source, node_source, run_source, window_source
from patchgui.ui.shell.actions import Action
from patchgui.ui.shell.window import Shell
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.theme import ThemeChoice
from patchgui.ui.view_state import ViewState
from patchgui.ui.workspaces import Workspaces

if TYPE_CHECKING:
    from patchgui.ui.connections.page import ConnectionsPage
    from patchgui.ui.windows.page import WindowsPage

_THEMES = ((ThemeChoice.SYSTEM, "System"), (ThemeChoice.LIGHT, "Light"), (ThemeChoice.DARK, "Dark"))


class ConsoleActions(QObject):
    """Gives the shell its actions, menus and sources. ``scope`` is the window's."""

    def __init__(
        self,
        shell: Shell,
        pages: ConsolePages,
        workspaces: Workspaces,
        connections: ConnectionsPresenter,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shell, self._pages, self._workspaces, self._connections = shell, pages, workspaces, connections
        self._scope = scope
        self._add_actions()
        self._add_sources()
        shell.top_bar.connection.menu_wanted.connect(self._on_connection_menu)

    def _add_actions(self) -> None:
        add = self._shell.actions_list.add
        page = self._pages.patch_page
        add(Action("action:filter", "Filter nodes", lambda: page().focus_filter(), "Ctrl+F", PATCH_NOW))
        add(Action("action:go", "Patch the picked nodes", lambda: page().press_go(), "Ctrl+Return", PATCH_NOW))
        add(Action("action:scan", "Scan again", self._scan_again))
        add(Action("action:reload", "Read nodes and documents again", self._read_again, "F5", PATCH_NOW))
        add(Action("action:reset", "Reset the sandbox…", self._ask_reset))
        add(Action("action:connection", "Choose a connection", self._shell.top_bar.connection.open_menu, "Ctrl+L"))
        self._add_windows()
        on_page = partial(partial, self._on_connections_page)
        add(Action("action:add", "Add a connection", on_page(lambda page: page.begin_new()), "Ctrl+N", CONNECTIONS))
        add(
            Action(
                "action:test", "Test the connection", on_page(lambda page: page.test_chosen()), "Ctrl+T", CONNECTIONS
            )
        )
        add(Action("action:edit", "Edit the connection", on_page(lambda page: page.edit_chosen()), "F2", CONNECTIONS))

    def _add_windows(self) -> None:
        add, home = self._shell.actions_list.add, self._pages.windows_home
        on_list = partial(partial, self._on_list_of_windows)
        focus_filter = on_list(lambda page: page.focus_filter())
        add(Action("action:filter-windows", "Filter windows", focus_filter, "Ctrl+F", WINDOWS))
        read_again = on_list(lambda page: page.read_again())
        add(Action("action:reload-windows", "Read the windows again", read_again, "F5", WINDOWS))
        begin_new = on_list(lambda page: page.begin_new())
        add(Action("action:new-window", "Make a maintenance window", begin_new, "Ctrl+N", WINDOWS))
        add(Action("action:edit-window", "Edit the window", on_list(lambda page: page.edit_chosen()), "F2", WINDOWS))
        add(Action("action:save-task", "Save the task", lambda: home().save_task(), "Ctrl+S", WINDOWS))
        add(Action("action:delete-window", "Delete the window…", on_list(lambda page: page.ask_delete()), page=WINDOWS))

    def _on_list_of_windows(self, act: "Callable[[WindowsPage], None]") -> None:
        """Do something on the list, going there first; not while a task is edited, which stands in its place."""
        home = self._pages.windows_home()
        if not home.is_editing:
            self._shell.go_to(WINDOWS)
            act(home.page)

    def add_general(self, appearance: Appearance, state: ViewState) -> None:
        """Add what every window has – themes, help, closing – to the actions and to the menu of the top bar."""
        add, menu = self._shell.actions_list.add, self._shell.top_bar.menu
        group = QActionGroup(menu)

        def choose(choice: ThemeChoice) -> None:
            state.theme = choice
            appearance.choose(choice)

        for choice, word in _THEMES:
            add(Action(f"action:theme-{choice}", f"Theme: {word}", partial(choose, choice)))
            item = menu.addAction(f"{word} theme")
            item.setCheckable(True)
            item.setChecked(choice is appearance.choice)
            item.triggered.connect(partial(choose, choice))
            group.addAction(item)
        menu.addSeparator()
        menu.addAction("Keyboard shortcuts").triggered.connect(self._show_help)
        add(Action("action:help", "Keyboard shortcuts", self._show_help, "F1"))
        add(Action("action:quit", "Close the window (runs go on)", self._shell.close, "Ctrl+Q"))

    def _on_connections_page(self, act: "Callable[[ConnectionsPage], None]") -> None:
        page = self._pages.connections_page()
        self._shell.go_to(CONNECTIONS)
        act(page)

    def _scan_again(self) -> None:
        self._workspaces.now.patch_now.scan_again()

    def _read_again(self) -> None:
        self._workspaces.now.try_again()

    def _show_help(self) -> None:
        from patchgui.ui.shell.help_sheet import HelpSheet

        HelpSheet(self._shell.actions_list.all(), self._shell.page_titles(), self._shell).open()

    # -- Ctrl+K --------------------------------------------------------------------------------------------------------

    def _add_sources(self) -> None:
        add, now = self._shell.add_source, self._workspaces
        add(node_source(lambda: now.now.patch_now.model.rows, self._pages.open_node))
        add(run_source(self._pages.known_runs, self._pages.open_run))
        add(window_source(self._pages.known_windows, self._pages.open_window))
        add(document_source(lambda: now.now.documents, self._pages.open_document))
        add(connection_source(self._known_connections, self._pages.open_connection))

    def _known_connections(self) -> Iterable[tuple[Connection, str]]:
        return [(row.connection, row.state.word) for row in self._connections.rows]

    # -- the menu of the connection ------------------------------------------------------------------------------------

    def _on_connection_menu(self, menu: QMenu) -> None:
        from patchgui.ui.connections.menu import ConnectionActs, fill_connection_menu

        acts = ConnectionActs(
            open=self._pages.open_connection,
            copy_cli=self._copy_cli,
            reset=self._ask_reset,
            try_again=self._workspaces.now.try_again,
            manage=partial(self._shell.go_to, CONNECTIONS),
        )
        fill_connection_menu(menu, self._connections, self._workspaces.now, acts)

    def _copy_cli(self) -> None:
        from patchgui.ui.cli_words import aws_command

        session = self._workspaces.now.gate.session_now
        if session is not None:
            self._shell.copy(aws_command(session.connection))
            note = "The command is on the clipboard.", "Paste it into a terminal with the AWS CLI."
            self._shell.toasts.show_note(*note)

    def _ask_reset(self) -> None:
        from patchgui.ui.shell.question import Question

        connection = self._workspaces.now.connection
        if connection.kind != "sandbox":
            trouble = Trouble(f"{connection.label} is not the sandbox: there is nothing to reset.", "Open the sandbox.")
            self._shell.toasts.show_trouble(trouble)
            return
        count = self._workspaces.now.patch_now.model.total
        question = Question(
            f"Reset {counted(count, 'sandbox node')}?",
            "Every sandbox node goes back to its unpatched state: packages, files and hook effects on it are lost. "
            "Nothing outside the sandbox is touched. The record of runs stays.",
            "Reset the sandbox",
            self._shell,
        )
        question.accepted.connect(self._reset)
        question.open()

    def _reset(self) -> None:
        self._scope.start("reset", self._reset_sandbox)

    async def _reset_sandbox(self) -> None:
        await self._workspaces.now.gate.reset_sandbox()
        self._shell.toasts.show_note("The sandbox is unpatched again.", "There is something to patch on every node.")
        self._workspaces.now.patch_now.reload()
