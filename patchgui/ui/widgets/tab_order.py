"""The order in which the keyboard goes through what is made late."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_after(before: QWidget, late: QWidget) -> None:
    """Let Tab come to ``late``, and to all in it, after ``before``: Qt puts what is made late behind all the rest."""
    for stop in _stops(late):
        QWidget.setTabOrder(before, stop)
        before = stop


def last_stop(widget: QWidget) -> QWidget:
    """Return where Tab leaves a widget: the last of all in it that takes the keyboard, or the widget itself."""
    return _stops(widget)[-1] if _stops(widget) else widget


def _stops(widget: QWidget) -> list[QWidget]:
    # What pops up over a widget is its child, and a window of its own.
    found = [stop for stop in (widget, *widget.findChildren(QWidget)) if stop.window() is widget.window()]
    return [stop for stop in found if stop.focusPolicy() & Qt.FocusPolicy.TabFocus]
