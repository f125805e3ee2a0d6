"""Keys that a part of the window answers to, and no other part."""

from collections.abc import Callable

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

Answer = Callable[[], object] | SignalInstance


def key_within(part: QWidget, keys: str, answer: Answer) -> None:
    """Answer to ``keys`` while the keyboard is anywhere in this part."""
    _shortcut(part, keys, answer, Qt.ShortcutContext.WidgetWithChildrenShortcut)


def key_on(part: QWidget, keys: str, answer: Answer) -> None:
    """Answer to ``keys`` while the keyboard is on this very part: not while something is typed inside it."""
    _shortcut(part, keys, answer, Qt.ShortcutContext.WidgetShortcut)


def _shortcut(part: QWidget, keys: str, answer: Answer, context: Qt.ShortcutContext) -> None:
    made = QShortcut(QKeySequence(keys), part)
    made.setContext(context)
    made.activated.connect(answer)
