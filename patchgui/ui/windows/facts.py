"""The settings of a window as facts: name to the left, words to the right."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

from patchgui.console.window_words import in_words, moment_of
from patchgui.ui.widgets.selectable_line import SelectableLine
from patchgui.ui.widgets.text import label
from patchgui.ui.windows.moments import Opening, my_zone_name, opening

if TYPE_CHECKING:
    from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowResult

Fact = tuple[str, str]


def facts_of(window: "GetMaintenanceWindowResult", now: datetime) -> tuple[Fact, ...]:
    """Return what is to be said of a window's settings."""
    next_at = moment_of(window.next_execution_time) if window.enabled else None
    zone = window.schedule_timezone or "UTC"
    told = opening(next_at, now) if next_at is not None else Opening("", "", "")
    cutoff = f", starts no task in the last {window.cutoff} h" if window.cutoff else ""
    unregistered = "Tasks may name any node" if window.allow_unassociated_targets else "Only registered targets"
    found = (
        ("Opens", in_words(window)),
        ("Schedule", window.schedule or ""),
        ("Next", f"{told.own} · {zone} · {told.until}" if told.own else ""),
        ("", f"{told.mine} · {my_zone_name()}, yours" if told.mine else ""),
        ("Open for", f"{window.duration or 0} h{cutoff}"),
        ("Active from", window.start_date or ""),
        ("Active until", window.end_date or ""),
        ("Targets", unregistered),
        ("Id", window.window_id or ""),
    )
    return tuple((name, words) for name, words in found if words)


class Facts(QWidget):
    """Shows facts that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Fact, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Iterable[Fact]) -> None:
        """Show these facts."""
        wanted = tuple(facts)
        if wanted == self._shown:
            return
        self._shown = wanted
        while (item := self._grid.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        for row, (name, words) in enumerate(wanted):
            value = SelectableLine(words)
            value.setAccessibleName(f"{name}: {words}" if name else words)
            self._grid.addWidget(label(name, "dim"), row, 0)
            self._grid.addWidget(value, row, 1)
