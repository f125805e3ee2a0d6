"""The button that puts the matrix into groups: none, by phase, by status, or by a tag that divides the nodes."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from patchgui.ui.run.grouping import BY_PHASE, BY_STATUS, BY_TAG, NONE, Tags, tag_keys

_FIXED = ((NONE, "No groups"), (BY_PHASE, "Phase"), (BY_STATUS, "Status"))


class GroupButton(QPushButton):
    """``tags`` is asked for the tags of the run's nodes each time the menu opens: they come when they come."""

    chosen = Signal(str, object)
    """What to group by (see :mod:`patchgui.ui.run.grouping`), and the nodes' tags."""

    def __init__(self, tags: Callable[[], Tags], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tags_of = tags
        self._tags: Tags = {}
        self._grouping = NONE
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._by_tag: list[QAction] = []
        for value, words in _FIXED:
            self._add(value, words)
        self.setProperty("kind", "bare")
        self.setToolTip("Put the nodes into groups, which fold up")
        self.setMenu(self._menu)
        self.show_grouping(NONE)
        self._menu.aboutToShow.connect(self.refresh)
        self._group.triggered.connect(self._on_triggered)

    def _add(self, value: str, words: str) -> QAction:
        action = self._menu.addAction(words)
        action.setCheckable(True)
        action.setData(value)
        self._group.addAction(action)
        return action

    def refresh(self) -> None:
        """Offer the tags that the nodes have now."""
        for action in self._by_tag:
            self._group.removeAction(action)
            self._menu.removeAction(action)
        self._tags = self._tags_of()
        keys = tag_keys(self._tags)
        self._by_tag = [self._menu.addSeparator()] if keys else []
        self._by_tag += [self._add(f"{BY_TAG}{key}", f"Tag {key}") for key in keys]
        self.show_grouping(self._grouping)

    def show_grouping(self, grouping: str) -> None:
        """Show what nodes are grouped by; nobody is told."""
        self._grouping = grouping
        for action in self._group.actions():
            action.setChecked(action.data() == grouping)
            if action.data() == grouping:
                words = action.text()
                self.setText("Group" if grouping == NONE else f"By {words[0].lower()}{words[1:]}")
                self.setAccessibleName(f"Group nodes: {words}")

    def _on_triggered(self) -> None:
        grouping = str(self._group.checkedAction().data())
        self.show_grouping(grouping)
        self.chosen.emit(grouping, self._tags)
