"""What somebody else changed in a task meanwhile, and whose value holds where both changed the same."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.window_tasks.merge import Meanwhile, Overlap, Side
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.form_field import clear
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.text import label
from patchgui.ui.window_task.state import EditState


class MeanwhileView(QWidget):
    """Hidden while nobody else has changed the task."""

    chosen = Signal(object, object)
    """An ``Overlap``, and the ``Side`` that holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner("warning")
        self._overlaps: tuple[Overlap, ...] = ()
        self.choices: dict[Overlap, SegmentedControl] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.banner)
        self._asked = QVBoxLayout()
        self._asked.setSpacing(4)
        self._column.addLayout(self._asked)

    def show_state(self, state: EditState) -> None:
        """Show what became of the task."""
        meanwhile, draft = state.meanwhile, state.draft
        self.setVisible(meanwhile is not None)
        if meanwhile is None or draft is None:
            return
        told = [
            f"{change.name}: {change.old_text or 'nothing'} → {change.new_text or 'nothing'}"
            for change in meanwhile.changes
        ]
        hint = "Both of you changed the same: choose below." if meanwhile.overlaps else _GOES_ON
        self.banner.show_message(
            "warning", "Somebody else changed this task since you opened it.", "\n".join([*told, hint])
        )
        if meanwhile.overlaps != self._overlaps:
            self._ask(meanwhile, draft)
        for overlap, control in self.choices.items():
            control.set_value(state.choices[overlap].value if overlap in state.choices else "")

    def _ask(self, meanwhile: Meanwhile, draft: TaskDraft) -> None:
        self._overlaps = meanwhile.overlaps
        self.choices = {}
        clear(self._asked)
        for overlap in meanwhile.overlaps:
            control = SegmentedControl(overlap.name, ((Side.MINE, "Keep mine"), (Side.THEIRS, "Keep theirs")))
            control.changed.connect(partial(self._on_chosen, overlap))
            self.choices[overlap] = control
            said = f"{overlap.name} – mine: {overlap.text(draft.mine)}; theirs: {overlap.text(meanwhile.theirs)}"
            self._asked.addWidget(label(said, "help", wrap=True))
            self._asked.addWidget(control)

    def _on_chosen(self, overlap: Overlap, side: str) -> None:
        self.chosen.emit(overlap, Side(side))


_GOES_ON = "Your changes above are on top of that now. Look at them, then save again."
