"""Everything the keyboard can do: one list for shortcuts, the palette and the help sheet."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Action:
    """A thing to do: ``keys`` is a shortcut as Qt spells it, empty for none."""

    key: str
    title: str
    run: Callable[[], None]
    keys: str = ""


class ActionList:
    """The actions of one window, each with its shortcut bound to it."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._actions: dict[str, Action] = {}

    def add(self, action: Action) -> None:
        """Take an action and bind its shortcut."""
        self._actions[action.key] = action
        if action.keys:
            shortcut = QShortcut(QKeySequence(action.keys), self._window)
            shortcut.activated.connect(action.run)

    def all(self) -> tuple[Action, ...]:
        """Return the actions in the order in which they were added."""
        return tuple(self._actions.values())

    def run(self, key: str) -> None:
        """Do the action called ``key``."""
        self._actions[key].run()


def spoken(keys: str) -> str:
    """Return a shortcut as the desktop writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
