"""The form of a window's settings: a new one, or one that is changed."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.window_draft import CUTOFF_H_MAX, DURATION_H_MAX, WindowDraft
from patchgui.ui.errors import Trouble
from patchgui.ui.widgets.form_field import form_field, named_line
from patchgui.ui.widgets.menu_button import MenuButton
from patchgui.ui.widgets.side_form import SideForm
from patchgui.ui.widgets.text import label
from patchgui.ui.widgets.toggle import Toggle
from patchgui.ui.windows.moments import my_zone_name, utc_now
from patchgui.ui.windows.schedule_editor import ScheduleEditor

_DATE_SAYS: Final = "By the window's clocks, as in 2026-12-01 00:00; empty for none."
_UNREGISTERED_SAYS: Final = "Tasks may name nodes that are not registered as targets of this window."
_SHOWN_AT_ONCE: Final = frozenset({"schedule", "zone", "offset_days", "cutoff_h"})
"""Fields that are never empty: what is wrong with them is said as it is typed."""


class WindowForm(SideForm):
    """Edits a :class:`WindowDraft`. What is wrong stands under its field; saving is possible when nothing is."""

    save_wanted = Signal(object)
    """The draft is to be kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("New window", "Save", ("name", "description", "cutoff_h", "start", "end"), parent)
        self._touched: set[str] = set()
        self.name = named_line("Name", "PatchTuesday-Web")
        self.description = named_line("Description", "What it is for, and whom to ask")
        self.editor = ScheduleEditor()
        self.duration = MenuButton("Duration", [(str(hours), f"{hours} h") for hours in range(1, DURATION_H_MAX + 1)])
        self.cutoff = MenuButton("Cutoff", [(str(hours), _cutoff(hours)) for hours in range(CUTOFF_H_MAX + 1)])
        self.start = named_line("Active from", "from now on")
        self.end = named_line("Active until", "for ever")
        self.unregistered = Toggle("Allow unregistered targets")
        self.enabled = Toggle("Enabled")
        self._lay_out()
        self._connect()

    @property
    def draft(self) -> WindowDraft:
        """What stands in the form."""
        return WindowDraft(
            name=self.name.text().strip(),
            description=self.description.text().strip(),
            schedule=self.editor.line.text(),
            zone=self.editor.zone.value or "UTC",
            offset_days=self.editor.offset_days,
            duration_h=int(self.duration.value),
            cutoff_h=int(self.cutoff.value),
            start=self.start.text(),
            end=self.end.text(),
            allows_unassociated=self.unregistered.isChecked(),
            is_enabled=self.enabled.isChecked(),
        )

    def begin_new(self) -> None:
        """Make a window, by my clocks to begin with."""
        self._begin("New window", "Make the window", replace(WindowDraft(), zone=my_zone_name()))

    def begin(self, draft: WindowDraft) -> None:
        """Change a window that has these settings."""
        self._begin(f"Edit {draft.name}", "Save", draft)

    @override
    def show_failure(self, trouble: Trouble) -> None:
        super().show_failure(trouble)
        self._show_saving(is_saving=False)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _begin(self, title: str, go: str, draft: WindowDraft) -> None:
        self.title.setText(title)
        self.setAccessibleName(title)
        self._go_words = go
        self._touched = set()
        self.name.setText(draft.name)
        self.description.setText(draft.description)
        self.editor.set_schedule(draft.schedule, draft.zone, draft.offset_days)
        self.duration.set_value(str(draft.duration_h))
        self.cutoff.set_value(str(draft.cutoff_h))
        self.description.setCursorPosition(0)
        self.start.setText(draft.start)
        self.end.setText(draft.end)
        self.unregistered.setChecked(draft.allows_unassociated)
        self.enabled.setChecked(draft.is_enabled)
        self.banner.hide()
        self._show_saving(is_saving=False)
        self._refresh()
        self.area.verticalScrollBar().setValue(0)
        self.name.setFocus()

    def _lay_out(self) -> None:
        self._go_words = "Save"
        column = self.area.column
        column.setSpacing(12)
        column.addLayout(form_field("Name", self.name, self.problems["name"]))
        column.addLayout(form_field("Description (optional)", self.description, self.problems["description"]))
        column.addWidget(self.editor)
        column.addLayout(_pair(form_field("Open for", self.duration), form_field("Cutoff", self.cutoff)))
        column.addWidget(self.problems["cutoff_h"])
        dates = _pair(
            form_field("Active from (optional)", self.start, self.problems["start"]),
            form_field("Active until (optional)", self.end, self.problems["end"]),
        )
        column.addLayout(dates)
        column.addWidget(label(_DATE_SAYS, "help", wrap=True))
        column.addWidget(self.unregistered)
        column.addWidget(label(_UNREGISTERED_SAYS, "help", wrap=True))
        column.addWidget(self.enabled)
        column.addStretch(1)
        self.lay_foot()

    def _connect(self) -> None:
        for field, line in (
            ("name", self.name),
            ("description", self.description),
            ("start", self.start),
            ("end", self.end),
        ):
            line.textEdited.connect(lambda _text, field=field: self._touch(field))
            line.returnPressed.connect(self.save)
        self.editor.line.returnPressed.connect(self.save)
        self.editor.changed.connect(lambda: self._touch("schedule"))
        self.duration.changed.connect(lambda: self._touch("cutoff_h"))
        self.cutoff.changed.connect(lambda: self._touch("cutoff_h"))

    def _touch(self, field: str) -> None:
        self._touched.add(field)
        self.banner.hide()
        self._refresh()

    def _refresh(self) -> None:
        draft = self.draft
        found = dict(draft.problems(utc_now()))
        shown = {field: words for field, words in found.items() if field in self._touched | _SHOWN_AT_ONCE}
        self.show_problems(shown)
        self.editor.show_draft(draft, shown)

    @override
    def save(self) -> None:
        found = self.draft.problems(utc_now())
        self._touched = set(found)
        self._refresh()
        fields = {
            "name": self.name,
            "description": self.description,
            "schedule": self.editor.line,
            "zone": self.editor.zone,
            "offset_days": self.editor.offset,
            "cutoff_h": self.cutoff,
            "start": self.start,
            "end": self.end,
        }
        if not self.stand_on_first(fields, found) and not self._is_saving:
            self._show_saving(is_saving=True)
            self.save_wanted.emit(self.draft)

    def _show_saving(self, *, is_saving: bool) -> None:
        self._is_saving = is_saving
        self.go.setText("Saving…" if is_saving else self._go_words)


def _cutoff(hours: int) -> str:
    return f"last {hours} h: no new task" if hours else "none"


def _pair(first: QVBoxLayout, second: QVBoxLayout) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setSpacing(8)
    made.addLayout(first, 1)
    made.addLayout(second, 1)
    return made
