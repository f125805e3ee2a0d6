"""The window: bars around a stack of pages, which are built when they are first visited."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection
from patchgui.ui.connection_look import ConnectionStrip
from patchgui.ui.shell.actions import Action, ActionList, spoken
from patchgui.ui.shell.rail import Rail
from patchgui.ui.shell.status_bar import StatusBar
from patchgui.ui.shell.toasts import Toasts
from patchgui.ui.shell.top_bar import TopBar
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.card import line
from patchgui.ui.widgets.pick_item import PickItem, PickSource

if TYPE_CHECKING:
    from patchgui.ui.shell.palette import Palette

_FIRST_SIZE = QSize(1440, 900)
_LEAST_SIZE = QSize(960, 600)
_FIND_KEYS = "Ctrl+K"


class PageSpec(NamedTuple):
    """A page of the rail: ``build`` makes its widget at the first visit.

    Each connection has a page of its own, unless the page ``is_shared`` by all of them.
    """

    key: str
    title: str
    keys: str
    build: Callable[[], QWidget]
    is_shared: bool = False


class Shell(QWidget):
    """The main window. Closing it asks to shut down; who owns the work answers."""

    close_requested = Signal()
    """The user wants to close the window; it stays until :meth:`allow_close`."""
    page_shown = Signal(str)
    """The key of the page that is on screen now."""
    page_asked_again = Signal(str)
    """The user asked for the page that is on screen already, by the rail or its keys."""

    def __init__(self, state: ViewState) -> None:
        super().__init__()
        self.setObjectName("shell")
        self._title, self._unread = "Patch Now", 0
        self._show_title()
        self.setMinimumSize(_LEAST_SIZE)
        self._state = state
        self._may_close = False
        self._pages: dict[str, PageSpec] = {}
        self._built: dict[tuple[str, str], QWidget] = {}
        self._place = ""
        self.actions_list = ActionList(self)
        self.strip = ConnectionStrip()
        self.top_bar = TopBar(spoken(_FIND_KEYS))
        self.rail = Rail()
        self.status_bar = StatusBar()
        self.stack = QStackedWidget()
        self.toasts = Toasts(self)
        self._palette: Palette | None = None
        self._sources: list[PickSource] = [PickSource(self._find_actions, self.actions_list.run)]
        self._lay_out()
        self.rail.chosen.connect(self._visit)
        self.top_bar.find_wanted.connect(self.open_palette)
        self.actions_list.add(Action("action:find", "Find anything", self.open_palette, _FIND_KEYS))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_moved)
        self._placed = self.restoreGeometry(state.blob("geometry"))

    def open_window(self) -> None:
        """Come on screen where the window was last; the first time at a good size, or over all of a small screen."""
        room = self.screen().availableGeometry().size()
        if self._placed:
            self.show()
        elif room.width() > _FIRST_SIZE.width() and room.height() > _FIRST_SIZE.height():
            self.resize(_FIRST_SIZE)
            self.show()
        else:
            self.resize(_FIRST_SIZE.boundedTo(room))
            self.showMaximized()

    def add_page(self, page: PageSpec) -> None:
        """Put a page on the rail."""
        self._pages[page.key] = page
        self.rail.add(page.key, page.title, spoken(page.keys))
        self.actions_list.add(
            Action(f"page:{page.key}", f"Go to {page.title}", lambda: self._visit(page.key), page.keys)
        )

    def add_source(self, source: PickSource) -> None:
        """Let Ctrl+K look there too."""
        self._sources.append(source)
        if self._palette is not None:
            self._palette.add_source(source)

    def page(self, key: str) -> QWidget:
        """Return the widget of a page of the current connection, building it now if nobody has been there."""
        spot = ("" if self._pages[key].is_shared else self._place, key)
        if spot not in self._built:
            self._built[spot] = self._pages[key].build()
            self.stack.addWidget(self._built[spot])
        return self._built[spot]

    def page_titles(self) -> dict[str, str]:
        """Return the pages' titles by their keys, in the order of the rail."""
        return {page.key: page.title for page in self._pages.values()}

    def built(self, key: str, connection_id: str) -> QWidget | None:
        """Return the page of a connection, if somebody has been there."""
        return self._built.get((connection_id, key))

    @property
    def current_page(self) -> str:
        """The key of the page on screen."""
        shown = self.stack.currentWidget()
        return next((key for (_place, key), widget in self._built.items() if widget is shown), "")

    def go_to(self, key: str) -> None:
        """Show a page."""
        self.stack.setCurrentWidget(self.page(key))
        self.rail.show_current(key)
        self.actions_list.set_page(key)
        self.page_shown.emit(key)

    def _visit(self, key: str) -> None:
        """Go where the user wants to be; to be there already means that its beginning is wanted."""
        if key == self.current_page:
            self.page_asked_again.emit(key)
        else:
            self.go_to(key)

    def show_connection(self, connection: Connection) -> None:
        """Show the pages of a connection, in its colour; the page stays the same."""
        key = self.current_page
        self._place = connection.id
        self.strip.show_connection(connection)
        self._title = f"{connection.label} – Patch Now"
        self._show_title()
        if key and not self._pages[key].is_shared:
            self.go_to(key)

    def show_unread(self, count: int) -> None:
        """Tell in the title how many notices wait to be looked at."""
        self._unread = count
        self._show_title()

    def drop_pages(self, connection_id: str) -> None:
        """Take the pages of a connection away: it is closed, and another one is shown."""
        for spot in [spot for spot in self._built if spot[0] == connection_id]:
            page = self._built.pop(spot)
            self.stack.removeWidget(page)
            page.deleteLater()

    def open_palette(self) -> None:
        """Open Ctrl+K."""
        if self._palette is None:
            from patchgui.ui.shell.palette import Palette

            self._palette = Palette(self)
            for source in self._sources:
                self._palette.add_source(source)
        self._palette.open_over(self)

    def copy(self, text: str) -> None:
        """Put ``text`` on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def allow_close(self) -> None:
        """Close now: everything that the window held has ended."""
        self._may_close = True
        self.close()

    def keep_state(self) -> None:
        """Write down where the window stands."""
        self._state.keep_blob("geometry", self.saveGeometry())
        self._state.save()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.toasts.place()

    def _on_focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Let Enter press the button that has the keyboard, as in dialogs; Qt leaves that to Space elsewhere."""
        if isinstance(now, QPushButton) and now.window() is self:
            now.setAutoDefault(True)

    def _show_title(self) -> None:
        self.setWindowTitle(f"({self._unread}) {self._title}" if self._unread else self._title)

    def _lay_out(self) -> None:
        middle = QGridLayout()
        middle.setSpacing(0)
        side = line()
        side.setMinimumHeight(0)
        side.setMaximumHeight(16777215)
        side.setFixedWidth(1)
        middle.addWidget(self.rail, 0, 0)
        middle.addWidget(side, 0, 1)
        middle.addWidget(self.stack, 0, 2)
        middle.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.top_bar)
        column.addWidget(line())
        column.addLayout(middle, 1)
        column.addWidget(line())
        column.addWidget(self.status_bar)

    def _find_actions(self, words: tuple[str, ...]) -> list[PickItem]:
        return [
            PickItem(action.key, action.title, spoken(action.keys) if action.keys else "", "action")
            for action in self.actions_list.all()
            if action.key != "action:find" and all(word in action.title.lower() for word in words)
        ]
