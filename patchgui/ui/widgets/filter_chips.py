"""The parts of a filter as chips: each can be taken out again."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from patchgui.ui import theme
from patchgui.ui.icons import icon
from patchgui.ui.widgets.flow import FlowLayout
from patchgui.ui.widgets.text import label


class FilterChips(QWidget):
    """One button per term, and in words what was not understood."""

    term_removed = Signal(str)
    """The user took out this term."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(4, self)
        self._terms: tuple[str, ...] = ()
        self._said = ""
        self.setVisible(False)

    def show_terms(self, terms: Sequence[str], trouble: str = "") -> None:
        """Show these terms and this trouble."""
        if (tuple(terms), trouble) == (self._terms, self._said):
            return
        self._terms, self._said = tuple(terms), trouble
        self._empty()
        for term in terms:
            self._flow.addWidget(self._chip(term))
        if trouble:
            words = label(trouble, "danger")
            words.setMinimumHeight(20)
            self._flow.addWidget(words)
        self.setVisible(bool(terms or trouble))

    def _chip(self, term: str) -> QPushButton:
        chip = QPushButton(term)
        chip.setProperty("kind", "chip")
        chip.setProperty("term", term)
        chip.setIcon(icon("close", theme.current().dim))
        chip.setIconSize(QSize(10, 10))
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setToolTip("Take this out of the filter")
        chip.setAccessibleName(f"Filter {term}: take out")
        chip.clicked.connect(self._on_clicked)
        return chip

    def _empty(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _on_clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, QPushButton):
            self.term_removed.emit(str(chip.property("term")))
