"""A Qt application without a screen."""

import os
import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication


def application() -> QApplication:
    """Return the process's one QApplication, made without a display."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qInstallMessageHandler(_tell)
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication([])


def _tell(_kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
    """Pass on what Qt says, but for what it says of having no screen each time a window is laid out."""
    if "propagateSizeHints" not in words:
        print(words, file=sys.stderr)
