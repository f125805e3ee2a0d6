"""The history: search line, filters, the table, and what stands there while there is nothing to show."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.patching.wording import counted, listed
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import trouble_of
from patchgui.ui.runs.presenter import RunsPresenter
from patchgui.ui.runs.runs_table import RunsTable
from patchgui.ui.runs.search_line import SearchLine
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.text import label

_LOADING, _TABLE, _EMPTY = range(3)
_TICK_MS = 1000
_SLOW_MS = 200
"""How long a search may take before it is said that it goes on."""


class RunsList(QWidget):
    """Shows a presenter's model; loading, empty, no match, partial, error and offline each look their own."""

    patch_now_wanted = Signal()
    """There are no runs, and the operator wants to start one."""

    archive_wanted = Signal()
    """The settings of the archive should be shown."""

    def __init__(self, presenter: RunsPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._is_listed = self._is_searched = self._awaits_keyboard = False
        self.count = label("", "dim")
        self.line = SearchLine(presenter)
        self.archive = QPushButton("Archive…")
        self.archive.setToolTip("Where runs are kept, what could be deleted, and a copy of them")
        self.archive.clicked.connect(self.archive_wanted)
        self.banner = Banner()
        self.banner.hide()
        self.banner.acted.connect(presenter.start)
        self.trouble = Banner("error")
        self.trouble.hide()
        self.trouble.acted.connect(presenter.start)
        self.notice = Banner("warning")
        self.notice.set_closable(closable=True)
        self.notice.hide()
        self._said = ""
        self.table = RunsTable(presenter.model)
        self.empty = EmptyState()
        self.empty.acted.connect(self._on_empty_acted)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(presenter.model.refresh_times)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)
        # First what is looked for and what was found; the settings are seldom wanted.
        self.setTabOrder(self.table, self.archive)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Runs", "page-title"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.archive)
        ground = QWidget()
        self._stack = QStackedLayout(ground)
        self._stack.addWidget(Skeleton(rows=10, row_px=36, what="Loading the runs"))
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        card = Card()
        card.body.addWidget(self.line)
        card.body.addWidget(ground, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(head)
        whole.addWidget(self.trouble)
        whole.addWidget(self.notice)
        whole.addWidget(self.banner)
        whole.addWidget(card, 1)

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.listed.connect(self._on_listed)
        presenter.failed.connect(self._on_failed)
        presenter.searching.connect(self._slow.start)
        presenter.searched.connect(self._on_searched)
        presenter.search_failed.connect(self._on_search_failed)
        presenter.model.rowsInserted.connect(self._show_count)
        self.table.selection_changed.connect(self._show_count)
        self.table.everything_selected.connect(self._show_count)
        self.line.results_wanted.connect(self.table.stand_on_first)

    def take_keyboard(self) -> None:
        """Let the table have the keyboard as soon as it is there; until then what is typed goes into the search."""
        self._awaits_keyboard = not self.table.isVisible()
        if self._awaits_keyboard:
            self.line.take_keyboard()
        else:
            self.table.stand_on_first()

    def focus_search(self) -> None:
        """Put the keyboard into the search line, and leave it there."""
        self._awaits_keyboard = False
        self.line.take_keyboard()

    def _pass_keyboard_on(self) -> None:
        if self._awaits_keyboard and self.table.isVisible():
            self._awaits_keyboard = False
            if self.window().focusWidget() is self.line.box and not self.line.box.text():
                self.table.stand_on_first()

    # -- what the presenter tells --------------------------------------------------------------------------------------

    def _on_listed(self) -> None:
        self._is_listed = True
        away = self._presenter.unanswered
        self.banner.setVisible(bool(away))
        if away:
            them = "its runs are" if len(away) == 1 else "their runs are"
            does = "does" if len(away) == 1 else "do"
            self.banner.show_message("warning", f"{listed(away)} {does} not answer: {them} as they were last seen.")
            self.banner.set_action("Ask now")
        self._refresh()

    def _on_failed(self, error: PatchError) -> None:
        """Say that the open connections do not answer; the archive is shown all the same."""
        kept = "What is archived is shown as it was last seen. "
        self.banner.show_trouble(trouble_of(error)._replace(hint=f"{error.hint} {kept}Asking again every few seconds."))
        self.banner.set_action("Ask now")
        self.banner.show()
        self._is_listed = True
        self._refresh()

    def _on_searched(self) -> None:
        self._is_searched = True
        self._slow.stop()
        self.trouble.hide()
        self._show_notice()
        self.table.show_words(self._presenter.query.text)
        self._refresh()

    def _on_search_failed(self, error: PatchError) -> None:
        self._is_searched = True
        self._slow.stop()
        self.trouble.show_trouble(trouble_of(error))
        self.trouble.set_action("Try again")
        self.trouble.show()
        self._refresh()

    def _show_notice(self) -> None:
        """Say once that the archive had to be begun anew; closed, it stays away until that happens again."""
        words = self._presenter.notice
        if words and words != self._said:
            hint = "Runs that SSM remembers are read again from the connections as they are opened."
            self.notice.show_message("warning", words, hint)
            self.notice.show()
        self._said = words

    def _on_slow(self) -> None:
        self.count.setText("· searching…")

    def _refresh(self) -> None:
        presenter = self._presenter
        self._show_count()
        if presenter.model.rowCount():
            self._stack.setCurrentIndex(_TABLE)
            self._pass_keyboard_on()
        elif not (self._is_searched and self._is_listed):
            self._stack.setCurrentIndex(_LOADING)
        else:
            self._show_nothing()

    def _show_nothing(self) -> None:
        presenter = self._presenter
        if presenter.text.strip():
            of_all = f"{counted(presenter.total_of_all, 'run')} in all. " if presenter.total_of_all else ""
            self.empty.set_message("No run matches.", f"{of_all}Clear the search with Esc.", "Clear the search")
        elif self.trouble.isVisibleTo(self) or self.banner.isVisibleTo(self):
            self.empty.set_message(
                "The runs cannot be listed now.", "Runs that were started go on without this window."
            )
        else:
            self.empty.set_message(
                "No runs yet.",
                "Everything that is patched or scanned from here is listed, newest first.",
                "Go to Patch now",
            )
        self._stack.setCurrentIndex(_EMPTY)

    def _show_count(self) -> None:
        presenter, table = self._presenter, self.table
        shown, total, of_all = presenter.model.rowCount(), presenter.total, presenter.total_of_all
        matching = max(shown, total or 0)
        more = "+" if total is None and presenter.model.has_more else ""
        words = f"{matching:,}{more}"
        if presenter.text.strip():
            words = f"{words} of {max(of_all, matching):,}" if of_all is not None else f"{words} found"
        selected = matching if table.is_everything_selected else len(table.selectionModel().selectedRows())
        chosen = f" · {selected:,}{more if table.is_everything_selected else ''} selected" if selected > 1 else ""
        self.count.setText(f"· {words}{chosen}" if matching or presenter.text.strip() else "")

    def _on_empty_acted(self) -> None:
        if self._presenter.text.strip():
            self.line.clear()
        else:
            self.patch_now_wanted.emit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()
