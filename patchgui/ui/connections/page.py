"""The Connections page: all of them in a table, and beside it the chosen one, or the form of one."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from patchgui.console.connection_draft import ConnectionDraft
from patchgui.patching.wording import counted
from patchgui.ui.connections.form import ConnectionForm
from patchgui.ui.connections.pane import ConnectionPane
from patchgui.ui.connections.presenter import ConnectionsPresenter
from patchgui.ui.connections.table import ConnectionsModel, ConnectionsTable
from patchgui.ui.errors import Trouble
from patchgui.ui.icons import icon
from patchgui.ui.shell.question import Question
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.key import key_on
from patchgui.ui.widgets.text import label

_SIDE_PX = 384
_MARGIN_PX = 16
_HOW = "Add a profile of the AWS tools with its region. Keys stay with those tools: only the name is kept here."


class ConnectionsPage(QWidget):
    """Puts presenter and views together."""

    opened = Signal(str)
    """The id of the connection that the operator wants to work on."""

    def __init__(self, presenter: ConnectionsPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.model = ConnectionsModel(self)
        self.table = ConnectionsTable(self.model)
        self.pane = ConnectionPane()
        self.form = ConnectionForm()
        self.add = QPushButton("Add a connection…")
        self.add.setIcon(icon("plus"))
        self.add.setToolTip("Set up a connection to AWS (Ctrl+N)")
        self.notice = Banner("warning")
        self.notice.hide()
        self._card = Card("Connections")
        self._how = label(_HOW, "help", wrap=True)
        self._side = QStackedWidget()
        self._lay_out()
        self._connect()
        self._on_rows()
        self._choose_current()

    def choose(self, connection_id: str) -> None:
        """Stand on a connection, and show it beside the table."""
        self.table.choose(connection_id)
        self._on_chosen(connection_id)

    def begin_new(self) -> None:
        """Open the form of a new connection."""
        self._edit(ConnectionDraft(), "")

    def test_chosen(self) -> None:
        """Try the connection that the table stands on."""
        self._presenter.test(self.table.current_id)

    def edit_chosen(self) -> None:
        """Open the form of the connection that the table stands on."""
        self._on_edit(self.table.current_id)

    def remove_chosen(self) -> None:
        """Ask whether to take the connection that the table stands on off the list."""
        self._on_remove(self.table.current_id)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._card.head.addWidget(self.add)
        self._card.body.addWidget(self.notice)
        self._card.body.addWidget(self.table, 1)
        self._card.body.addWidget(self._how)
        for part in (self.pane, self.form):
            self._side.addWidget(part)
        self._side.setFixedWidth(_SIDE_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        row.setSpacing(_MARGIN_PX)
        row.addWidget(self._card, 1)
        row.addWidget(self._side)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        presenter, pane, form = self._presenter, self.pane, self.form
        self.add.clicked.connect(self.begin_new)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self.opened)
        pane.open_wanted.connect(self.opened)
        pane.test_wanted.connect(presenter.test)
        pane.again_wanted.connect(presenter.try_again)
        pane.close_wanted.connect(presenter.close)
        pane.edit_wanted.connect(self._on_edit)
        pane.remove_wanted.connect(self._on_remove)
        form.save_wanted.connect(presenter.save)
        form.test_wanted.connect(presenter.test_draft)
        form.cancelled.connect(self._show_pane)
        presenter.rows_changed.connect(self._on_rows)
        presenter.choices_changed.connect(form.show_choices)
        presenter.draft_tried.connect(form.show_trial)
        presenter.saved.connect(self._on_saved)
        presenter.save_failed.connect(form.show_failure)
        presenter.noticed.connect(self._on_noticed)
        key_on(self.table, "Del", self.remove_chosen)

    def _choose_current(self) -> None:
        self.choose(next((row.connection.id for row in self._presenter.rows if row.is_current), ""))

    def _on_rows(self) -> None:
        self.model.show_rows(self._presenter.rows)
        opened = sum(row.is_open for row in self._presenter.rows)
        self._card.set_note(f"{counted(len(self._presenter.rows), 'connection')}, {opened:,} open")
        self._how.setVisible(not any(row.is_kept for row in self._presenter.rows))
        self.pane.show_row(self._presenter.row(self.table.current_id))

    def _on_chosen(self, connection_id: str) -> None:
        self.pane.show_row(self._presenter.row(connection_id))
        if self._side.currentWidget() is self.form:
            self._show_pane()

    def _show_pane(self) -> None:
        self._side.setCurrentWidget(self.pane)
        self.table.setFocus()

    def _edit(self, draft: ConnectionDraft, before: str) -> None:
        others = [each for each in self._presenter.connections() if each.id != before and not each.is_builtin]
        self.form.begin(draft, others, before)
        self._presenter.load_choices()
        self._side.setCurrentWidget(self.form)
        self.form.name.setFocus()

    def _on_edit(self, connection_id: str) -> None:
        row = self._presenter.row(connection_id)
        if row is not None and row.is_kept:
            self._edit(ConnectionDraft.of(row.connection), connection_id)

    def _on_saved(self, connection_id: str) -> None:
        self.choose(connection_id)
        self._show_pane()

    def _on_remove(self, connection_id: str) -> None:
        row = self._presenter.row(connection_id)
        if row is None or not row.is_kept:
            return
        question = Question(
            f"Remove “{row.connection.label}”?",
            "It goes off this list. Its profile, its nodes and its runs are not touched, and what runs there goes on.",
            "Remove the connection",
            self,
        )
        question.accepted.connect(lambda: self._presenter.remove(connection_id))
        question.open()

    def _on_noticed(self, trouble: Trouble) -> None:
        self.notice.show_message("warning", trouble.message, trouble.hint)
        self.notice.show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._presenter.load()
        self.table.setFocus()
