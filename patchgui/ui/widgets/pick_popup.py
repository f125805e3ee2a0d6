"""The list that a picker opens."""

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from patchgui.ui.widgets.field_picker import FieldPicker
from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.widgets.pick_list import PickList

_LIST_PX = QSize(380, 320)


class PickPopup(QFrame):
    """Opens under its picker and hands it what was chosen."""

    def __init__(self, picker: FieldPicker) -> None:
        super().__init__(picker, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self._picker = picker
        self._hangs = True
        self.list = PickList(picker.list_name, picker.list_hint, picker.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.list)
        self.list.picked.connect(self._on_picked)
        self.list.dismissed.connect(self.hide)
        self.list.found.connect(self._on_found)

    def open_at(self, field: QWidget, value: str) -> None:
        """Open under ``field``, or above it where the screen ends, standing on ``value``."""
        size = _LIST_PX.expandedTo(QSize(field.width(), 0))
        below = field.mapToGlobal(QPoint(0, field.height() + 2))
        screen = field.screen().availableGeometry()
        left = max(screen.left(), min(below.x(), screen.right() - size.width()))
        top = below.y()
        self._hangs = top + size.height() <= screen.bottom()
        if not self._hangs:
            top = max(screen.top(), field.mapToGlobal(QPoint(0, -2)).y() - size.height())
        self.setGeometry(left, top, size.width(), size.height())
        self.show()
        self.list.open_with(value)

    def _on_found(self) -> None:
        height = self.list.wanted_height(_LIST_PX.height())
        if self._hangs:
            self.resize(self.width(), height)
        else:
            bottom = self.geometry().bottom()
            self.setGeometry(self.x(), bottom - height + 1, self.width(), height)

    def _on_picked(self, item: PickItem) -> None:
        self.hide()
        self._picker.take(item.key)
