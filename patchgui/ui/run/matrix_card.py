"""The card of the matrix: all nodes or failures only, a filter box, and how many are shown."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QStackedLayout, QTabBar, QWidget

from patchgui.patching.failures import FailureGroup
from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.phases import Phase
from patchgui.patching.wording import counted
from patchgui.ui.run.before_after.page import BeforeAfterPage
from patchgui.ui.run.failures.page import FailuresPage
from patchgui.ui.run.group_button import GroupButton
from patchgui.ui.run.grouping import NONE, Tags
from patchgui.ui.run.matrix_filter import parse_filter
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.matrix_view import MatrixView
from patchgui.ui.run.timeline.page import TimelinePage
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.text import label

_ALL, _TIMELINE, _FAILURES, _BEFORE_AFTER = range(4)
_TABLE, _BARS, _EMPTY, _GROUPS, _PATCHES = range(5)
_BOX_FROM_NODES = 8
"""Fewer nodes need no filter box."""


class MatrixCard(Card):
    """Filters the model as the operator types; everything else is the table's."""

    node_chosen = Signal(str, object)
    pane_wanted = Signal()
    filter_changed = Signal(str)
    """What stands in the filter box."""

    def __init__(
        self, model: MatrixModel, flow: PhaseFlow, tags: Callable[[], Tags], parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.setAccessibleName("Nodes and phases")
        self._model = model
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName("Which nodes")
        self.tabs.addTab("Nodes × phases")
        self.tabs.addTab("Timeline")
        self.tabs.addTab("Failures")
        self.tabs.addTab("Before / after")
        self.box = SearchBox("Filter nodes", "Name, status:failed", "Ctrl+F")
        self.groups = GroupButton(tags)
        self.details = QPushButton("Show node")
        self.details.setToolTip("Phases and output of the chosen node (Enter)")
        self.details.clicked.connect(self.pane_wanted)
        self.details.hide()
        self.box.setMinimumWidth(170)
        self.box.setMaximumWidth(280)
        self.count = label("", "dim")
        self.table = MatrixView(model)
        self.timeline = TimelinePage(model, flow)
        self.failures = FailuresPage()
        self.before_after = BeforeAfterPage()
        self.empty = EmptyState()
        self._lay_out()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(0)
        self._typing.timeout.connect(self._filter)
        self.box.textChanged.connect(self._typing.start)
        self.box.results_wanted.connect(self.focus_rows)
        self.tabs.currentChanged.connect(self._filter)
        self.groups.chosen.connect(self._on_grouped)
        self.table.node_chosen.connect(self.node_chosen)
        self.table.pane_wanted.connect(self.pane_wanted)
        for page in (self.timeline, self.before_after):
            page.node_chosen.connect(self.node_chosen)
            page.pane_wanted.connect(self.pane_wanted)

    def _lay_out(self) -> None:
        head = self.head
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.count)
        head.addWidget(self.groups)
        head.addWidget(self.box, 4)
        head.addWidget(self.details)
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.timeline)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.failures)
        self._stack.addWidget(self.before_after)
        self.body.addLayout(head)
        self.body.addWidget(ground, 1)

    def open(self, phases: Sequence[Phase]) -> None:
        """Show another run of these phases: every node, no filter."""
        self.table.forget()
        self.timeline.open(phases)
        self.before_after.forget()
        self.groups.show_grouping(NONE)
        self.tabs.setCurrentIndex(_ALL)
        self.box.clear()
        self._filter()

    def refresh(self, failed: int, *, is_live: bool) -> None:
        """Show counts that moved."""
        words = f"Failures · {failed:,}" if failed else "Failures"
        if words != self.tabs.tabText(_FAILURES):
            self.tabs.setTabText(_FAILURES, words)
        self.tabs.setTabVisible(_FAILURES, failed > 0 or self.tabs.currentIndex() == _FAILURES)
        self.table.set_live(live=is_live)
        self._refresh_count()

    def show_span(self, start: datetime | None, end: datetime | None) -> None:
        """Set the scale of the timeline; ``end`` is None while the run goes on."""
        self.timeline.view.show_span(start, end)

    def mark(self, instance_id: str, phase: int | None) -> None:
        """Mark the node, and the phase of it, that the pane shows."""
        self.table.mark(instance_id)
        self.timeline.view.mark(instance_id, phase)

    def filter_by(self, token: str) -> None:
        """Show only what ``token`` (as the filter box takes it) keeps; once more: everything again."""
        self.box.setText("" if self.box.text() == token else token)

    def _on_grouped(self, grouping: str, tags: Tags) -> None:
        self._model.group(grouping, tags)
        self.table.scrollToTop()
        self.table.setFocus()

    def focus_rows(self) -> None:
        """Give the keyboard to the rows."""
        pages = {_TIMELINE: self.timeline, _FAILURES: self.failures, _BEFORE_AFTER: self.before_after}
        pages.get(self.tabs.currentIndex(), self.table).setFocus()

    def offer_patches(self, *, offered: bool) -> None:
        """Offer patch states before and after the run, or not: a run that patches nothing has none."""
        self.tabs.setTabVisible(_BEFORE_AFTER, offered)

    @property
    def shows_failures(self) -> bool:
        """Whether groups of failures are looked at, not nodes."""
        return self.tabs.currentIndex() == _FAILURES

    def show_failures(self, groups: Sequence[FailureGroup], *, can_retry: bool) -> None:
        """Show how nodes failed; those of a run that goes on cannot be tried again yet."""
        self.failures.show_groups(groups, can_retry=can_retry)
        self._refresh_count()

    def _filter(self) -> None:
        wanted = parse_filter(self.box.text())
        self._model.set_filter(wanted)
        self.before_after.filter(wanted.words)
        self._refresh_count()
        self.filter_changed.emit(self.box.text())

    def _refresh_count(self) -> None:
        total, shown = self._model.total, len(self._model.kept_rows())
        self.box.setVisible((total >= _BOX_FROM_NODES or bool(self.box.text())) and not self.shows_failures)
        self.groups.setVisible(total > 1 and self.tabs.currentIndex() == _ALL)
        if self.shows_failures:
            self.count.setText("")
            self.empty.set_message("No node has failed.", "Failed nodes are put together here by their error.")
            self._stack.setCurrentIndex(_GROUPS if self.failures.cards else _EMPTY)
            return
        if self.tabs.currentIndex() == _BEFORE_AFTER:
            self.count.setText("")
            self._stack.setCurrentIndex(_PATCHES)
            return
        self.count.setText(f"{shown:,} of {total:,}" if shown != total else "")
        rows = _BARS if self.tabs.currentIndex() == _TIMELINE else _TABLE
        self._stack.setCurrentIndex(rows if shown else _EMPTY)
        if shown:
            return
        if total:
            self.empty.set_message(
                "No node matches.", f"{counted(total, 'node')} in this run. Clear the filter with Esc."
            )
        else:
            self.empty.set_message(
                "No nodes yet.", "The targets of this run have not been resolved, or matched no node."
            )
