"""Maintenance windows as the list shows them, and the language that filters them.

Terms are ANDed; case does not matter; a ``-`` before a term turns it round::

    state:enabled    also disabled, running
    zone:berlin      the time zone's name contains it
    schedule:sunday  the schedule, in words or as written, contains it
    next:none        the window will not open
    web              name, id, description, or any of the above
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from patchgui.console.window_words import in_words, moment_of
from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowIdentity
from patchgui.ui.windows.moments import exact, my_zone_name, opening

_OPERATORS = ("state", "zone", "schedule", "name", "next")


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window; ``is_open`` while an execution of it runs."""

    window: MaintenanceWindowIdentity
    is_open: bool
    words: str

    @classmethod
    def of(cls, window: MaintenanceWindowIdentity, *, is_open: bool) -> "WindowRow":
        """Return the row of a window."""
        return cls(window, is_open, in_words(window))

    @property
    def window_id(self) -> str:
        """The id of the window."""
        return self.window.window_id or ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.window.name or self.window_id

    @property
    def zone(self) -> str:
        """The name of its time zone."""
        return self.window.schedule_timezone or "UTC"

    @property
    def next_at(self) -> datetime | None:
        """When it opens next, by its own clocks; None when it does not."""
        return moment_of(self.window.next_execution_time) if self.window.enabled else None

    @property
    def state(self) -> tuple[str, str]:
        """Its look and the word for it."""
        if self.is_open:
            return "running", "Running now"
        return ("success", "Enabled") if self.window.enabled else ("waiting", "Disabled")


def cells(row: WindowRow, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the cells of a row, each as its first line and a quiet second one."""
    window, next_at = row.window, row.next_at
    if next_at is not None:
        told = opening(next_at, now)
        yours = f"{told.mine} yours" if told.mine else ""
        opens = (f"{told.own} · {row.zone}", " · ".join(filter(None, (yours, told.until))))
    else:
        opens = ("–", "enable it to let it open") if not window.enabled else ("–", "its schedule is over")
    return (
        (row.name, window.description or ""),
        (row.state[1], ""),
        (row.words.removesuffix(f", {row.zone}"), window.schedule or ""),
        opens,
        (f"{window.duration or 0} h", f"cutoff {window.cutoff or 0} h"),
    )


def next_tooltip(row: WindowRow) -> str:
    """Return the exact moments of the next run."""
    if row.next_at is None:
        return "It does not open."
    mine = row.next_at.astimezone()
    return f"{exact(row.next_at, row.zone)}\n{exact(mine, f'{my_zone_name()}, here')}"


class WindowQuery(NamedTuple):
    """A filter that was understood as far as ``trouble`` is empty."""

    terms: tuple[str, ...] = ()
    trouble: str = ""

    def matches(self, row: WindowRow) -> bool:
        """Whether a row passes every term."""
        return all(_passes(row, term) for term in self.terms)


def parse_query(text: str) -> WindowQuery:
    """Read what a person typed. Never raises: what cannot be understood is said in ``trouble``."""
    terms: list[str] = []
    trouble = ""
    for term in text.split():
        operator, colon, value = term.removeprefix("-").lower().partition(":")
        if colon and operator not in _OPERATORS:
            known = ", ".join(f"{each}:" for each in _OPERATORS)
            trouble = trouble or f"“{operator}:” is not known. Use {known}."
        elif value or not colon:
            terms.append(term)
    return WindowQuery(tuple(terms), trouble)


def _passes(row: WindowRow, term: str) -> bool:
    operator, colon, value = term.removeprefix("-").lower().partition(":")
    found = _holds(row, operator, value) if colon else operator in _haystack(row)
    return found is not term.startswith("-")


def _holds(row: WindowRow, operator: str, value: str) -> bool:
    match operator:
        case "state":
            words = ["enabled" if row.window.enabled else "disabled", *(["running", "open"] if row.is_open else [])]
            return any(word.startswith(value) for word in words)
        case "zone":
            return value in row.zone.lower()
        case "schedule":
            return value in f"{row.words} {row.window.schedule}".lower()
        case "next":
            return (row.next_at is None) if value == "none" else value in (row.window.next_execution_time or "").lower()
        case _:
            return value in row.name.lower()


def _haystack(row: WindowRow) -> str:
    window = row.window
    return f"{row.name} {row.window_id} {window.description} {row.words} {window.schedule} {row.state[1]}".lower()
