"""The targets of a task: the registered ones of its window as switches, others as text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.patching.window_tasks.names import target_words
from patchgui.patching.window_tasks.targets import registered_of, targets_of, text_of
from patchgui.ui.widgets.text import fixed_font
from patchgui.ui.widgets.toggle import Toggle
from patchgui.ui.window_task.rows import FieldRow

if TYPE_CHECKING:
    from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowTarget

_HELP = "Others, one on a line: tag:Role = web, db or InstanceIds = i-0123…. All keys must hold, any value of a key."


class TargetsRow(FieldRow):
    """Shows the value of Targets as SSM has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._inner = QWidget()
        self._toggles = QVBoxLayout()
        self._toggles.setSpacing(2)
        self.others = QPlainTextEdit()
        self.others.setAccessibleName("Other targets")
        self.others.setTabChangesFocus(True)
        self.others.setFont(fixed_font(self.others.font()))
        self.others.setFixedHeight(self.others.fontMetrics().lineSpacing() * 2 + 14)
        self.others.setPlaceholderText("no other nodes")
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._toggles)
        column.addWidget(self.others)
        super().__init__("Targets", self._inner, _HELP, parent)
        self._value: Any = None
        self._by_id: dict[str, Toggle] = {}
        self._known: Sequence[MaintenanceWindowTarget] = ()
        self.others.textChanged.connect(self._on_changed)

    def show_registered(self, targets: "Sequence[MaintenanceWindowTarget]") -> None:
        """Offer the targets that are registered with the window."""
        if tuple(targets) != tuple(self._known):
            self._known = tuple(targets)
            self._offer()
            self.show_value(self._value)

    @override
    def show_value(self, value: Any) -> None:
        self._value = value
        registered = registered_of(value)
        if any(each not in self._by_id for each in registered):
            self._offer()
        for identity, toggle in self._by_id.items():
            toggle.setChecked(identity in registered)
        text = text_of(value)
        typed = targets_of((), self.others.toPlainText(), None)
        if typed != targets_of((), text, None):
            self.others.blockSignals(True)
            self.others.setPlainText(text)
            self.others.blockSignals(False)

    def _offer(self) -> None:
        words = {each.window_target_id or "": _words(each) for each in self._known}
        # One that was deregistered is named all the same: switching it off mends the task.
        words |= {each: f"{each} (not registered)" for each in registered_of(self._value) if each not in words}
        for toggle in self._by_id.values():
            self._toggles.removeWidget(toggle)
            toggle.deleteLater()
        self._by_id = {}
        for identity, text in words.items():
            toggle = Toggle(text)
            toggle.clicked.connect(self._on_changed)
            self._by_id[identity] = toggle
            self._toggles.addWidget(toggle)

    def _on_changed(self) -> None:
        on = [identity for identity, toggle in self._by_id.items() if toggle.isChecked()]
        self._value = targets_of(on, self.others.toPlainText(), self._value) or None
        self.edited.emit(self._value)


def _words(target: "MaintenanceWindowTarget") -> str:
    name = target.name or target.window_target_id or ""
    return f"{name} · {'; '.join(target_words(each.to_wire()) for each in target.targets)}"
