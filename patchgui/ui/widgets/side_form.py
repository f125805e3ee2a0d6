"""A form beside a list: fields in a column that scrolls, what is wrong under each, and below them what may be done."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from patchgui.ui.errors import Trouble
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.key import key_within
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.text import label


class SideForm(Card):
    """What such forms share; subclasses lay fields into ``area.column``, then the foot, and keep what is typed."""

    cancelled = Signal()
    """Nothing is to be kept."""

    def __init__(self, title: str, go: str, fields: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.problems = {field: label("", "danger", wrap=True) for field in fields}
        self.area = ScrollColumn(self, right_px=10)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.banner = Banner("error")
        self.banner.hide()
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.cancelled)
        self.go = QPushButton(go)
        self.go.setProperty("kind", "primary")
        self.go.clicked.connect(self.save)
        key_within(self, "Esc", self.cancelled)

    def lay_foot(self, *before: QWidget) -> None:
        """Lay what stands below the fields; last, so that the keyboard comes there after them. ``before`` is left."""
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for each in before:
            foot.addWidget(each)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.go)
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self.banner)
        self.body.addLayout(foot)

    def save(self) -> None:
        """Hand on what stands in the form, or show what is wrong with it."""
        raise NotImplementedError

    def show_failure(self, trouble: Trouble) -> None:
        """Show why it could not be kept."""
        self.banner.show_trouble(trouble)
        self.banner.show()

    def show_problems(self, found: Mapping[str, str]) -> None:
        """Say under each field what is wrong with it."""
        for field, words in self.problems.items():
            words.setText(found.get(field, ""))
            words.setVisible(bool(found.get(field)))

    def stand_on_first(self, fields: Mapping[str, QWidget], found: Collection[str]) -> bool:
        """Put the keyboard on the first of ``fields`` in which something was found; return whether there is one."""
        wrong = next((control for field, control in fields.items() if field in found), None)
        if wrong is not None:
            wrong.setFocus()
            self.area.ensureWidgetVisible(wrong)
        return wrong is not None
