"""Before and after on the screen: sums on top, a row per node below, those that did not get better first."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from patchgui.console.improvement import Difference, Improvement, NodeImprovement, Outcome
from patchgui.patching.wording import counted
from patchgui.ssm.errors import PatchError
from patchgui.ui.run.before_after.cells import COLUMNS, cells_of, change_words, pair_words
from patchgui.ui.run.before_after.feed import BeforeAfter
from patchgui.ui.widgets.cell_table import CellModel, CellTable
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX, Chip
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.flow import FlowLayout
from patchgui.ui.widgets.seen import SeenWidget
from patchgui.ui.widgets.text import ElidedLabel, label

_SUMS: Final = ("Missing", "Security", "Installed", "To reboot", "Failed")
_NOTE_COLUMN: Final = 7
_ROWS, _EMPTY = range(2)


class BeforeAfterPage(SeenWidget):
    """Shows what the archive told; says what was not read rather than guess."""

    node_chosen = Signal(str, object)
    """Instance id, and -1: no phase of it."""
    pane_wanted = Signal()
    try_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Improvement | None = None
        self._words: tuple[str, ...] = ()
        self.sums = [_Sum(name) for name in _SUMS]
        self.ground = ElidedLabel("", "dim")
        self.nodes: CellModel[NodeImprovement] = CellModel(COLUMNS, cells_of, self)
        self.table = CellTable(self.nodes, "Patches of each node before and after the run", _NOTE_COLUMN)
        self.empty = EmptyState()
        self.empty.acted.connect(self.try_again)
        self.table.row_chosen.connect(self._on_chosen)
        self.table.row_opened.connect(self._on_opened)
        self.setFocusProxy(self.table)
        self._lay_out()
        self.forget()

    def _lay_out(self) -> None:
        sums = QWidget()
        flow = FlowLayout(16, sums)
        for each in self.sums:
            flow.addWidget(each)
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(sums)
        column.addWidget(self.ground)
        column.addWidget(self.table, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(rows)
        self._stack.addWidget(self.empty)

    def forget(self) -> None:
        """Another run comes: nothing is known of it."""
        self.found = None
        self.nodes.show_rows(())
        self.empty.set_message("Reading the patch states…", "They come from the archive of runs.")
        self._stack.setCurrentIndex(_EMPTY)

    def show_found(self, told: BeforeAfter) -> None:
        """Show before and after, as far as states have been read."""
        found = told.found
        if not told.is_any:
            title = "No patch states of this run were read." if told.is_over else "No patch states were read yet."
            self.empty.set_message(title, _NEVER if told.is_over else _LATER)
            self._stack.setCurrentIndex(_EMPTY)
            return
        if found == self.found:
            return
        self.found = found
        for part, number in zip(self.sums, found.sums, strict=True):
            part.show_sum(number)
        self.ground.set_text(_ground(found, is_over=told.is_over))
        chosen = self.table.currentIndex().row()
        self.nodes.show_rows(found.nodes)
        if 0 <= chosen < self.nodes.rowCount():
            self.table.selectRow(chosen)
        self._stack.setCurrentIndex(_ROWS)

    def show_trouble(self, error: PatchError) -> None:
        """Say why nothing can be shown."""
        self.found = None
        self.empty.set_message(str(error), error.hint, "Try again")
        self._stack.setCurrentIndex(_EMPTY)

    def filter(self, words: Sequence[str]) -> None:
        """Show only nodes with all of these lower-case words in their name or id."""
        if tuple(words) == self._words:
            return
        self._words = tuple(words)

        def keeps(node: NodeImprovement) -> bool:
            text = f"{node.name}\n{node.instance_id}".lower()
            return all(word in text for word in self._words)

        self.nodes.keep(keeps)

    def _on_chosen(self, node: NodeImprovement) -> None:
        self.node_chosen.emit(node.instance_id, -1)

    def _on_opened(self, node: NodeImprovement) -> None:
        self.node_chosen.emit(node.instance_id, -1)
        self.pane_wanted.emit()


_LATER: Final = "They are read before a run is sent, and a moment after it has ended."
_NEVER: Final = (
    "Systems Manager keeps the newest state of a node only: this console did not watch the run, or may not read them."
)


class _Sum(QWidget):
    """One sum: its name, before and after, and the change."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.numbers = label("", "card-title")
        self.numbers.setMinimumHeight(CHIP_HEIGHT_PX)
        self.change = Chip("success", "")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.numbers)
        line.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(name, "dim"))
        column.addLayout(line)

    def show_sum(self, number: Difference) -> None:
        """Show a sum over all nodes that are known on both sides."""
        self.numbers.setText(pair_words(number))
        self.change.setVisible(bool(number.change))
        self.change.set_state("success" if number.is_better else "warning", change_words(number))
        self.setAccessibleName(f"{self._name}: {pair_words(number)} {change_words(number)}".strip())


def _ground(found: Improvement, *, is_over: bool) -> str:
    """Return over how many nodes the sums are, and how many did not get better."""
    total = len(found.nodes)
    words = [f"Sums of {counted(found.compared, 'node')}" if found.compared == total else _part(found, is_over=is_over)]
    stuck = found.count(Outcome.WORSE) + found.count(Outcome.STILL_MISSING)
    if stuck:
        words.append(f"{counted(stuck, 'node')} did not improve")
    newer = sum(node.is_newer for node in found.nodes)
    if newer:
        words.append(f"{counted(newer, 'state')} newer than the run")
    return " · ".join(words)


def _part(found: Improvement, *, is_over: bool) -> str:
    if not found.compared and all(node.before_at is None for node in found.nodes):
        return "How these nodes stood before the run was not read"
    rest = "of the others one side was not read" if is_over else "the others have not reported yet"
    return f"Sums of {found.compared:,} of {counted(len(found.nodes), 'node')}; {rest}"
