"""Everything the keyboard can do: one list for shortcuts, the palette and the help sheet."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class Action(NamedTuple):
    """A thing to do: ``keys`` is a shortcut as Qt spells it, empty for none.

    With a ``page`` the shortcut works only while that page is on screen.
    """

    key: str
    title: str
    run: Callable[[], object]
    keys: str = ""
    page: str = ""


class ActionList:
    """The actions of one window, each with its shortcut bound to it."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._actions: dict[str, Action] = {}
        self._of_pages: list[tuple[str, QShortcut]] = []

    def add(self, action: Action) -> None:
        """Take an action and bind its shortcut."""
        self._actions[action.key] = action
        if action.keys:
            shortcut = QShortcut(QKeySequence(action.keys), self._window)
            shortcut.activated.connect(action.run)
            if action.page:
                shortcut.setEnabled(False)
                self._of_pages.append((action.page, shortcut))

    def set_page(self, page: str) -> None:
        """Let the shortcuts of ``page`` work, and those of other pages rest."""
        for owner, shortcut in self._of_pages:
            shortcut.setEnabled(owner == page)

    def all(self) -> tuple[Action, ...]:
        """Return the actions in the order in which they were added."""
        return tuple(self._actions.values())

    def run(self, key: str) -> None:
        """Do the action called ``key``."""
        self._actions[key].run()


def spoken(keys: str) -> str:
    """Return a shortcut as the desktop writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
