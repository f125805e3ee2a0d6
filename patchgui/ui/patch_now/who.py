"""The first column: who. A filter, the nodes, and all the states a list of nodes can be in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QWidget

from patchgui.patching.node_query import NodeQuery
from patchgui.patching.wording import counted
from patchgui.ui.errors import Trouble
from patchgui.ui.patch_now.ago import ago
from patchgui.ui.patch_now.node_model import NodeTableModel
from patchgui.ui.patch_now.reboot_strip import RebootStrip
from patchgui.ui.patch_now.states import Loading, NodesState
from patchgui.ui.patch_now.target_menu import TargetMenu
from patchgui.ui.patch_now.target_strip import TargetStrip
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.filter_chips import FilterChips
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.tab_order import put_after
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    from patchgui.ui.patch_now.node_table import NodeTable

_PLACEHOLDER = "Name, tag:Role=web, status:online, platform:debian"


class WhoView(Card):
    """Shows the node model; says what was typed and asked for."""

    query_typed = Signal(str)
    """The filter reads differently now."""
    reload_wanted = Signal()
    """The nodes should be read again."""
    groups_wanted = Signal()
    """The resource groups are to be chosen from."""
    target_wanted = Signal(object)
    """Nodes should be chosen by this target; None: by hand."""
    scan_wanted = Signal()
    """A scan of the picked nodes, or of all that answer, should run."""

    def __init__(self, model: NodeTableModel, parent: QWidget | None = None) -> None:
        super().__init__("Who", parent)
        self._model = model
        self._state = NodesState(Loading.WAITING)
        self.search = SearchBox("Filter nodes", _PLACEHOLDER, "Ctrl+F")
        self._add_filter = QPushButton("Filter")
        self._add_filter.setToolTip("Filters made of what the nodes have")
        self._filter_menu = QMenu(self)
        self._by_target = QPushButton("Target")
        self._by_target.setToolTip("Choose nodes by a tag or by a resource group")
        self._target_menu = TargetMenu(self)
        self.target = TargetStrip()
        self._all = QPushButton("All")
        self._all.setToolTip("Pick everything that matches (Ctrl+A)")
        self._chips = FilterChips()
        self._trouble = Banner("error")
        self._trouble.hide()
        self._lacking = Banner("info")
        self._lacking.set_closable(closable=True)
        self._lacking.hide()
        self._lacks: tuple[str, ...] = ()
        self._never = ""
        self.reboots = RebootStrip()
        self._table: NodeTable | None = None
        self._columns = QByteArray()
        self._skeleton = Skeleton(what="Loading nodes")
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.setMinimumHeight(120)
        self._hidden = label("", "help")
        self._scanned = label("", "dim")
        self._scan = QPushButton("Scan again")
        self._scan.setProperty("kind", "link")
        self._lay_out()
        self._connect()
        self.show_state(self._state)

    @property
    def table(self) -> "NodeTable":
        """The nodes. Made when first asked for: with what Qt needs for it, it takes as long as the rest of the page."""
        if self._table is None:
            from patchgui.ui.patch_now.node_table import NodeTable

            self._table = NodeTable(self._model, self._stack)
            self._table.restore_columns(self._columns)
            self._stack.addWidget(self._table)
            put_after(self._last_above_list(), self._table)
        return self._table

    def show_state(self, state: NodesState) -> None:
        """Show how the list stands."""
        self._state = state
        self._never = "" if any(not row.is_scan_known for row in self._model.rows) else "Never scanned"
        trouble = state.trouble
        self._trouble.setVisible(trouble is not None and self._model.total > 0)
        if trouble is not None:
            since = f" You see the nodes as of {ago(state.read_at, datetime.now(UTC))}." if state.read_at else ""
            self._trouble.show_trouble(trouble._replace(hint=f"{trouble.hint}{since}".strip()))
            self._trouble.set_action("Try again")
        self._show_lacks(state.lacks)
        self._show_list()

    def _show_lacks(self, lacks: tuple[str, ...]) -> None:
        """Say what is not shown; once closed, it stays away until something else is missing."""
        if self._state.loading is not Loading.DONE or lacks == self._lacks:
            return
        self._lacks = lacks
        self._lacking.setVisible(bool(lacks))
        if lacks:
            self._lacking.show_message("info", "\n".join(lacks))

    def show_query(self, query: NodeQuery) -> None:
        """Show the filter as it was understood."""
        self._chips.show_terms([term.typed for term in query.terms], query.trouble)
        self.search.setProperty("invalid", bool(query.trouble))
        self.search.style().polish(self.search)
        self._show_list()

    def keep_columns(self) -> QByteArray:
        """Return the columns as the user left them."""
        return self._columns if self._table is None else self._table.keep_columns()

    def restore_columns(self, state: QByteArray) -> None:
        """Take up columns from an earlier day."""
        self._columns = state
        if self._table is not None:
            self._table.restore_columns(state)

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self._add_filter)
        row.addWidget(self._by_target)
        row.addWidget(self._all)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self._scanned)
        foot.addWidget(self._scan)
        foot.addStretch(1)
        foot.addWidget(self._hidden)
        for page in (self._skeleton, self._empty):
            self._stack.addWidget(page)
        self.body.addLayout(row)
        self.body.addWidget(self._chips)
        self.body.addWidget(self.target)
        self.body.addWidget(self._trouble)
        self.body.addWidget(self._lacking)
        self.body.addWidget(self.reboots)
        self.body.addWidget(self._stack, 1)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.query_typed)
        self.search.results_wanted.connect(self._on_results_wanted)
        self._chips.term_removed.connect(self._on_term_removed)
        self._add_filter.clicked.connect(self._on_filter_menu)
        self._filter_menu.triggered.connect(self._on_filter_picked)
        self._by_target.clicked.connect(self._on_target_menu)
        self._target_menu.chosen.connect(self.target_wanted)
        self.target.let_go.connect(self._on_let_go)
        self._all.clicked.connect(self._on_all)
        self._trouble.acted.connect(self.reload_wanted)
        self._empty.acted.connect(self._on_empty_acted)
        self._scan.clicked.connect(self.scan_wanted)
        self._model.shown_changed.connect(self._show_list)
        self._model.picks_changed.connect(self._show_counts)

    def _show_list(self) -> None:
        loading, model = self._state.loading, self._model
        if model.rowCount():
            self._stack.setCurrentWidget(self.table)
        elif model.total:
            self._empty.set_message("No node matches this filter.", "", "Clear the filter")
            self._stack.setCurrentWidget(self._empty)
        elif loading in {Loading.WAITING, Loading.FIRST, Loading.PARTIAL}:
            self._stack.setCurrentWidget(self._skeleton)
        else:
            self._show_nothing()
        self._show_counts()

    def _show_nothing(self) -> None:
        trouble = self._state.trouble
        if trouble is not None:
            self._empty.set_message(trouble.message, trouble.hint, "Try again", trouble.command)
        else:
            detail = "A node appears here when its agent registers with this connection."
            self._empty.set_message("There are no managed nodes here.", detail, "Look again")
        self._stack.setCurrentWidget(self._empty)

    def _show_counts(self) -> None:
        model = self._model
        picked, total = model.picked_count, model.total
        loading = self._state.loading
        more = "+" if loading is Loading.PARTIAL else ""
        filling = " · reading what they miss" if loading is Loading.FILLING else ""
        self.set_note(f"{picked:,} of {total:,}{more} nodes{filling}" if total else "")
        hidden = model.hidden_picks
        shown = model.rowCount()
        words = [f"{counted(hidden, 'picked node')} hidden by the filter"] if hidden else []
        if shown != total:
            words.insert(0, f"{shown:,} of {total:,} match")
        self._hidden.setText(" · ".join(words))
        last = model.last_scan_at
        self._scanned.setVisible(total > 0)
        self._scan.setVisible(total > 0)
        self._scanned.setText(f"Last scan {ago(last, datetime.now(UTC))}" if last else self._never)
        self._scan.setText("Scan again" if last else "Scan now")
        self._scan.setToolTip("Scan the picked nodes" if picked else "Scan every node that answers")
        self._all.setEnabled(shown > 0)
        self._add_filter.setEnabled(total > 0)
        self._by_target.setEnabled(total > 0)

    def _last_above_list(self) -> QWidget:
        """Return what the keyboard comes to last before the list."""
        found = self._scan.previousInFocusChain()
        while found is not None and not found.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found = found.previousInFocusChain()
        return found or self._all

    def _on_results_wanted(self) -> None:
        self.table.stand_on_first()

    def _on_all(self) -> None:
        self.table.toggle_all()

    def _on_term_removed(self, term: str) -> None:
        self.search.setText(" ".join(self.search.text().replace(term, "", 1).split()))

    def _on_filter_menu(self) -> None:
        from patchgui.ui.patch_now.filter_menu import fill_filter_menu

        fill_filter_menu(self._filter_menu, self._model.rows)
        self._filter_menu.popup(self._add_filter.mapToGlobal(self._add_filter.rect().bottomLeft()))

    def show_groups(self, found: Sequence[str] | Trouble) -> None:
        """Offer these resource groups as targets, or say why there are none."""
        self._target_menu.show_groups(found)

    def _on_target_menu(self) -> None:
        self._target_menu.fill(self._model.rows)
        self.groups_wanted.emit()
        self._target_menu.popup(self._by_target.mapToGlobal(self._by_target.rect().bottomLeft()))

    def _on_let_go(self) -> None:
        self.target_wanted.emit(None)

    def _on_filter_picked(self, action: object) -> None:
        term = str(action.data())  # type: ignore[attr-defined]
        if term not in self.search.text():
            self.search.setText(f"{self.search.text()} {term}".strip())

    def _on_empty_acted(self) -> None:
        if self._model.total:
            self.search.clear()
        else:
            self.reload_wanted.emit()
