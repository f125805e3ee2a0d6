"""The form that registers a target with a window: nodes by tag or by id, or a resource group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.target_draft import PAIRS_MAX, TargetDraft, TargetKind
from patchgui.ui.errors import Trouble
from patchgui.ui.patch_now.target import GROUP_KEY, ChosenTarget
from patchgui.ui.patch_now.target_menu import TargetMenu
from patchgui.ui.widgets.form_field import form_field, named_line
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.side_form import SideForm
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_KINDS: Final = ((TargetKind.TAGS.value, "Tags"), (TargetKind.NODES.value, "Nodes"), (TargetKind.GROUP.value, "Group"))


class TagLine(QWidget):
    """A key and its values."""

    edited = Signal()
    """Something else is typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.values = named_line("Tag", "PatchGroup"), named_line("Values", "web-servers, db-servers")
        for line in (self.key, self.values):
            line.textEdited.connect(self.edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.key, 2)
        row.addWidget(label("="))
        row.addWidget(self.values, 3)


class TargetForm(SideForm):
    """Edits a :class:`TargetDraft`; what is wrong is said once it is to be registered."""

    save_wanted = Signal(object)
    """The draft is to be registered."""
    groups_wanted = Signal()
    """The resource groups are to be chosen from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        fields = ("tags", "ids", "group", "name", "description", "owner")
        super().__init__("Register a target", "Register", fields, parent)
        self._is_tried = False
        self._is_saving = False
        self.kind = SegmentedControl("Targets by", _KINDS)
        self.tags = [TagLine() for _ in range(PAIRS_MAX)]
        self._more = QPushButton("And another tag")
        self._more.setProperty("kind", "link")
        self.ids = named_line("Node ids", "mi-0123456789abcdef0, i-0123456789abcdef0")
        self.group = named_line("Resource group", "shop-production")
        self.name = named_line("Name", "WebServers")
        self.description = named_line("Description", "")
        self.owner = named_line("Owner", "Told in every event about this target")
        self._choose = QPushButton("Choose…")
        self._choose.setToolTip("The tags that the nodes have, and the resource groups of the account")
        self._menu = TargetMenu(self)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()

    @property
    def draft(self) -> TargetDraft:
        """What stands in the form."""
        lines = ((line.key.text().strip(), line.values.text().strip()) for line in self.tags if not line.isHidden())
        return TargetDraft(
            kind=TargetKind(self.kind.value),
            tags=tuple(line for line in lines if any(line)),
            ids=self.ids.text(),
            group=self.group.text(),
            name=self.name.text().strip(),
            description=self.description.text().strip(),
            owner=self.owner.text().strip(),
        )

    def begin(self, window_name: str, rows: "Sequence[NodeRow]") -> None:
        """Register a target with a window; ``rows`` are the nodes whose tags may be chosen."""
        self.title.setText(f"Register a target with {window_name}")
        for line in (self.ids, self.group, self.name, self.description, self.owner):
            line.clear()
        for place, tag in enumerate(self.tags):
            tag.key.clear()
            tag.values.clear()
            tag.setVisible(place == 0)
        self._more.show()
        self.kind.set_value(TargetKind.TAGS)
        self._pages.setCurrentIndex(0)
        self._menu.fill(rows)
        self._is_tried = False
        self.banner.hide()
        self._show_saving(is_saving=False)
        self._refresh()
        self.tags[0].key.setFocus()

    def show_groups(self, found: Sequence[str] | Trouble) -> None:
        """Offer these resource groups, or say why there are none."""
        self._menu.show_groups(found)

    @override
    def show_failure(self, trouble: Trouble) -> None:
        super().show_failure(trouble)
        self._show_saving(is_saving=False)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = self.area.column
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.kind, 1)
        head.addWidget(self._choose)
        column.addLayout(head)
        for lines, problem in (
            ([*self.tags, self._more], "tags"),
            ([self.ids], "ids"),
            ([self.group], "group"),
        ):
            self._pages.addWidget(_page(lines, self.problems[problem]))
        column.addWidget(self._pages)
        column.addLayout(form_field("Name (optional)", self.name, self.problems["name"]))
        column.addLayout(form_field("Description (optional)", self.description, self.problems["description"]))
        column.addLayout(form_field("Owner (optional)", self.owner, self.problems["owner"]))
        column.addStretch(1)
        self.lay_foot()

    def _connect(self) -> None:
        self.kind.changed.connect(self._on_kind)
        self._more.clicked.connect(self._on_more)
        self._choose.setMenu(self._menu)
        self._menu.aboutToShow.connect(self.groups_wanted)
        self._menu.chosen.connect(self._on_chosen)
        for line in (self.ids, self.group, self.name, self.description, self.owner):
            line.textEdited.connect(self._refresh)
            line.returnPressed.connect(self.save)
        for tag in self.tags:
            tag.edited.connect(self._refresh)
            tag.values.returnPressed.connect(self.save)

    def _on_kind(self, kind: str) -> None:
        self._pages.setCurrentIndex([value for value, _ in _KINDS].index(kind))
        self._refresh()

    def _on_more(self) -> None:
        hidden = [tag for tag in self.tags if tag.isHidden()]
        hidden[0].show()
        hidden[0].key.setFocus()
        self._more.setVisible(len(hidden) > 1)

    def _on_chosen(self, target: ChosenTarget) -> None:
        if target.key == GROUP_KEY:
            self.kind.set_value(TargetKind.GROUP)
            self._on_kind(TargetKind.GROUP)
            self.group.setText(target.value)
        else:
            self.kind.set_value(TargetKind.TAGS)
            self._on_kind(TargetKind.TAGS)
            key = target.key.removeprefix("tag:")
            line = next((tag for tag in self.tags if tag.key.text() in {key, ""}), self.tags[-1])
            line.show()
            before = line.values.text() if line.key.text() == key else ""
            line.key.setText(key)
            line.values.setText(", ".join(filter(None, (before, target.value))))
        self._refresh()

    def _refresh(self) -> None:
        self.show_problems(self.draft.problems() if self._is_tried else {})

    @override
    def save(self) -> None:
        self._is_tried = True
        self._refresh()
        found = self.draft.problems()
        fields: dict[str, QWidget] = {"tags": self.tags[0].key, "ids": self.ids, "group": self.group}
        fields |= {"name": self.name, "description": self.description, "owner": self.owner}
        if not self.stand_on_first(fields, found) and not self._is_saving:
            self._show_saving(is_saving=True)
            self.save_wanted.emit(self.draft)

    def _show_saving(self, *, is_saving: bool) -> None:
        self._is_saving = is_saving
        self.go.setText("Registering…" if is_saving else "Register")


def _page(lines: Sequence[QWidget], problem: QLabel) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for each in lines:
        column.addWidget(each)
    column.addWidget(problem)
    column.addStretch(1)
    return made
