"""One group of failures: how many, where, the line, the cause, what to do, the nodes, and trying them again."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.patching.failures import FailureGroup
from patchgui.patching.wording import counted
from patchgui.ui.icons import icon
from patchgui.ui.run.failures.node_list import NodeList
from patchgui.ui.run.failures.words import advice_of, as_text, line_of, names_of, place_of, title_of
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.elided_button import ElidedButton
from patchgui.ui.widgets.text import ElidedLabel, fixed_font, label

_WAIT = "The run still goes on: retry once it has ended (or cancel it)."


class GroupCard(QFrame):
    """Shows a :class:`FailureGroup`; emits what is wanted of it."""

    retry_wanted = Signal(object)
    """The :class:`FailureGroup` to try again."""
    node_chosen = Signal(str)

    def __init__(self, group: FailureGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "inset")
        self._group = group
        self.chip = Chip("failed", "")
        self.title = label("", "strong")
        self.place = ElidedLabel("", "dim")
        self.line = label("", "code", wrap=True)
        self.line.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.line.setFont(fixed_font(self.line.font()))
        self.why = label("", wrap=True)
        self.then = label("", wrap=True)
        self.fold = ElidedButton()
        self.fold.setProperty("kind", "bare")
        self.fold.setCheckable(True)
        self.nodes = NodeList()
        self.nodes.hide()
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the line, its cause and the nodes, for a ticket")
        self.retry = QPushButton()
        self._lay_out()
        self.copy.clicked.connect(self._on_copy)
        self.retry.clicked.connect(self._on_retry)
        self.fold.toggled.connect(self._on_fold)
        self.nodes.chosen.connect(self.node_chosen)
        self.show_group(group, can_retry=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.chip)
        head.addWidget(self.title)
        head.addWidget(self.place, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.fold)
        foot.addStretch(1)
        foot.addWidget(self.copy)
        foot.addWidget(self.retry)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        for part in (self.line, self.why, self.then):
            column.addWidget(part)
        column.addLayout(foot)
        column.addWidget(self.nodes)

    @property
    def group(self) -> FailureGroup:
        """The group that is shown."""
        return self._group

    def show_group(self, group: FailureGroup, *, can_retry: bool) -> None:
        """Show the group as it stands now."""
        self._group = group
        nodes = counted(len(group.nodes), "node")
        self.chip.set_state("failed", nodes)
        self.title.setText(title_of(group))
        self.place.set_text(place_of(group))
        self.line.setText(line_of(group))
        why, then = advice_of(group)
        for part, words in ((self.why, why), (self.then, f"What to do: {then}" if then else "")):
            part.setText(words)
            part.setVisible(bool(words))
        self.fold.set_words(names_of(group))
        self.fold.setAccessibleName(f"Nodes of this group: {names_of(group)}")
        self.retry.setText(f"Retry {nodes}…")
        self.retry.setEnabled(can_retry)
        self.retry.setToolTip("See what will happen, then patch these nodes again" if can_retry else _WAIT)
        self.setAccessibleName(f"{nodes}: {title_of(group)}. {place_of(group)}")
        self._on_fold(self.fold.isChecked())

    def _on_fold(self, is_open: bool) -> None:
        self.fold.setIcon(icon("chevron-down" if is_open else "chevron-right"))
        if is_open:
            self.nodes.show_nodes(self._group)
        self.nodes.setVisible(is_open)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(as_text(self._group))

    def _on_retry(self) -> None:
        self.retry_wanted.emit(self._group)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "nodes"):
            self.fold.setIcon(icon("chevron-down" if self.fold.isChecked() else "chevron-right"))
        super().changeEvent(event)
