"""Two runs side by side on the screen. Shows what its presenter found and passes on what the operator does."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from patchgui.patching.comparison import Change, Comparison, NodePair, PhasePair
from patchgui.patching.wording import counted
from patchgui.ssm.errors import PatchError
from patchgui.ui.compare.cells import NODE_COLUMNS, PHASE_COLUMNS, node_cells, phase_cells
from patchgui.ui.compare.facts import FactsCard
from patchgui.ui.compare.presenter import Compared, ComparePresenter
from patchgui.ui.icons import icon
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.cell_table import CellModel, CellTable
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.key import key_within
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.text import ElidedLabel, label

_LOADING, _SHOWN, _FAILED = range(3)
_WHY, _FIRST_COUNTS, _SECOND_COUNTS = 6, 1, 3
_TABS: Final = (None, *Change)
"""All nodes, then those of each change."""
_ROWS, _EMPTY = range(2)


class CompareView(QWidget):
    """Facts and phases above, nodes below; a node opens in the run where there is more to see of it."""

    back_wanted = Signal()
    """The operator wants to go back to where they came from."""
    run_wanted = Signal(str, str)
    """Run id, and the id of the node to show in it (empty: none)."""

    def __init__(self, presenter: ComparePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.back = QPushButton()
        self.back.setProperty("kind", "bare")
        self.back.setAccessibleName("Back to the runs")
        self.back.setToolTip("Back to the runs (Alt+Left)")
        self.title = label("Two runs compared", "page-title")
        self.verdict = ElidedLabel("", "dim")
        self.swap = QPushButton("Swap")
        self.swap.setToolTip("Let the first and the second run trade places")
        self.facts = FactsCard()
        self.phases: CellModel[PhasePair] = CellModel(PHASE_COLUMNS, phase_cells, self)
        self.phase_table = CellTable(self.phases, "Phases of both runs", _SECOND_COUNTS)
        self.phase_table.horizontalHeader().setSectionResizeMode(_FIRST_COUNTS, QHeaderView.ResizeMode.Stretch)
        self.nodes: CellModel[NodePair] = CellModel(NODE_COLUMNS, node_cells, self)
        self.node_table = CellTable(self.nodes, "Nodes of both runs", _WHY)
        self.tabs = QTabBar()
        self.box = SearchBox("Filter nodes", "Name or reason", "Ctrl+F")
        self.empty = EmptyState()
        self.failure = EmptyState()
        self._lay_out()
        self._connect()
        self._refresh_icons()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.verdict)
        top.addWidget(self.back)
        top.addLayout(words, 1)
        top.addWidget(self.swap)
        phases = Card("Phases")
        phases.body.addWidget(self.phase_table)
        upper = QSplitter(Qt.Orientation.Horizontal)
        upper.setChildrenCollapsible(False)
        upper.setHandleWidth(16)
        upper.addWidget(self.facts)
        upper.addWidget(phases)
        upper.setSizes([330, 670])
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(16)
        halves.addWidget(upper)
        halves.addWidget(self._nodes_card())
        halves.setSizes([340, 460])
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(Skeleton(rows=12, what="Comparing the runs"))
        self._stack.addWidget(halves)
        self._stack.addWidget(self.failure)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(top)
        whole.addWidget(ground, 1)

    def _nodes_card(self) -> Card:
        card = Card()
        card.setAccessibleName("Nodes")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName("Which nodes")
        self.box.setMaximumWidth(280)
        card.head.addWidget(self.tabs)
        card.head.addStretch(1)
        card.head.addWidget(self.box, 4)
        ground = QWidget()
        self._rows = QStackedLayout(ground)
        self._rows.addWidget(self.node_table)
        self._rows.addWidget(self.empty)
        card.body.addLayout(card.head)
        card.body.addWidget(ground, 1)
        return card

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.shown.connect(self._on_shown)
        presenter.failed.connect(self._on_failed)
        self.back.clicked.connect(self.back_wanted)
        self.swap.clicked.connect(self._on_swap)
        self.facts.run_wanted.connect(self._on_run_wanted)
        self.failure.acted.connect(self._on_again)
        self.tabs.currentChanged.connect(self._filter)
        self.box.textChanged.connect(self._filter)
        self.box.results_wanted.connect(self.node_table.setFocus)
        self.node_table.row_opened.connect(self._on_node_opened)
        for keys, slot in (("Alt+Left", self.back_wanted), ("Ctrl+F", self.box.setFocus)):
            key_within(self, keys, slot)

    def open(self, first: str, second: str) -> None:
        """Compare two runs, by their ids."""
        self._stack.setCurrentIndex(_LOADING)
        self.verdict.set_text("")
        self.box.clear()
        self.tabs.setCurrentIndex(0)
        self._presenter.open(first, second)

    def again(self) -> None:
        """Read both runs once more: one of them may have gone on."""
        self._presenter.again()

    # -- what the presenter tells --------------------------------------------------------------------------------------

    def _on_shown(self, compared: Compared) -> None:
        found = compared.found
        self.verdict.set_text(verdict(compared))
        self.facts.show_facts(found.facts)
        self.phases.show_rows(found.phases)
        self.nodes.show_rows(found.nodes)
        self._show_tabs(found)
        self._stack.setCurrentIndex(_SHOWN)
        self._filter()
        self.node_table.setFocus()

    def _show_tabs(self, found: Comparison) -> None:
        """Offer the changes that there are; which one is looked at stays, where it is still there."""
        looked_at = self.change
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for change in _TABS:
            count = len(found.nodes) if change is None else found.count(change)
            if change is None or count:
                words = "All" if change is None else change.label.capitalize()
                number = self.tabs.addTab(f"{words} · {count:,}")
                self.tabs.setTabData(number, change)
                if change is looked_at:
                    self.tabs.setCurrentIndex(number)
        self.tabs.blockSignals(False)

    @property
    def change(self) -> Change | None:
        """The change whose nodes are on show; None for all."""
        data = self.tabs.tabData(self.tabs.currentIndex())
        return None if data is None else Change(data)

    def _on_failed(self, error: PatchError) -> None:
        self.failure.set_message(str(error), error.hint, "Try again")
        self._stack.setCurrentIndex(_FAILED)

    # -- what the operator does ----------------------------------------------------------------------------------------

    def _filter(self) -> None:
        change, words = self.change, self.box.text().lower().split()

        def keeps(pair: NodePair) -> bool:
            text = f"{pair.name}\n{pair.instance_id}\n{pair.reason}".lower()
            return (change is None or pair.change is change) and all(word in text for word in words)

        self.nodes.keep(keeps)
        self._rows.setCurrentIndex(_ROWS if self.nodes.rowCount() else _EMPTY)
        if self.nodes.total:
            self.empty.set_message("No node matches.", "Clear the filter with Esc.")
        else:
            self.empty.set_message("Neither run has a node.", "Their targets matched none, or were never resolved.")

    def _on_swap(self) -> None:
        self._presenter.swap()

    def _on_again(self) -> None:
        self._stack.setCurrentIndex(_LOADING)
        self._presenter.again()

    def _on_run_wanted(self, is_second: bool) -> None:
        self.run_wanted.emit(self._presenter.runs[is_second], "")

    def _on_node_opened(self, pair: NodePair) -> None:
        self.run_wanted.emit(self._presenter.runs[pair.second is not None], pair.instance_id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "back"):
            self._refresh_icons()
        super().changeEvent(event)

    def _refresh_icons(self) -> None:
        self.back.setIcon(icon("back"))


def verdict(compared: Compared) -> str:
    """Return in one line what came of the second run against the first."""
    found = compared.found
    parts = [f"{found.count(change):,} {change.label}" for change in (Change.WORSE, Change.BETTER, Change.SAME)]
    only = [found.count(change) for change in (Change.ONLY_FIRST, Change.ONLY_SECOND)]
    if sum(only):
        parts.append(f"{sum(only):,} in one of the runs only")
    return f"{counted(len(found.nodes), 'node')} in the second run: {', '.join(parts)}."
