"""Offers targets: the tags that the nodes really have, and the resource groups of the account."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from patchgui.ui.errors import Trouble
from patchgui.ui.patch_now.target import GROUP_KEY, ChosenTarget

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_KEYS = 20
_VALUES = 30


class TargetMenu(QMenu):
    """Filled each time it is opened; resource groups come when they have been read."""

    chosen = Signal(object)
    """The :class:`ChosenTarget`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups = QMenu("Resource group", self)
        self.triggered.connect(self._on_triggered)

    def fill(self, rows: "Sequence[NodeRow]") -> None:
        """Offer the tags of these nodes; the groups are awaited."""
        self.clear()
        tags: dict[str, Counter[str]] = {}
        for row in rows:
            for key, value in row.tags.items():
                tags.setdefault(key, Counter())[value] += 1
        # A tag that tells each node from the others is no group of nodes.
        shared = {key: counts for key, counts in tags.items() if key != "Name"}
        for key in sorted(shared, key=str.lower)[:_KEYS]:
            part = self.addMenu(f"Tag {key}")
            for value, count in shared[key].most_common(_VALUES):
                part.addAction(f"{value or '(empty)'}\t{count:,}").setData(ChosenTarget(f"tag:{key}", value))
        if not shared:
            self.addAction("The nodes have no tags").setEnabled(False)
        self.addSeparator()
        self._groups.clear()
        self._groups.addAction("Reading…").setEnabled(False)
        self.addMenu(self._groups)

    def show_groups(self, found: Sequence[str] | Trouble) -> None:
        """Offer these resource groups, or say why there are none."""
        self._groups.clear()
        if isinstance(found, Trouble):
            self._groups.addAction(f"Could not be read: {found.message}").setEnabled(False)
            if found.hint:
                self._groups.addAction(found.hint).setEnabled(False)
            return
        for name in found:
            self._groups.addAction(name).setData(ChosenTarget(GROUP_KEY, name))
        if not found:
            self._groups.addAction("There are none here").setEnabled(False)

    def _on_triggered(self, action: object) -> None:
        target = action.data()  # type: ignore[attr-defined]
        if isinstance(target, ChosenTarget):
            self.chosen.emit(target)
