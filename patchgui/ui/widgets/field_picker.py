"""A field that holds one of many things and opens a searchable list of them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.widgets.pick_item import PickItem

if TYPE_CHECKING:
    from patchgui.ui.widgets.pick_popup import PickPopup

NONE_KEY = ""
"""What a picker holds when nothing is chosen."""


class FieldPicker(QPushButton):
    """Shows what is chosen; opens with Space, Enter, arrow down, a click, or by typing.

    ``nothing`` is shown while nothing is chosen. Each kind of picker has a :meth:`search` of its own.
    """

    chosen = Signal(str)
    """The user chose something, or nothing: the empty string."""
    list_name = "Choices"
    """What the list is called for a screen reader."""
    list_hint = "Search"
    """What stands in the empty search line."""

    def __init__(self, name: str, nothing: str = "None", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._nothing, self._value = name, nothing, ""
        self._popup: PickPopup | None = None
        self.setProperty("kind", "field")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_list)
        self.set_value("")

    def search(self, typed: str) -> list[PickItem]:
        """Return what matches every word typed, best first."""
        raise NotImplementedError

    def words(self, value: str) -> str:
        """Return how a value is shown in the field."""
        return value

    @property
    def value(self) -> str:
        """What is chosen; empty for nothing."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show ``value`` without saying :attr:`chosen`."""
        self._value = value
        self.setAccessibleName(f"{self._name}: {self.words(value) or self._nothing.lower()}")
        self.setToolTip(self.words(value))
        self.update()

    def refresh_list(self) -> None:
        """Search again: other things are offered now."""
        self.set_value(self._value)
        if self._popup is not None and self._popup.isVisible():
            self._popup.list.refresh()

    def open_list(self) -> None:
        """Open the list under the field."""
        if self._popup is None:
            from patchgui.ui.widgets.pick_popup import PickPopup

            self._popup = PickPopup(self)
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
        words = self.words(self._value) or self._nothing
        text = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, box.width())
        painter.setPen(shown.text if self._value and self.isEnabled() else shown.dim)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        paint_icon(painter, QRectF(self.width() - 24, self.height() / 2 - 7, 14, 14), "chevron-down", shown.dim)
