"""The search line of the history: words and operators with help, a menu of filters, and chips for what is active."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from patchgui.console.archive.query import terms
from patchgui.ui.runs.filter_menu import PERIOD, fill_filter_menu
from patchgui.ui.runs.operators import suggest
from patchgui.ui.runs.period_sheet import PeriodSheet
from patchgui.ui.runs.presenter import RunsPresenter
from patchgui.ui.widgets.filter_chips import FilterChips
from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.word_help import WordHelp

_PLACEHOLDER = "Words in names, comments and output; status:failed, node:web-2, since:7d"
_ONCE = ("since:", "until:")
"""Of these a search has one at most: another takes its place."""


class SearchLine(QWidget):
    """Tells the presenter what is searched. What was typed is the one truth: menu and chips only change the text."""

    results_wanted = Signal()
    """The keyboard should move on to what was found."""

    def __init__(self, presenter: RunsPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.box = SearchBox("Search runs", _PLACEHOLDER, "Ctrl+F")
        self.help = WordHelp(self.box, "Operators and values", self._suggest)
        self.filter = QPushButton("Filter")
        self.filter.setToolTip("Filters by time, status, phase, connection, document and who started it")
        self.menu = QMenu(self)
        self.chips = FilterChips()
        self.sheet: PeriodSheet | None = None
        """The question for two dates that was asked last."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.box, 1)
        row.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.chips)
        self.box.textChanged.connect(presenter.search)
        self.box.textChanged.connect(self._show_chips)
        self.box.results_wanted.connect(self.results_wanted)
        self.filter.clicked.connect(self._on_menu)
        self.menu.triggered.connect(self._on_picked)
        self.chips.term_removed.connect(self._on_removed)

    def take_keyboard(self) -> None:
        """Put the cursor into the box, over what stands there."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def clear(self) -> None:
        """Search for nothing."""
        self.box.clear()

    def add_terms(self, *wanted: str) -> None:
        """Add terms to the search; one that it can have only once takes the place of the one before."""
        kept = [each.typed for each in terms(self.box.text())]
        for term in wanted:
            operator = f"{term.partition(':')[0]}:"
            if operator in _ONCE:
                kept = [each for each in kept if not each.lower().startswith(operator)]
            if term not in kept:
                kept.append(term)
        self.box.setText(" ".join(kept))

    def _suggest(self, word: str) -> Sequence[PickItem]:
        return suggest(word, self._presenter.choices)

    def _show_chips(self, text: str) -> None:
        found = terms(text)
        misread = next((each.typed for each in found if each.is_misread), "")
        trouble = f"{misread} is searched as words: it names no {misread.partition(':')[0]}." if misread else ""
        self.chips.show_terms([each.typed for each in found], trouble)

    def _on_removed(self, term: str) -> None:
        self.box.setText(" ".join(each.typed for each in terms(self.box.text()) if each.typed != term))

    def _on_menu(self) -> None:
        fill_filter_menu(self.menu, self._presenter.choices)
        self.menu.popup(self.filter.mapToGlobal(self.filter.rect().bottomLeft()))

    def _on_picked(self, action: object) -> None:
        term = str(action.data())  # type: ignore[attr-defined]
        if term != PERIOD:
            self.add_terms(term)
            return
        self.sheet = PeriodSheet(self)
        self.sheet.chosen.connect(self._on_period)
        self.sheet.open()

    def _on_period(self, first: str, last: str) -> None:
        self.add_terms(f"since:{first}", f"until:{last}")
