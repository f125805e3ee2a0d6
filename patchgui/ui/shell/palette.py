"""Ctrl+K: one line that finds any node, run, document or action."""

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from patchgui.ui.widgets.pick_item import PickItem, PickSource
from patchgui.ui.widgets.pick_list import PickList

_SIZE = QSize(600, 420)
_PER_SOURCE = 12


class Palette(QFrame):
    """The list over the window; whatever has focus gets it back when the list closes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self._sources: list[PickSource] = []
        self._found: dict[str, PickSource] = {}
        self._list = PickList("Find anything", "Find a node, run, document, action", self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._list)
        self._list.picked.connect(self._on_picked)
        self._list.dismissed.connect(self.hide)
        self._list.found.connect(self._on_found)

    def add_source(self, source: PickSource) -> None:
        """Look there too; sources are shown in the order in which they were added."""
        self._sources.append(source)

    def search(self, typed: str) -> list[PickItem]:
        """Return what every source found for ``typed``, a dozen of each at most."""
        words = tuple(typed.lower().split())
        self._found.clear()
        items: list[PickItem] = []
        for source in self._sources:
            for number, item in enumerate(source.search(words)):
                if number == _PER_SOURCE:
                    break
                self._found[item.key] = source
                items.append(item)
        return items

    def open_over(self, window: QWidget) -> None:
        """Open near the top of ``window``."""
        width = min(_SIZE.width(), window.width() - 40)
        corner = window.mapToGlobal(QPoint((window.width() - width) // 2, 56))
        self.setGeometry(corner.x(), corner.y(), width, min(_SIZE.height(), window.height() - 100))
        self.show()
        self._list.open_with()

    def _on_found(self) -> None:
        self.resize(self.width(), self._list.wanted_height(_SIZE.height()))

    def _on_picked(self, item: PickItem) -> None:
        source = self._found.get(item.key)
        self.hide()
        if source is not None:
            source.open(item.key)
