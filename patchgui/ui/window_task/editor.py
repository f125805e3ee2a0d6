"""The editor of one task: the form, and beside it what saving changes."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection
from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.wording import counted, listed
from patchgui.ui.shell.question import Question
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.text import label
from patchgui.ui.window_task.changes import ChangesView
from patchgui.ui.window_task.form import TaskForm
from patchgui.ui.window_task.presenter import TaskPresenter
from patchgui.ui.window_task.service import TaskService
from patchgui.ui.window_task.state import EditState

_MARGIN_PX = 16
_FORM_MOST_PX, _CHANGES_LEAST_PX = 720, 320


class TaskEditor(QWidget):
    """Puts presenter and views together. ``scope`` belongs to the connection and closes with it."""

    left = Signal(str)
    """The operator goes back to this window; what was not saved is given up."""

    def __init__(
        self,
        service: TaskService,
        scope: TaskScope,
        connection: Callable[[], Connection],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self.presenter = TaskPresenter(service, scope, self)
        self.form, self.changes = TaskForm(), ChangesView()
        self.back = QPushButton("‹ Windows")
        self.back.setProperty("kind", "link")
        self.back.setAccessibleName("Back to the windows")
        self.back.setToolTip("Esc")
        self._where = label("", "page-title")
        self.remove = QPushButton("Remove task…")
        self.remove.setProperty("kind", "danger")
        self._chip = Chip("waiting", "Disabled")
        self._trouble = EmptyState()
        self._stack = QStackedWidget()
        self._window_id = ""
        self._lay_out()
        self._connect()

    def edit(self, window_id: str, task_id: str = "") -> None:
        """Edit a task of a window; without ``task_id`` a new one."""
        self._window_id = window_id
        self.presenter.edit(window_id, task_id)

    def save(self) -> None:
        """Save the draft; on a guarded connection once its name was typed."""
        state = self.presenter.state
        if not state.can_save or state.draft is None:
            return
        if self._connection().is_guarded:
            self._ask_name(state.draft)
        else:
            self.presenter.save()

    def leave(self) -> None:
        """Go back to the window, asking first where something was not saved."""
        draft = self.presenter.state.draft
        count = len(draft.changes) if draft is not None else 0
        if draft is None or not count or (draft.is_new and count <= _OF_A_NEW_ONE):
            self.left.emit(self._window_id)
            return
        without = "adding the task" if draft.is_new else f"saving {counted(count, 'change')}"
        stays = "There will be no such task." if draft.is_new else "The task stays as it is."
        question = Question(f"Leave without {without}?", f"{stays} What you entered here is lost.", "Leave", self)
        question.accepted.connect(self._on_left)
        question.open()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.back)
        head.addWidget(self._where)
        head.addWidget(self._chip)
        head.addStretch(1)
        head.addWidget(self.remove)
        self.form.setMaximumWidth(_FORM_MOST_PX)
        self.changes.setMinimumWidth(_CHANGES_LEAST_PX)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_MARGIN_PX)
        row.addWidget(self.form, 3)
        row.addWidget(self.changes, 2)
        for part in (Skeleton(8, 40, "Loading the task"), self._trouble, body):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, _MARGIN_PX)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.form)

    def _connect(self) -> None:
        presenter, form, changes = self.presenter, self.form, self.changes
        presenter.changed.connect(self._on_changed)
        presenter.previews.changed.connect(form.show_preview)
        form.edited.connect(presenter.set_field)
        form.document_chosen.connect(presenter.set_document)
        form.preview_wanted.connect(presenter.preview)
        form.document_retried.connect(presenter.read_document_again)
        changes.save_wanted.connect(self.save)
        changes.revert_wanted.connect(presenter.revert)
        changes.undo_wanted.connect(presenter.undo)
        changes.meanwhile.chosen.connect(presenter.choose)
        self.back.clicked.connect(self.leave)
        self.remove.clicked.connect(self._ask_removal)
        presenter.removed.connect(self._on_left)
        self._trouble.acted.connect(presenter.read_again)

    def _ask_name(self, draft: TaskDraft) -> None:
        from patchgui.ui.patch_now.confirm import ConfirmDialog
        from patchgui.ui.patch_now.consequences import Consequences

        names = listed([change.name for change in draft.changes], 5)
        lines = (("info", f"What changes: {names}."), ("warning", "The window's next run does it."))
        go = self.changes.go.text()
        dialog = ConfirmDialog(Consequences(f"Save {draft.title}?", lines, go), self, self._connection())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self.presenter.save)
        dialog.open()

    def _ask_removal(self) -> None:
        draft = self.presenter.state.draft
        if draft is None:
            return
        question = Question(
            f"Remove “{draft.title}”?",
            "The window does not run it any more. What runs already goes on, and what ran is still told of.",
            "Remove the task",
            self,
        )
        question.accepted.connect(self.presenter.remove)
        question.open()

    def _on_changed(self, state: EditState) -> None:
        self._show_head(state)
        if state.trouble is not None:
            self._trouble.set_message(state.trouble.message, state.trouble.hint, "Try again", state.trouble.command)
        was_loading = self._stack.currentIndex() != _BODY
        self.form.show_state(state)
        self.changes.show_state(state)
        self._stack.setCurrentIndex(_TROUBLE if state.trouble is not None else _BODY if state.draft else _LOADING)
        if was_loading and state.draft is not None:
            self.form.setFocus()

    def _show_head(self, state: EditState) -> None:
        window = state.around.window if state.around is not None else None
        parts = [window.name or "" if window is not None else "", state.draft.title if state.draft else ""]
        self._where.setText(" › ".join(each for each in parts if each))
        self._chip.setVisible(window is not None)
        self.remove.setVisible(state.draft is not None and not state.draft.is_new)
        self.remove.setEnabled(not state.is_saving)
        if window is not None:
            self._chip.set_state(*(("success", "Enabled") if window.enabled else ("waiting", "Disabled")))

    def _on_left(self) -> None:
        self.left.emit(self._window_id)


_LOADING, _TROUBLE, _BODY = range(3)
_OF_A_NEW_ONE = 1
"""Fields that a new task has before anybody has touched it: its priority."""
