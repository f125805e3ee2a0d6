"""The heads of two runs side by side: what was different about them, and on demand what was alike."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from patchgui.patching.comparison import FactPair
from patchgui.patching.wording import counted
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.text import ElidedLabel, label


class FactsCard(Card):
    """A line per fact; those that differ are on show, those that are alike are counted until they are asked for."""

    run_wanted = Signal(bool)
    """The run of one side should be opened: True for the second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("About the runs", parent)
        self._facts: tuple[FactPair, ...] = ()
        self.alike = QPushButton()
        self.alike.setProperty("kind", "link")
        self.alike.setCheckable(True)
        self.alike.toggled.connect(self._fill)
        self.head.addWidget(self.alike)
        self.opens = [QPushButton("First run"), QPushButton("Second run")]
        for is_second, button in enumerate(self.opens):
            button.setProperty("kind", "link")
            button.setProperty("is_second", bool(is_second))
            button.setToolTip("Open this run")
            button.clicked.connect(self._on_open)
        self._scroll = ScrollColumn()
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName("What is different about the runs")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        for side, button in enumerate(self.opens):
            self._grid.addWidget(button, 0, side + 1, Qt.AlignmentFlag.AlignLeft)
            self._grid.setColumnStretch(side + 1, 1)
        self._lines: list[QWidget] = []
        self._scroll.column.addLayout(self._grid)
        self._scroll.column.addStretch(1)
        self.body.addWidget(self._scroll, 1)

    def show_facts(self, facts: Sequence[FactPair]) -> None:
        """Show the heads of two runs."""
        self._facts = tuple(facts)
        self._fill()

    @property
    def shown(self) -> list[FactPair]:
        """The facts that are on show."""
        return [fact for fact in self._facts if fact.differs or self.alike.isChecked()]

    def _fill(self) -> None:
        alike = sum(not fact.differs for fact in self._facts)
        self.alike.setVisible(alike > 0)
        self.alike.setText("Only what differs" if self.alike.isChecked() else f"{counted(alike, 'fact')} alike")
        for part in self._lines:
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._lines = []
        for line, fact in enumerate(self.shown, start=1):
            self._put(label(fact.name, "dim"), line, 0)
            for side, value in enumerate((fact.first, fact.second)):
                role = "" if fact.differs else "dim"
                words = ElidedLabel(value or "–", role, elide=_elision(fact))
                words.setAccessibleName(f"{fact.name}, {('first', 'second')[side]} run: {value or 'nothing'}")
                self._put(words, line, side + 1)

    def _put(self, part: QWidget, line: int, column: int) -> None:
        self._grid.addWidget(part, line, column)
        self._lines.append(part)

    def _on_open(self) -> None:
        self.run_wanted.emit(bool(self.sender().property("is_second")))


def _elision(fact: FactPair) -> Qt.TextElideMode:
    """Return where two values may be cut so that one still sees in what they differ."""
    pairs = enumerate(zip(fact.first, fact.second, strict=False))
    alike = next((place for place, (one, other) in pairs if one != other), 0)
    is_at_end = alike > min(len(fact.first), len(fact.second)) / 2
    return Qt.TextElideMode.ElideMiddle if is_at_end else Qt.TextElideMode.ElideRight
