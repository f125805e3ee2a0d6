"""One execution of a window, which opens to its tasks and the commands that they sent."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.patching.wording import counted
from patchgui.ui.icons import icon
from patchgui.ui.run.spans import clock_text, since
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.text import ElidedLabel, label
from patchgui.ui.windows.chosen_window import Part
from patchgui.ui.windows.words import status_look

if TYPE_CHECKING:
    from patchgui.console.window_executions import TaskOutcome
    from patchgui.ssm.shapes.maintenance_windows import (
        MaintenanceWindowExecution,
        MaintenanceWindowExecutionTaskInvocationIdentity,
    )

_INDENT_PX = 22
_CANCELLABLE = frozenset({"PENDING", "IN_PROGRESS"})


class ExecutionRow(QWidget):
    """Its line is a button that opens and shuts it; below it each command leads to its run."""

    expanded = Signal(str)
    """The id of the execution, whose tasks are wanted."""
    cancel_wanted = Signal(str)
    """The id of the execution, which should stop."""
    run_wanted = Signal(str)
    """The id of the command that is to be watched."""

    def __init__(self, execution_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = execution_id
        self._shown: object = None
        self._told: object = None
        self.chip = Chip("waiting", "Pending")
        self.toggle = QPushButton()
        self.toggle.setProperty("kind", "bare")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._on_toggled)
        self._when = ElidedLabel("")
        self._took = label("", "dim")
        self._details = label("", "dim", wrap=True)
        self.cancel = QPushButton("Cancel…")
        self.cancel.setProperty("kind", "link")
        self.cancel.clicked.connect(self._on_cancel)
        self._inside = QWidget()
        self._inside.hide()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(_INDENT_PX, 0, 0, 4)
        self._column.setSpacing(2)
        self._lay_out()

    @property
    def is_open(self) -> bool:
        """Whether its tasks are on show."""
        return self.toggle.isChecked()

    def show_execution(self, execution: "MaintenanceWindowExecution", now: datetime, lack: str) -> None:
        """Show how it stands."""
        took = since(execution.start_time, execution.end_time, now)
        shown = (execution, took if execution.end_time is None else "", lack)
        if shown == self._shown:
            return
        self._shown = shown
        state, words = status_look(str(execution.status or ""))
        self.chip.set_state(state, words)
        when = clock_text(execution.start_time, now)
        self._when.set_text(when)
        self._took.setText(took)
        self._details.setText(execution.status_details or "")
        self._details.setVisible(bool(execution.status_details))
        self.toggle.setAccessibleName(f"Execution of {when}: {words}")
        self.cancel.setVisible(str(execution.status) in _CANCELLABLE)
        self.cancel.setAccessibleName(f"Cancel the execution of {when}")
        self.cancel.setEnabled(not lack)
        self.cancel.setToolTip(lack)

    def show_outcome(self, outcome: "Part[tuple[TaskOutcome, ...]]", now: datetime) -> None:
        """Show its tasks and what they started."""
        if outcome == self._told:
            return
        self._told = outcome
        self._empty()
        if outcome.trouble is not None:
            words = f"{outcome.trouble.message} {outcome.trouble.hint}".strip()
            self._column.addWidget(label(words, "danger", wrap=True))
        elif outcome.value is None:
            self._column.addWidget(label("Reading its tasks…", "dim"))
        for task in outcome.value or ():
            self._add_task(task, now)
        if outcome.value == ():
            self._column.addWidget(label("No task ran.", "dim"))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.toggle)
        head.addWidget(self.chip)
        head.addWidget(self._when, 1)
        head.addWidget(self._took)
        head.addWidget(self.cancel)
        details = QHBoxLayout()
        details.setContentsMargins(_INDENT_PX + 6, 0, 0, 0)
        details.addWidget(self._details)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 3, 0, 3)
        whole.setSpacing(2)
        whole.addLayout(head)
        whole.addLayout(details)
        whole.addWidget(self._inside)
        self._paint_toggle()

    def _paint_toggle(self) -> None:
        self.toggle.setIcon(icon("chevron-down" if self.toggle.isChecked() else "chevron-right"))
        self.toggle.setToolTip("Hide its tasks" if self.toggle.isChecked() else "Show its tasks")

    def _on_toggled(self, is_open: bool) -> None:
        self._paint_toggle()
        self._inside.setVisible(is_open)
        if is_open:
            self.expanded.emit(self._id)

    def _on_cancel(self) -> None:
        self.cancel_wanted.emit(self._id)

    def _empty(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _add_task(self, outcome: "TaskOutcome", now: datetime) -> None:
        task = outcome.task
        took = since(task.start_time, task.end_time, now)
        many = f" · {counted(len(outcome.invocations), 'command')}" if len(outcome.invocations) > 1 else ""
        self._column.addWidget(_line(str(task.status or ""), f"{task.task_arn or ''}{many}", took))
        if task.status_details:
            self._column.addWidget(_quiet(task.status_details))
        for number, invocation in enumerate(outcome.invocations, 1):
            self._column.addWidget(self._invocation(invocation, number, now))

    def _invocation(
        self, invocation: "MaintenanceWindowExecutionTaskInvocationIdentity", number: int, now: datetime
    ) -> QWidget:
        command_id = invocation.execution_id or ""
        is_command = str(invocation.task_type or "RUN_COMMAND") == "RUN_COMMAND"
        what = invocation.owner_information or f"Command {number}"
        took = since(invocation.start_time, invocation.end_time, now)
        row = _line(str(invocation.status or ""), what, took)
        layout = row.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setContentsMargins(_INDENT_PX, 0, 0, 0)
        row.setToolTip("\n".join(filter(None, (command_id, invocation.status_details))))
        if command_id and is_command:
            watch = QPushButton("Open the run")
            watch.setProperty("kind", "link")
            watch.setAccessibleName(f"Open the run of {what}")
            watch.clicked.connect(lambda: self.run_wanted.emit(command_id))
            layout.addWidget(watch)
        return row


def _line(status: str, words: str, took: str) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    line.addWidget(Chip(*status_look(status)))
    line.addWidget(ElidedLabel(words), 1)
    line.addWidget(label(took, "dim"))
    return row


def _quiet(words: str) -> QWidget:
    made = label(words, "dim", wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
