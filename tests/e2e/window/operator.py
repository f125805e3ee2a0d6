"""An operator at the real window: sees what has an accessible name, clicks and types, and waits for what shows up."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

PATIENCE_S = 60.0
_BREATH_S = 0.02
_Widget = TypeVar("_Widget", bound=QWidget)


class Operator:
    """Works inside the console's process, on its event loop, through the same events that a hand makes."""

    def __init__(self, pictures: Path | None = None) -> None:
        self._pictures = pictures

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: it never came about; ``what`` says what was waited for.
        """
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                self.picture("waited-in-vain")
                raise TimeoutError(f"waited in vain for {what}")
            await asyncio.sleep(_BREATH_S)

    def seen(self, kind: type[_Widget], name: str = "") -> _Widget | None:
        """Return the visible widget of a kind whose accessible name, or else text, begins so."""
        for widget in QApplication.allWidgets():
            if isinstance(widget, kind) and widget.isVisible() and _words_of(widget).startswith(name):
                return widget
        return None

    async def find(self, kind: type[_Widget], name: str = "") -> _Widget:
        """Return a widget as soon as it is on screen."""
        await self.until(lambda: self.seen(kind, name) is not None, f"{kind.__name__} {name!r}")
        found = self.seen(kind, name)
        assert found is not None
        return found

    async def click(self, kind: type[QWidget], name: str) -> None:
        """Click the middle of a widget once it may be clicked."""
        widget = await self.find(kind, name)
        await self.until(widget.isEnabled, f"{name!r} to be enabled")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 2, widget.height() // 2))
        await asyncio.sleep(_BREATH_S)

    async def press(self, widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        """Press a key."""
        QTest.keyClick(widget, key, modifiers or Qt.KeyboardModifier.NoModifier)
        await asyncio.sleep(_BREATH_S)

    async def choose_document(self, field: str, document: str) -> None:
        """Open the picker of a hook, type a document's name and take it."""
        from patchgui.ui.widgets.document_picker import DocumentPicker

        await self.click(DocumentPicker, field)
        await self.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit), f"the list of {field} to open")
        line = QApplication.focusWidget()
        assert isinstance(line, QLineEdit)
        QTest.keyClicks(line, document)
        await self.press(line, Qt.Key.Key_Return)
        picker = await self.find(DocumentPicker, field)
        await self.until(lambda: picker.value == document, f"{field} to hold {document}")

    def picture(self, name: str) -> None:
        """Keep a picture of the screen, when pictures are wanted."""
        if self._pictures is not None:
            self._pictures.mkdir(parents=True, exist_ok=True)
            QGuiApplication.primaryScreen().grabWindow(0).save(str(self._pictures / f"{name}.png"))


def _words_of(widget: QWidget) -> str:
    if isinstance(widget, QAbstractButton) and not widget.accessibleName():
        return widget.text()
    return widget.accessibleName()
