"""The right column: what saving changes, what somebody else changed meanwhile, and the button that saves."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from patchgui.console.window_words import moment_of
from patchgui.patching.window_tasks.switching import left_out
from patchgui.patching.wording import counted
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.window_task.diff_view import DiffView
from patchgui.ui.window_task.meanwhile_view import MeanwhileView
from patchgui.ui.window_task.state import EditState

_PROBLEMS = 3
"""So many problems are told at one time; each stands at its field as well."""


class ChangesView(Card):
    """Shows the difference of an :class:`EditState`; it is on screen before anything is saved."""

    save_wanted = Signal()
    """The draft should be saved."""
    revert_wanted = Signal()
    """Nothing should change after all."""
    undo_wanted = Signal()
    """What was saved last should be taken back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What changes", parent)
        self.diff = DiffView("What changes")
        self.meanwhile = MeanwhileView()
        self.done = Banner("success")
        self.done.set_action("Undo")
        self.failure = Banner("error")
        self.problems = Banner("warning")
        self.effect = Banner("info")
        self.revert = QPushButton("Revert")
        self.go = QPushButton("Save")
        self.go.setProperty("kind", "primary")
        self.go.setToolTip("Ctrl+S")
        self._lay_out()
        self.go.clicked.connect(self.save_wanted)
        self.revert.clicked.connect(self.revert_wanted)
        self.done.acted.connect(self.undo_wanted)

    def show_state(self, state: EditState) -> None:
        """Show what saving the draft of ``state`` changes."""
        draft = state.draft
        if draft is None:
            return
        changes, kept = draft.changes, draft.kept
        note = f"{counted(len(changes), 'field')}, {len(kept)} kept" if not draft.is_new else ""
        self.set_note(note if changes else "nothing yet")
        self.diff.show_changes(changes, kept)
        self.meanwhile.show_state(state)
        self._show_done(state)
        self._show_problems(state)
        self.failure.setVisible(state.failure is not None)
        if state.failure is not None:
            self.failure.show_trouble(state.failure)
        self._show_effect(state)
        self.revert.setEnabled(bool(changes) and not state.is_saving)
        self.go.setEnabled(state.can_save)
        verb = "Add task" if draft.is_new else f"Save {counted(len(changes), 'change')}" if changes else "Save"
        self.go.setText("Saving…" if state.is_saving else verb)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.body.addWidget(self.diff, 1)
        for part in (self.meanwhile, self.done, self.failure, self.problems, self.effect):
            part.hide()
            self.body.addWidget(part)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.revert)
        foot.addWidget(self.go)
        self.body.addLayout(foot)

    def _show_done(self, state: EditState) -> None:
        saved = state.saved
        self.done.setVisible(saved is not None)
        if saved is None:
            return
        words = "The task was added." if saved.is_added else f"Saved: {counted(len(saved.changes), 'change')}."
        if saved.unkept:
            other = ", ".join(change.name for change in saved.unkept)
            self.done.show_message("warning", words, f"The service made something else of: {other}.")
        else:
            self.done.show_message("success", words)

    def _show_problems(self, state: EditState) -> None:
        self.problems.setVisible(bool(state.problems))
        if state.problems:
            told = [problem.text for problem in state.problems[:_PROBLEMS]]
            more = len(state.problems) - len(told)
            told += [f"And {more} more, each at its field."] if more else []
            self.problems.show_message("warning", "\n".join(told))

    def _show_effect(self, state: EditState) -> None:
        window = state.around.window if state.around is not None else None
        draft = state.draft
        is_of_interest = window is not None and draft is not None and bool(draft.changes)
        self.effect.setVisible(is_of_interest)
        if window is None or draft is None or not is_of_interest:
            return
        opens = moment_of(window.next_execution_time)
        said = "Takes effect in the window's next run."
        if not window.enabled:
            said = "The window is disabled: nothing runs until it is enabled."
        elif opens is not None and opens > datetime.now(UTC):
            said = f"Takes effect in the next run, {opens:%a %d %b %H:%M}."
        self.effect.show_message("info", said, left_out(draft))
