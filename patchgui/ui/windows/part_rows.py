"""Rows of the window's detail: a registered target, a task."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.widgets.text import ElidedLabel, label
from patchgui.ui.windows.words import (
    document_of,
    doing_words,
    hooks_of,
    kind_words,
    rate_words,
    target_name,
    target_words,
)

if TYPE_CHECKING:
    from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowTaskResult, MaintenanceWindowTarget

_NUMBER_PX = 22


class TargetRow(QWidget):
    """One registered target: what it is called, and what it stands for."""

    deregister_wanted = Signal(str, str)
    """The id of the target, and what it is called."""

    def __init__(self, target: "MaintenanceWindowTarget", lack: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id, self._name = target.window_target_id or "", target_name(target)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(self._name))
        stands_for = target_words(target.targets, {})
        owner = f"owner: {target.owner_information}" if target.owner_information else ""
        told = (stands_for if target.name else "", target.description or "", owner)
        words.addWidget(ElidedLabel(" · ".join(filter(None, told)) or "resource group", "dim"))
        remove = _link("Deregister…", f"Deregister {self._name}", lack)
        remove.clicked.connect(self._on_remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.addLayout(words, 1)
        row.addWidget(remove)

    def _on_remove(self) -> None:
        self.deregister_wanted.emit(self._id, self._name)


class TaskRow(QWidget):
    """One task: its priority, what it runs with which hooks, on which targets, how fast."""

    edit_wanted = Signal(str)
    """The id of the task."""
    remove_wanted = Signal(str, str)
    """The id of the task, and what it is called."""

    def __init__(
        self,
        task: "GetMaintenanceWindowTaskResult",
        registered: Mapping[str, str],
        lack: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._id = task.window_task_id or ""
        name = self._name = task.name or task.task_arn or self._id
        self.setAccessibleName(f"Task {name}, priority {task.priority or 0}")
        number = label(str(task.priority or 0), "dim")
        number.setFixedWidth(_NUMBER_PX)
        number.setToolTip("Priority: lower ones run first, equal ones together")
        title = ElidedLabel(name)
        font = title.font()
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        self.edit = _link("Edit…", f"Edit {name}", "")
        self.edit.clicked.connect(self._on_edit)
        remove = _link("Remove…", f"Remove {name}", lack)
        remove.clicked.connect(self._on_remove)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 6)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(number, 0, 0)
        grid.addWidget(title, 0, 1)
        grid.addWidget(self.edit, 0, 2)
        grid.addWidget(remove, 0, 3)
        for words in _facts(task, registered):
            grid.addWidget(ElidedLabel(words, "dim"), grid.rowCount(), 1, 1, 3)

    def _on_edit(self) -> None:
        self.edit_wanted.emit(self._id)

    def _on_remove(self) -> None:
        self.remove_wanted.emit(self._id, self._name)


def _facts(task: "GetMaintenanceWindowTaskResult", registered: Mapping[str, str]) -> list[str]:
    doing = doing_words(task)
    kind = "" if str(task.task_type) == "RUN_COMMAND" else kind_words(task)
    facts = [" · ".join(filter(None, (kind, document_of(task), doing)))]
    facts += [f"{phase}: {document}" for phase, document in hooks_of(task)]
    where = target_words(task.targets, registered)
    facts.append(" · ".join(filter(None, (f"on {where}" if where else "", rate_words(task)))))
    return [fact for fact in facts if fact]


def _link(words: str, name: str, lack: str) -> QPushButton:
    made = QPushButton(words)
    made.setProperty("kind", "link")
    made.setAccessibleName(name)
    made.setEnabled(not lack)
    made.setToolTip(lack)
    return made
