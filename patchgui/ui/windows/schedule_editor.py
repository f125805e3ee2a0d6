"""Edits a schedule: reads it aloud as it is typed, shows what comes of it, and says where it is wrong."""

from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from patchgui.console.window_draft import OFFSET_DAYS_MAX, WindowDraft, field_at_fault
from patchgui.patching.schedules.cron import named_fields
from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.preview import next_runs, runs_around_change
from patchgui.patching.schedules.schedule import Schedule
from patchgui.patching.schedules.wording import sentence
from patchgui.ui.widgets.form_field import mark_line, named_line
from patchgui.ui.widgets.menu_button import MenuButton
from patchgui.ui.widgets.text import fixed_font, label
from patchgui.ui.windows.cron_fields import CronFields
from patchgui.ui.windows.moments import utc_now
from patchgui.ui.windows.runs_preview import RunsPreview
from patchgui.ui.windows.zone_picker import ZonePicker

_RUNS: Final = 10


class Preset(NamedTuple):
    """A schedule that many want: what it is called, its expression, and how many days later it runs."""

    title: str
    expression: str
    offset_days: int = 0


PRESETS: Final = (
    Preset("Every Sunday at 02:00", "cron(0 2 ? * SUN *)"),
    Preset("Every night at 02:00", "cron(0 2 * * ? *)"),
    Preset("Monday to Friday at 22:00", "cron(0 22 ? * MON-FRI *)"),
    Preset("First Sunday of the month at 02:00", "cron(0 2 ? * SUN#1 *)"),
    Preset("Second Tuesday of the month at 22:00", "cron(0 22 ? * TUE#2 *)"),
    Preset("Four days after the second Tuesday at 02:00", "cron(0 2 ? * TUE#2 *)", 4),
    Preset("Last Saturday of the month at 03:00", "cron(0 3 ? * 7L *)"),
    Preset("Last working day of the month at 20:00", "cron(0 20 LW * ? *)"),
    Preset("Every 7 days, counted from now", "rate(7 days)"),
)


class ScheduleEditor(QWidget):
    """Expression, time zone and offset, with the next runs below. Pure: nothing is asked of any service."""

    changed = Signal()
    """Something else is typed or chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = named_line("Schedule", "cron(0 2 ? * SUN *), rate(7 days), at(2026-12-24T02:00:00)")
        self.line.setFont(fixed_font(self.line.font()))
        self.line.setMaxLength(256)
        self._presets = QPushButton("Presets")
        self._presets.setAccessibleName("Schedules that many want")
        self._presets.setMenu(self._preset_menu())
        self.fields = CronFields()
        self.reading = label("", "strong", wrap=True)
        self.problem = label("", "danger", wrap=True)
        self.zone = ZonePicker()
        self.offset = MenuButton("Days later", [(str(days), _later(days)) for days in range(OFFSET_DAYS_MAX + 1)])
        self.zone_problem = label("", "danger", wrap=True)
        self.offset_problem = label("", "danger", wrap=True)
        self._runs_title = label("Next runs", "field")
        self.runs = RunsPreview()
        self._around_title = label("Around the next change of clocks", "field")
        self.around = RunsPreview()
        self._lay_out()
        self.line.textEdited.connect(self.changed)
        self.zone.chosen.connect(self.changed)
        self.offset.changed.connect(self.changed)

    @property
    def offset_days(self) -> int:
        """How many days later than the expression says."""
        return int(self.offset.value)

    def set_schedule(self, expression: str, zone: str, offset_days: int) -> None:
        """Edit another schedule."""
        self.line.setText(expression)
        self.zone.set_value(zone)
        self.offset.set_value(str(offset_days))

    def show_draft(self, draft: WindowDraft, problems: dict[str, str]) -> None:
        """Read the schedule of a draft aloud, with its runs; or say what is wrong, at the field that is."""
        self.fields.show_fields(named_fields(draft.schedule), field_at_fault(draft))
        for where, field in (
            (self.problem, "schedule"),
            (self.zone_problem, "zone"),
            (self.offset_problem, "offset_days"),
        ):
            where.setText(problems.get(field, ""))
            where.setVisible(field in problems)
        mark_line(self.line, fits="schedule" not in problems)
        now = utc_now()
        try:
            schedule = draft.schedule_at(now)
        except ScheduleInvalid:
            self.reading.hide()
            self.runs.show_runs((), "", now)
            self._runs_title.hide()
            self._show_around(None)
            return
        self.reading.setText(f"{sentence(schedule)}.")
        self.reading.show()
        runs = next_runs(schedule, now, _RUNS)
        self.runs.show_runs(runs, schedule.zone_name, now)
        self._runs_title.setVisible(bool(runs))
        has_change = any(run.change is not None or run.at is None for run in runs)
        self._show_around(None if has_change else schedule)
        if not runs:
            self.problem.setText("It does not run any more.")
            self.problem.show()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _show_around(self, schedule: Schedule | None) -> None:
        now = utc_now()
        runs = runs_around_change(schedule, now) if schedule is not None else []
        self.around.show_runs(runs, schedule.zone_name if schedule is not None else "", now)
        self._around_title.setVisible(bool(runs))

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.line, 1)
        first.addWidget(self._presets)
        where = QVBoxLayout()
        where.setSpacing(4)
        where.addWidget(_field_name("Time zone", self.zone))
        where.addWidget(self.zone)
        later = QVBoxLayout()
        later.setSpacing(4)
        later.addWidget(_field_name("Offset", self.offset))
        later.addWidget(self.offset)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addLayout(where, 3)
        second.addLayout(later, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(_field_name("Schedule", self.line))
        whole.addLayout(first)
        whole.addWidget(self.fields)
        whole.addWidget(self.reading)
        whole.addWidget(self.problem)
        whole.addLayout(second)
        whole.addWidget(self.zone_problem)
        whole.addWidget(self.offset_problem)
        whole.addWidget(self._runs_title)
        whole.addWidget(self.runs)
        whole.addWidget(self._around_title)
        whole.addWidget(self.around)

    def _preset_menu(self) -> QMenu:
        menu = QMenu(self)
        for preset in PRESETS:
            menu.addAction(preset.title).triggered.connect(partial(self.take, preset))
        return menu

    def take(self, preset: Preset) -> None:
        """Take a preset, as the user does; the zone stays."""
        self.line.setText(preset.expression)
        self.offset.set_value(str(preset.offset_days))
        self.changed.emit()


def _later(days: int) -> str:
    if not days:
        return "On that day"
    return f"{days} day{'' if days == 1 else 's'} later"


def _field_name(words: str, control: QWidget) -> QWidget:
    made = label(words, "field")
    made.setBuddy(control)
    return made
