"""All groups of failures of a run, those with the most nodes first. Redrawn only where a group changed."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from patchgui.patching.failures import FailureGroup, GroupKey
from patchgui.patching.wording import counted
from patchgui.ui.run.failures.group_card import GroupCard
from patchgui.ui.run.failures.words import sum_of
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.seen import SeenWidget
from patchgui.ui.widgets.text import label

MOST_GROUPS = 30
"""More than so many are not drawn: nobody reads them one by one, and each is a dozen widgets."""


class FailuresPage(SeenWidget):
    """Shows failure groups; emits which to try again, and which node to look at."""

    retry_wanted = Signal(object)
    """A :class:`FailureGroup`."""
    node_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[GroupKey, GroupCard] = {}
        self._shown: tuple[tuple[FailureGroup, ...], bool] = ((), False)
        self.sum = label("", "strong")
        self.note = label("", "dim")
        self.more = label("", "dim", wrap=True)
        self.more.hide()
        self._area = ScrollColumn(right_px=8)
        self._area.column.setSpacing(8)
        self._area.column.addWidget(self.more)
        self._area.column.addStretch(1)
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(0)
        self._drawing.timeout.connect(self._draw)
        self.setFocusProxy(self._area)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.sum)
        head.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._area, 1)

    @property
    def cards(self) -> tuple[GroupCard, ...]:
        """The cards in their order on screen."""
        return tuple(sorted(self._cards.values(), key=self._area.column.indexOf))

    def show_groups(self, groups: Sequence[FailureGroup], *, can_retry: bool) -> None:
        """Show the groups as they stand."""
        wanted = tuple(groups)
        if (wanted, can_retry) == self._shown:
            return
        self._shown = (wanted, can_retry)
        for key in self._cards.keys() - {group.key for group in wanted[:MOST_GROUPS]}:
            self._drop(self._cards.pop(key))
        left = wanted[MOST_GROUPS:]
        self.more.setVisible(bool(left))
        nodes = counted(sum(len(group.nodes) for group in left), "node")
        self.more.setText(f"{counted(len(left), 'more group')} with {nodes} between them are not drawn.")
        self.sum.setText(sum_of(wanted) if wanted else "")
        self._draw()

    def _draw(self) -> None:
        """Bring the cards up to date; of new ones only the next, for each costs most of a frame."""
        groups, can_retry = self._shown
        for place, group in enumerate(groups[:MOST_GROUPS]):
            is_new = group.key not in self._cards
            self._place(group, place, can_retry=can_retry)
            if is_new:
                self._drawing.start()
                return

    def show_unread(self, unread: int, trouble: str = "") -> None:
        """Say how many outputs are still to be read, or why they are not."""
        self.note.setText(trouble or (f"reading {counted(unread, 'output')}…" if unread else ""))

    def _place(self, group: FailureGroup, place: int, *, can_retry: bool) -> None:
        card = self._cards.get(group.key)
        if card is None:
            card = self._cards[group.key] = GroupCard(group)
            card.retry_wanted.connect(self.retry_wanted)
            card.node_chosen.connect(self.node_chosen)
            self._area.column.insertWidget(place, card)
        elif self._area.column.indexOf(card) != place:
            self._area.column.removeWidget(card)
            self._area.column.insertWidget(place, card)
        if card.group is not group or card.retry.isEnabled() != can_retry:
            card.show_group(group, can_retry=can_retry)

    def _drop(self, card: GroupCard) -> None:
        self._area.column.removeWidget(card)
        card.hide()
        card.deleteLater()
