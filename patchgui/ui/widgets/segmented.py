"""A choice of a few, all on show: one segment is always down."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget


class SegmentedControl(QWidget):
    """Buttons in one frame; arrow keys move the choice, ``choices`` are pairs of value and words."""

    changed = Signal(str)
    """The user chose another value."""

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for position, (value, words) in enumerate(choices):
            button = QPushButton(words)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setProperty("place", _place(position, len(choices)))
            button.setProperty("value", value)
            button.setAccessibleName(f"{name}: {words}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button, max(len(words), 6))
        next(iter(self._buttons.values())).setChecked(True)
        self.setFocusProxy(next(iter(self._buttons.values())))
        self._group.buttonClicked.connect(self._on_clicked)

    @property
    def value(self) -> str:
        """The chosen value."""
        button = self._group.checkedButton()
        return str(button.property("value")) if button is not None else ""

    def set_value(self, value: str) -> None:
        """Choose ``value`` without saying :attr:`changed`; none is down for a value that is none of the choices."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)
            self.setFocusProxy(self._buttons[value])
            return
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def _on_clicked(self, button: QAbstractButton) -> None:
        self.setFocusProxy(button)
        self.changed.emit(str(button.property("value")))


def _place(position: int, count: int) -> str:
    if position == 0:
        return "first"
    return "last" if position == count - 1 else "middle"
