"""The order in which the keyboard goes through what is made late."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_after(before: QWidget, late: QWidget) -> None:
    """Let Tab come to ``late``, and to all in it, after ``before``: Qt puts what is made late behind all the rest."""
    for stop in (late, *late.findChildren(QWidget)):
        if stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            QWidget.setTabOrder(before, stop)
            before = stop
