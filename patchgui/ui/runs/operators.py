"""The operators of the history's search, and the values that each may have: for completion and for the filter menu."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from patchgui.patching.phases import Phase
from patchgui.ui.runs.run_row import RunRow, by_words
from patchgui.ui.widgets.pick_item import PickItem

OPERATORS: Final = (
    ("status:", "how a run ended, or that it goes on"),
    ("connection:", "where it ran"),
    ("by:", "who started it"),
    ("doc:", "its document, or one of its hooks"),
    ("node:", "a node's name or id"),
    ("phase:", "where it failed"),
    ("since:", "7d, today, or a date"),
    ("until:", "7d, today, or a date"),
)
STATUSES: Final = (
    ("failed", "Failed"),
    ("success", "Success"),
    ("inprogress", "In progress"),
    ("timedout", "Timed out"),
    ("cancelled", "Cancelled"),
    ("pending", "Pending"),
)
PHASES: Final = tuple(phase for phase in Phase if phase is not Phase.STEPS)
TIMES: Final = (
    ("today", "Today"),
    ("yesterday", "Since yesterday"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
)


class Choices(NamedTuple):
    """What the archive and the connections know of: names that a search may ask for."""

    connections: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def choices_of(rows: Iterable[RunRow]) -> Choices:
    """Return the names that these runs have, the most frequent first."""
    connections, operators, documents = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        run = row.run
        connections.update([run.connection.label] if run.connection is not None else ())
        origin = row.archived.origin if row.archived is not None else None
        operators.update([by_words(row)] if origin is not None and (origin.started_by or origin.os_user) else ())
        documents.update({run.document, *(document for _phase, document in run.hooks)} - {""})
    return Choices(*(tuple(name for name, _ in each.most_common()) for each in (connections, operators, documents)))


def term(operator: str, value: str) -> str:
    """Return one term of a search, quoted where its value has blanks: ``connection:"This machine"``."""
    return f'{operator}"{value}"' if " " in value else f"{operator}{value}"


def suggest(word: str, choices: Choices) -> Sequence[PickItem]:
    """Return what the word at the cursor may become: an operator, or a value of the operator that it begins with."""
    operator, colon, typed = word.partition(":")
    if not colon:
        return [PickItem(name, name, what) for name, what in OPERATORS if name.startswith(word.lower())]
    wanted = typed.lower().strip('"')
    values = _values(f"{operator.lower()}:", choices)
    return [
        PickItem(term(f"{operator.lower()}:", value), value, what)
        for value, what in values
        if wanted in value.lower() and value.lower() != wanted
    ]


def _values(operator: str, choices: Choices) -> Sequence[tuple[str, str]]:
    match operator:
        case "status:":
            return STATUSES
        case "phase:":
            return [(phase.value.replace("_", "-"), phase.label) for phase in PHASES]
        case "since:" | "until:":
            return TIMES
        case "connection:":
            return [(name, "") for name in choices.connections]
        case "by:":
            return [(name, "") for name in choices.operators]
        case "doc:":
            return [(name, "") for name in choices.documents]
    return ()
