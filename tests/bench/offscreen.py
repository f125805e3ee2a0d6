"""A Qt application without a screen."""

import os

from PySide6.QtWidgets import QApplication


def application() -> QApplication:
    """Return the process's one QApplication, made without a display."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication([])
