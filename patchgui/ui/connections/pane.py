"""What is known of one connection, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from patchgui.ui.connection_look import ConnectionTag
from patchgui.ui.connections.presenter import ConnectionRow
from patchgui.ui.connections.words import kind_words, profile_words, trial_trouble, trial_words
from patchgui.ui.link_state import LinkState
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.selectable_line import SelectableLine
from patchgui.ui.widgets.text import label

_ALWAYS_THERE = "It is always there: nothing has to be set up."


class ConnectionPane(Card):
    """Shows one :class:`ConnectionRow`; emits what was pressed, with the connection's id."""

    open_wanted = Signal(str)
    test_wanted = Signal(str)
    again_wanted = Signal(str)
    """Everything is to be asked again, after trouble."""
    edit_wanted = Signal(str)
    close_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._row: ConnectionRow | None = None
        self._tag = QWidget()
        self._chip = Chip("waiting")
        self._facts = QGridLayout()
        self._trouble = Banner("error")
        self._trouble.set_action("Try again")
        self._trouble.acted.connect(self._on_again)
        self._trial = Banner("success")
        self._note = label(_ALWAYS_THERE, "help", wrap=True)
        self._test = self._button("Test", self._on_test, "Ask who is signed in, and whether it answers (Ctrl+T)")
        self._edit = self._button("Edit…", self._on_edit, "Change name, colour, profile, region or address (F2)")
        self._close = self._button("Close", self._on_close, "Close it in this window; what runs there goes on")
        self._remove = self._button("Remove…", self._on_remove, "Take it off the list (Del)")
        self._remove.setProperty("kind", "danger")
        self.go = self._button("Work on it", self._on_open, "Show its nodes (Enter)")
        self.go.setProperty("kind", "primary")
        self._lay_out()

    def show_row(self, row: ConnectionRow | None) -> None:
        """Show a connection; None shows nothing."""
        if row == self._row:
            return
        self._row = row
        self._clear()
        for part in (self._tag, self._chip, self._test, self.go):
            part.setVisible(row is not None)
        self._note.setVisible(row is not None and row.connection.is_builtin)
        self._edit.setVisible(row is not None and row.is_kept)
        self._remove.setVisible(row is not None and row.is_kept)
        self._close.setVisible(row is not None and row.is_open)
        self._trouble.setVisible(False)
        self._trial.setVisible(False)
        if row is not None:
            self._show_head(row)
            self._show_facts(row)
            self._show_trial(row)
            self.go.setText("Show its nodes" if row.is_current else "Work on it")

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self._tag)
        self._head.addStretch(1)
        self._head.addWidget(self._chip)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(8)
        self._facts.setColumnStretch(1, 1)
        self.body.addLayout(self._head)
        self.body.addSpacing(4)
        self.body.addLayout(self._facts)
        self.body.addWidget(self._note)
        self.body.addWidget(self._trouble)
        self.body.addWidget(self._trial)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for button in (self._test, self._edit, self._close, self._remove):
            acts.addWidget(button)
        acts.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.go)
        self.body.addLayout(acts)
        self.body.addStretch(1)
        self.body.addLayout(foot)

    def _button(self, words: str, act: object, tip: str) -> QPushButton:
        made = QPushButton(words)
        made.setToolTip(tip)
        made.clicked.connect(act)
        return made

    def _show_head(self, row: ConnectionRow) -> None:
        tag = ConnectionTag(row.connection)
        self._head.replaceWidget(self._tag, tag)
        self._tag.deleteLater()
        self._tag = tag
        self._chip.set_state(row.state.look, row.state.word)

    def _show_facts(self, row: ConnectionRow) -> None:
        connection = row.connection
        self._fact("Leads to", kind_words(connection))
        self._fact("Profile", profile_words(connection))
        if not connection.is_builtin:
            self._fact("Region", connection.region or "That of the profile")
        if connection.endpoint_url:
            self._fact("Address", connection.endpoint_url)
        if row.account and not connection.kind.is_local:
            self._fact("Account", row.account)
        if row.arn:
            self._fact("Signed in as", row.arn)
        if connection.is_guarded:
            self._fact("Guard", "Its name is typed before patching")

    def _fact(self, name: str, words: str) -> None:
        row = self._facts.rowCount()
        value = SelectableLine(words)
        value.setAccessibleName(f"{name}: {words}")
        self._facts.addWidget(label(name, "dim"), row, 0)
        self._facts.addWidget(value, row, 1)

    def _clear(self) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()

    def _show_trial(self, row: ConnectionRow) -> None:
        trial = row.trial
        self._test.setText("Testing…" if trial is not None and trial.is_running else "Test")
        trouble = trial_trouble(trial) if trial is not None else None
        told = row.trouble if row.state.needs_sign_in or row.state is LinkState.TROUBLE else None
        if told is not None:
            self._trouble.show_trouble(told)
            self._trouble.setVisible(True)
        elif trouble is not None:
            self._trial.show_trouble(trouble)
            self._trial.setVisible(True)
        if trial is not None and trial.probe is not None and trouble is None:
            self._trial.show_message("success", *trial_words(trial))
            self._trial.setVisible(True)

    @property
    def _id(self) -> str:
        return self._row.connection.id if self._row is not None else ""

    def _on_open(self) -> None:
        self.open_wanted.emit(self._id)

    def _on_test(self) -> None:
        self.test_wanted.emit(self._id)

    def _on_again(self) -> None:
        self.again_wanted.emit(self._id)

    def _on_edit(self) -> None:
        self.edit_wanted.emit(self._id)

    def _on_close(self) -> None:
        self.close_wanted.emit(self._id)

    def _on_remove(self) -> None:
        self.remove_wanted.emit(self._id)
