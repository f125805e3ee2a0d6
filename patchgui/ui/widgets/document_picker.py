"""A field that holds a document's name and opens a searchable list of documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.widgets.pick_list import PickItem, PickList

NONE_KEY = ""
_LIST_PX = QSize(380, 320)


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
        self._popup: _Popup | None = None
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
            self._popup = _Popup(self)
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


class _Popup(QFrame):
    def __init__(self, picker: DocumentPicker) -> None:
        super().__init__(picker, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self._picker = picker
        self.list = PickList("Documents", "Search documents, or Name:version", picker.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.list)
        self.list.picked.connect(self._on_picked)
        self.list.dismissed.connect(self.hide)

    def open_at(self, field: QWidget, value: str) -> None:
        size = _LIST_PX.expandedTo(QSize(field.width(), 0))
        below = field.mapToGlobal(QPoint(0, field.height() + 2))
        screen = field.screen().availableGeometry()
        left = max(screen.left(), min(below.x(), screen.right() - size.width()))
        top = below.y()
        if top + size.height() > screen.bottom():
            top = max(screen.top(), field.mapToGlobal(QPoint(0, -2)).y() - size.height())
        self.setGeometry(left, top, size.width(), size.height())
        self.show()
        self.list.open_with(value)

    def _on_picked(self, item: PickItem) -> None:
        self.hide()
        self._picker.take(item.key)
