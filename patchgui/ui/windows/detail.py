"""The chosen window whole: its settings, targets, tasks, and what became of its executions."""

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.text import label
from patchgui.ui.widgets.toggle import Toggle
from patchgui.ui.windows.acts import CANCEL, CHANGE, DELETE, DEREGISTER, REGISTER, REMOVE_TASK, Refused, WindowActs
from patchgui.ui.windows.chosen_window import ChosenWindow, Part
from patchgui.ui.windows.execution_row import ExecutionRow
from patchgui.ui.windows.facts import Facts, facts_of
from patchgui.ui.windows.moments import utc_now
from patchgui.ui.windows.part_rows import TargetRow, TaskRow
from patchgui.ui.windows.rows import WindowRow
from patchgui.ui.windows.section import Section
from patchgui.ui.windows.words import target_name

if TYPE_CHECKING:
    from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowTaskResult, MaintenanceWindowTarget

_IN_PLACE = frozenset({CHANGE, DELETE, DEREGISTER, REMOVE_TASK, CANCEL})
"""The kinds of act that are begun here; what a form began is refused in the form."""


class WindowDetail(Card):
    """Shows a :class:`ChosenWindow`; what is pressed is emitted with the ids that it is about."""

    enable_wanted = Signal(bool)
    """The window should be enabled, or disabled."""
    edit_wanted = Signal()
    """The settings are to be edited."""
    delete_wanted = Signal()
    """The window should be deleted."""
    register_wanted = Signal()
    """A target is to be registered."""
    deregister_wanted = Signal(str, str)
    """The id and the name of a target that should go."""
    task_edit_wanted = Signal(str)
    """The id of a task to edit."""
    task_remove_wanted = Signal(str, str)
    """The id and the name of a task that should go."""
    task_add_wanted = Signal()
    """A task is to be added."""
    cancel_wanted = Signal(str)
    """The id of an execution that should stop."""
    run_wanted = Signal(str)
    """The id of a command to watch."""

    def __init__(self, chosen: ChosenWindow, acts: WindowActs, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("Window")
        self._chosen, self._acts = chosen, acts
        self._row: WindowRow | None = None
        self._shown_targets: Part[tuple[MaintenanceWindowTarget, ...]] | None = None
        self._shown_tasks: object = None
        self._executions: dict[str, ExecutionRow] = {}
        self.name = label("", "card-title")
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.chip = Chip("waiting", "Disabled")
        self.enabled = Toggle("Enabled")
        self.banner = Banner("error")
        self.banner.hide()
        self.banner.set_closable(closable=True)
        self._about = label("", "dim", wrap=True)
        self._facts = Facts()
        self._facts_trouble = Banner("error")
        self._facts_trouble.hide()
        self.edit = QPushButton("Edit…")
        self.edit.setAccessibleName("Edit the window")
        self.delete = QPushButton("Delete…")
        self.delete.setAccessibleName("Delete the window")
        self.delete.setProperty("kind", "danger")
        self.targets = Section("Targets", "No target is registered: its tasks have nowhere to run.", "Register…")
        self.tasks = Section("Tasks", "No task: nothing happens when it opens.", "Add task…")
        self.executions = Section("Executions", "It has not opened yet, or that was long ago.")
        self.older = QPushButton("Show older ones")
        self.older.setProperty("kind", "link")
        self._nothing = EmptyState("No window is chosen.", "Choose one in the list, or make a new one.")
        self._lay_out()
        self._connect()
        self.show_row(None)

    @property
    def counts(self) -> tuple[int | None, int | None]:
        """How many targets are registered and how many tasks there are; None where that is not known."""
        targets, tasks = self._chosen.targets.value, self._chosen.tasks.value
        return (None if targets is None else len(targets), None if tasks is None else len(tasks))

    def show_row(self, row: WindowRow | None) -> None:
        """Show another window, or how the same one stands now in the list."""
        if row is None or self._row is None or row.window_id != self._row.window_id:
            self.banner.hide()
        self._row = row
        self._nothing.setVisible(row is None)
        self._area.setVisible(row is not None)
        for part in (self.name, self.chip, self.enabled, self.edit, self.delete):
            part.setVisible(row is not None)
        if row is not None:
            self.name.setText(row.name)
            self.name.setToolTip(row.name)
            self.chip.set_state(*row.state)
            self.enabled.setChecked(bool(row.window.enabled))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 1)
        head.addWidget(self.chip)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        self.enabled.setMaximumWidth(130)
        acts.addWidget(self.enabled)
        acts.addStretch(1)
        acts.addWidget(self.edit)
        acts.addWidget(self.delete)
        self._area = ScrollColumn(self, right_px=10)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = self._area.column
        column.setSpacing(10)
        column.addWidget(self._facts_trouble)
        column.addWidget(self._about)
        column.addWidget(self._facts)
        for part in (self.targets, self.tasks, self.executions):
            column.addWidget(part)
        column.addWidget(self.older)
        column.addStretch(1)
        self.body.addLayout(head)
        self.body.addLayout(acts)
        self.body.addWidget(self.banner)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self._nothing, 1)
        parts = (self.targets.button, self.tasks.button, self.executions.button)
        for before, after in pairwise((self.enabled, self.edit, self.delete, *parts, self.older)):
            self.setTabOrder(before, after)

    def _connect(self) -> None:
        self.enabled.clicked.connect(self.enable_wanted)
        self.edit.clicked.connect(self.edit_wanted)
        self.delete.clicked.connect(self.delete_wanted)
        self.targets.acted.connect(self.register_wanted)
        self.tasks.acted.connect(self.task_add_wanted)
        self.older.clicked.connect(self._chosen.load_older)
        self._chosen.changed.connect(self._on_changed)
        self._chosen.outcome_changed.connect(self._on_outcome)
        self._acts.refused.connect(self._on_refused)
        self._acts.done.connect(self.banner.hide)
        self._acts.lacks_changed.connect(self._on_lacks)

    def _on_changed(self) -> None:
        chosen = self._chosen
        self._show_settings()
        if chosen.targets != self._shown_targets:
            self._show_targets()
        shown_tasks = (chosen.tasks, chosen.targets.value)
        if shown_tasks != self._shown_tasks:
            self._shown_tasks = shown_tasks
            self._show_tasks()
        self._show_executions()

    def _show_settings(self) -> None:
        part = self._chosen.window
        self._facts_trouble.setVisible(part.trouble is not None)
        if part.trouble is not None:
            self._facts_trouble.show_trouble(part.trouble)
        self._facts.setVisible(part.value is not None)
        if part.value is not None:
            self._about.setText(part.value.description or "")
            self._about.setVisible(bool(part.value.description))
            self._facts.show_facts(facts_of(part.value, utc_now()))
        self.edit.setEnabled(part.value is not None and not self._acts.lack(CHANGE))

    def _show_targets(self) -> None:
        part = self._shown_targets = self._chosen.targets
        if part.value is None and part.trouble is None:
            self.targets.show_loading()
            return
        lack = self._acts.lack(DEREGISTER)
        rows = [TargetRow(target, lack) for target in part.value or ()]
        for row in rows:
            row.deregister_wanted.connect(self.deregister_wanted)
        self.targets.show_rows(rows)
        self.targets.show_trouble(part.trouble)

    def _show_tasks(self) -> None:
        part = self._chosen.tasks
        if part.value is None and part.trouble is None:
            self.tasks.show_loading()
            return
        names = {each.window_target_id or "": target_name(each) for each in self._chosen.targets.value or ()}
        rows = [self._task_row(task, names) for task in part.value or ()]
        self.tasks.show_rows(rows)
        self.tasks.show_trouble(part.trouble)

    def _task_row(self, task: "GetMaintenanceWindowTaskResult", names: dict[str, str]) -> TaskRow:
        row = TaskRow(task, names, self._acts.lack(REMOVE_TASK))
        row.edit_wanted.connect(self.task_edit_wanted)
        row.remove_wanted.connect(self.task_remove_wanted)
        return row

    def _show_executions(self) -> None:
        part = self._chosen.executions
        self.older.setVisible(bool(self._chosen.older_token))
        if part.value is None and part.trouble is None:
            self._executions.clear()
            self.executions.show_loading()
            return
        now, lack = utc_now(), self._acts.lack(CANCEL)
        rows: dict[str, ExecutionRow] = {}
        for execution in part.value or ():
            execution_id = execution.window_execution_id or ""
            row = self._executions.get(execution_id) or self._new_execution(execution_id)
            row.show_execution(execution, now, lack)
            rows[execution_id] = row
        self._executions = rows
        count = f"· {len(rows):,}{'+' if self._chosen.older_token else ''}" if rows else ""
        self.executions.show_rows([*rows.values()], count)
        self.executions.show_trouble(part.trouble)

    def _new_execution(self, execution_id: str) -> ExecutionRow:
        row = ExecutionRow(execution_id)
        row.expanded.connect(self._on_expanded)
        row.cancel_wanted.connect(self.cancel_wanted)
        row.run_wanted.connect(self.run_wanted)
        return row

    def _on_expanded(self, execution_id: str) -> None:
        self._on_outcome(execution_id)
        self._chosen.expand(execution_id)

    def _on_outcome(self, execution_id: str) -> None:
        row = self._executions.get(execution_id)
        if row is not None:
            row.show_outcome(self._chosen.outcomes.get(execution_id, Part()), utc_now())

    def _on_refused(self, refused: Refused) -> None:
        if refused.kind in _IN_PLACE and self.isVisible():
            self.banner.show_trouble(refused.trouble)
            self.banner.show()
            self.show_row(self._row)

    def _on_lacks(self) -> None:
        for part, kind in ((self.enabled, CHANGE), (self.edit, CHANGE), (self.delete, DELETE)):
            part.setEnabled(not self._acts.lack(kind))
            part.setToolTip(self._acts.lack(kind))
        self.targets.show_lack(self._acts.lack(REGISTER))
        self._shown_targets = self._shown_tasks = None
        self._on_changed()
