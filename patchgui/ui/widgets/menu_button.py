"""A button that shows one of several values and opens a menu of all."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget


class MenuButton(QPushButton):
    """``choices`` are pairs of value and words; the first one is chosen at first."""

    changed = Signal(str)
    """The user chose another value."""

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        for value, words in choices:
            action = self._menu.addAction(words)
            action.setCheckable(True)
            action.setData(value)
            self._group.addAction(action)
        self.setProperty("kind", "field")
        self.setMenu(self._menu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(choices[0][0])
        self._group.triggered.connect(self._on_triggered)

    @property
    def value(self) -> str:
        """The chosen value."""
        return str(self._group.checkedAction().data())

    def set_value(self, value: str) -> None:
        """Choose ``value`` without saying :attr:`changed`."""
        for action in self._group.actions():
            if action.data() == value:
                action.setChecked(True)
                self.setText(action.text())
                self.setAccessibleName(f"{self._name}: {action.text()}")

    def _on_triggered(self) -> None:
        self.set_value(self.value)
        self.changed.emit(self.value)
