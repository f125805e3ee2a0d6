"""A field that holds a document's name and opens a searchable list of documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.widgets.pick_item import PickItem

if TYPE_CHECKING:
    from patchgui.ui.widgets.document_popup import DocumentPopup

NONE_KEY = ""
"""What a picker holds when it holds no document."""


@dataclass(frozen=True, slots=True)
class DocumentOption:
    """A document that may be chosen: ``detail`` says owner and platforms."""

    name: str
    detail: str = ""


class DocumentPicker(QPushButton):
    """Shows the chosen document; opens with Space, Enter, arrow down, a click, or by typing."""

    chosen = Signal(str)
    """The user chose a document (``Name`` or ``Name:version``), or none: the empty string."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._value = name, ""
        self._options: tuple[DocumentOption, ...] = ()
        self._popup: DocumentPopup | None = None
        self.setProperty("kind", "field")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_list)
        self.set_value("")

    @property
    def value(self) -> str:
        """The chosen document, ``Name`` or ``Name:version``; empty for none."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show ``value`` without saying :attr:`chosen`."""
        self._value = value
        self.setAccessibleName(f"{self._name}: {value or 'none'}")
        self.setToolTip(value)
        self.update()

    def set_options(self, options: Sequence[DocumentOption]) -> None:
        """Offer these documents."""
        self._options = tuple(options)
        if self._popup is not None and self._popup.isVisible():
            self._popup.list.refresh()

    def search(self, typed: str) -> list[PickItem]:
        """Return the documents that match every word typed; an exact ``Name:version`` may be entered as it is."""
        words = typed.lower().split()
        base, _, version = typed.partition(":")
        found = [
            PickItem(option.name, option.name, option.detail, "document")
            for option in self._options
            if all(word in f"{option.name} {option.detail}".lower() for word in words)
        ]
        if not typed:
            found.insert(0, PickItem(NONE_KEY, "None", "runs nothing here", "dash"))
        if version and any(option.name == base for option in self._options):
            found.insert(0, PickItem(typed, typed, "this version, always", "document"))
        return found

    def open_list(self) -> None:
        """Open the list under the field."""
        if self._popup is None:
            from patchgui.ui.widgets.document_popup import DocumentPopup

            self._popup = DocumentPopup(self)
        self._popup.open_at(self, self._value)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_list()
        elif event.text().isalnum() and not event.modifiers():
            self.open_list()
            if self._popup is not None:
                self._popup.list.line.setText(event.text())
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.take(NONE_KEY)
        else:
            super().keyPressEvent(event)

    def take(self, value: str) -> None:
        """Choose ``value`` as the user does."""
        if value != self._value:
            self.set_value(value)
            self.chosen.emit(value)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        shown = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(10, 0, -28, 0)
        text = self.fontMetrics().elidedText(self._value or "None", Qt.TextElideMode.ElideMiddle, box.width())
        painter.setPen(shown.text if self._value and self.isEnabled() else shown.dim)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        paint_icon(painter, QRectF(self.width() - 24, self.height() / 2 - 7, 14, 14), "chevron-down", shown.dim)
