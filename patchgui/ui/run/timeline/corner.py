"""The corner over the names of the timeline: what rows are sorted by, and the buttons that zoom."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui.icons import icon
from patchgui.ui.run.timeline.order import Order

_BUTTONS: Final = (
    ("dash", "Zoom out", "Show more time (−)"),
    ("plus", "Zoom in", "Show more detail (+)"),
    ("fit", "Show the whole run", "Show the whole run (0)"),
)


class TimelineCorner(QWidget):
    """Emits what was pressed; the order that was chosen stands on its button."""

    zoom_pressed = Signal(str)
    """``dash``, ``plus`` or ``fit``."""
    order_chosen = Signal(object, bool)
    """An :class:`Order`, and whether the other way round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sort = QPushButton()
        self.sort.setProperty("kind", "bare")
        self.sort.setToolTip("What the rows are sorted by, as they stand now")
        self._menu = QMenu(self.sort)
        self._orders = QActionGroup(self)
        for order in Order:
            action = self._menu.addAction(order.label)
            action.setCheckable(True)
            action.setData(order.value)
            self._orders.addAction(action)
        self._menu.addSeparator()
        self.descending: QAction = self._menu.addAction("The other way round")
        self.descending.setCheckable(True)
        self.sort.setMenu(self._menu)
        self.zooms: dict[str, QPushButton] = {}
        self._lay_out()
        self.show_order(Order.RUN, descending=False)
        self._orders.triggered.connect(self._on_chosen)
        self.descending.triggered.connect(self._on_chosen)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for name, words, tip in _BUTTONS:
            button = QPushButton()
            button.setProperty("kind", "bare")
            button.setAccessibleName(words)
            button.setToolTip(tip)
            button.setProperty("value", name)
            button.clicked.connect(self._on_zoom)
            self.zooms[name] = button
            buttons.addWidget(button)
        buttons.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(buttons, 1)
        whole.addWidget(self.sort, 0, Qt.AlignmentFlag.AlignLeft)
        self._refresh_icons()

    def show_order(self, order: Order, *, descending: bool) -> None:
        """Show what rows are sorted by; nobody is told."""
        for action in self._orders.actions():
            action.setChecked(action.data() == order.value)
        self.descending.setChecked(descending)
        self.descending.setEnabled(order is not Order.RUN)
        word = "Node" if order is Order.RUN else order.label
        self.sort.setText(f"{word} {'↓' if descending else '↑'}" if order is not Order.RUN else word)
        self.sort.setAccessibleName(f"Sorted by {order.label.lower()}")

    def _on_chosen(self) -> None:
        order = Order(str(self._orders.checkedAction().data()))
        descending = self.descending.isChecked() and order is not Order.RUN
        self.show_order(order, descending=descending)
        self.order_chosen.emit(order, descending)

    def _on_zoom(self) -> None:
        self.zoom_pressed.emit(str(self.sender().property("value")))

    def _refresh_icons(self) -> None:
        for name, button in self.zooms.items():
            button.setIcon(icon(name))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "zooms"):
            self._refresh_icons()
        super().changeEvent(event)
