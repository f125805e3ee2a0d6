"""The list of windows with its filter, and what stands there while there is none."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QWidget

from patchgui.patching.wording import counted
from patchgui.ui.errors import Trouble
from patchgui.ui.icons import icon
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.filter_chips import FilterChips
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.windows.presenter import WindowsPresenter
from patchgui.ui.windows.rows import WindowQuery
from patchgui.ui.windows.windows_table import WindowsTable

_LOADING, _TABLE, _EMPTY = range(3)
_TICK_MS = 10_000


class WindowsList(Card):
    """Shows a presenter's model; loading, empty, no match, error and stale list each look their own."""

    create_wanted = Signal()
    """A window is to be made."""

    def __init__(self, presenter: WindowsPresenter, parent: QWidget | None = None) -> None:
        super().__init__("Windows", parent)
        self._presenter = presenter
        self._query = WindowQuery()
        self.box = SearchBox("Filter windows", "Name, state:enabled, zone:berlin, schedule:sunday", "Ctrl+F")
        self.new = QPushButton("New window…")
        self.new.setIcon(icon("plus"))
        self.new.setToolTip("Make a maintenance window (Ctrl+N)")
        self.chips = FilterChips()
        self.banner = Banner()
        self.banner.hide()
        self.table = WindowsTable(presenter.model)
        self.empty = EmptyState()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.head.addWidget(self.new)
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(Skeleton(rows=6, row_px=46, what="Loading the windows"))
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        line = QHBoxLayout()
        line.addWidget(self.box)
        self.body.addLayout(line)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.banner)
        self.body.addWidget(ground, 1)

    def _connect(self) -> None:
        self.new.clicked.connect(self.create_wanted)
        self.box.textChanged.connect(self._presenter.filter)
        self.box.results_wanted.connect(self.table.setFocus)
        self.chips.term_removed.connect(self._on_term_removed)
        self.banner.acted.connect(self._presenter.start)
        self.empty.acted.connect(self.create_wanted)
        self._presenter.listed.connect(self._on_listed)
        self._presenter.failed.connect(self._on_failed)
        self._presenter.query_changed.connect(self._on_query)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._presenter.model.refresh_times)
        self._tick.start()

    def _on_listed(self) -> None:
        self.banner.hide()
        self._refresh()

    def _on_failed(self, trouble: Trouble) -> None:
        kept = "The list is as it was last seen. " if self._presenter.is_listed else ""
        hint = f"{trouble.hint} {kept}Asking again every few seconds.".strip()
        self.banner.show_trouble(trouble._replace(hint=hint))
        self.banner.set_action("Ask now")
        self.banner.show()
        if not self._presenter.is_listed:
            self.empty.set_message("The windows cannot be listed now.", "Those that are enabled open all the same.")
            self._stack.setCurrentIndex(_EMPTY)

    def _on_query(self, query: WindowQuery) -> None:
        self._query = query
        self.chips.show_terms(query.terms, query.trouble)
        if self._presenter.is_listed:
            self._refresh()

    def _on_term_removed(self, term: str) -> None:
        left = list(self._query.terms)
        left.remove(term)
        self.box.setText(" ".join(left))

    def _refresh(self) -> None:
        model = self._presenter.model
        shown, total = model.rowCount(), model.total
        self.set_note(f"{shown:,} of {total:,}" if shown != total else f"{total:,}" if total else "")
        self.box.setEnabled(total > 0)
        self._stack.setCurrentIndex(_TABLE if shown else _EMPTY)
        if not total:
            self.empty.set_message(
                "No maintenance windows yet.",
                "A window says when patching may happen, where, and with which hooks.",
                "New window…",
            )
        elif not shown:
            self.empty.set_message(
                "No window matches.", f"{counted(total, 'window')} in all. Clear the filter with Esc."
            )
