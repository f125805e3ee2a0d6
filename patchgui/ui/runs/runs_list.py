"""The list of runs with its filter box, and what stands there while there are none."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.patching.wording import counted
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import trouble_of
from patchgui.ui.runs.presenter import RunsPresenter
from patchgui.ui.runs.runs_table import RunsTable
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.text import label

_LOADING, _TABLE, _EMPTY = range(3)
_TICK_MS = 1000


class RunsList(QWidget):
    """Shows a presenter's model; loading, empty, no match, error and stale list each look their own."""

    opened = Signal(str)
    """The id of the run to show."""
    patch_now_wanted = Signal()
    """There are no runs, and the operator wants to start one."""

    def __init__(self, presenter: RunsPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._is_listed = False
        self.count = label("", "dim")
        self.box = SearchBox("Filter runs", "Name, document, status:failed", "Ctrl+F")
        self.box.setMaximumWidth(360)
        self.banner = Banner()
        self.banner.hide()
        self.banner.acted.connect(presenter.start)
        self.table = RunsTable(presenter.model)
        self.empty = EmptyState()
        self.empty.acted.connect(self.patch_now_wanted)
        self._lay_out()
        presenter.listed.connect(self._on_listed)
        presenter.failed.connect(self._on_failed)
        self.table.opened.connect(self.opened)
        self.box.textChanged.connect(self._on_filter)
        self.box.results_wanted.connect(self.table.setFocus)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(presenter.model.refresh_times)
        self.setFocusProxy(self.table)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Runs", "page-title"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.box, 2)
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(Skeleton(rows=10, row_px=36, what="Loading the runs"))
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        card = Card()
        card.body.addWidget(ground)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(head)
        whole.addWidget(self.banner)
        whole.addWidget(card, 1)

    def _on_listed(self) -> None:
        self._is_listed = True
        self.banner.hide()
        self._refresh()

    def _on_failed(self, error: PatchError) -> None:
        kept = "The list is as it was last seen. " if self._is_listed else ""
        hint = f"{error.hint} {kept}Asking again every few seconds.".strip()
        self.banner.show_trouble(trouble_of(error)._replace(hint=hint))
        self.banner.set_action("Ask now")
        self.banner.show()
        if not self._is_listed:
            self.empty.set_message(
                "The runs cannot be listed now.", "Runs that were started go on without this window."
            )
            self._stack.setCurrentIndex(_EMPTY)

    def _on_filter(self, text: str) -> None:
        self._presenter.model.set_filter(text)
        if self._is_listed:
            self._refresh()

    def _refresh(self) -> None:
        model = self._presenter.model
        shown, total = model.rowCount(), model.total
        self.count.setText(f"· {shown:,} of {total:,}" if shown != total else f"· {total:,}" if total else "")
        self.box.setEnabled(total > 0)
        self._stack.setCurrentIndex(_TABLE if shown else _EMPTY)
        if not total:
            self.empty.set_message(
                "No runs yet.",
                "Everything that is patched or scanned from here is listed, newest first.",
                "Go to Patch now",
            )
        elif not shown:
            self.empty.set_message("No run matches.", f"{counted(total, 'run')} in all. Clear the filter with Esc.")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()
