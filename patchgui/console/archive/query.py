"""The language of the history's search line: free text, "quoted phrases", and words with an operator.

::

    openssl "exit code 100"         every word and phrase has to occur somewhere in the run
    status:failed                   or its beginning: success, cancelled, timedout, running, pending (SSM's own words)
    connection:Prod by:alice        label or id of a connection; part of a user's name or ARN
    doc:AWS-RunPatch node:web-2     part of a document's name; part of a node's name or id
    phase:install                   a node failed in this phase
    since:2026-11-01 until:7d       a day (until: to its end), today, yesterday, a moment (2026-11-01T14:00), or so long
                                    ago (90m, 12h, 7d, 3w)

What is no operator is text: nothing that is typed is an error. An operator's value may be quoted.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from patchgui.console.archive.entries import HistoryQuery
from patchgui.patching.phases import Phase

_PART = re.compile(r'(?:(?P<key>[a-z]+):(?=[^\s]))?(?P<value>"[^"]*"?|[^\s"]+)', re.IGNORECASE)
_AGO = re.compile(r"(\d{1,5})([mhdw])", re.IGNORECASE)
_YEARS = range(1970, 9999)
_UNIT_S = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_STATUSES = {
    name.lower(): name
    for name in ("Pending", "InProgress", "Success", "Cancelled", "Failed", "TimedOut", "Cancelling", "Unknown")
} | {"running": "InProgress", "succeeded": "Success", "canceled": "Cancelled", "timed_out": "TimedOut"}
_PHASES = {phase.value: phase for phase in Phase} | {phase.value.replace("_", "-"): phase for phase in Phase}
_Meant = TypeVar("_Meant")


def _begun(table: Mapping[str, _Meant], value: str) -> _Meant | None:
    """Return what a value means, or the beginning of one: somebody may still be typing."""
    wanted = value.lower().replace(" ", "_")
    return table.get(wanted) or next((meant for name, meant in table.items() if name.startswith(wanted)), None)


_LISTS: dict[str, tuple[str, Callable[[str], object]]] = {
    "status": ("statuses", lambda value: _begun(_STATUSES, value) or value),
    "connection": ("connection_ids", str),
    "by": ("operators", str),
    "doc": ("documents", str),
    "node": ("nodes", str),
    "phase": ("failed_phases", lambda value: _begun(_PHASES, value)),
}
_MOMENTS = {"since": 0, "until": 1}
"""Operators with one moment, and how many days later they mean where a whole day is named."""
_DAYS_AGO = {"today": 0, "yesterday": 1}
_SAME_AS = {"document": "doc", "operator": "by", "user": "by", "on": "connection"}
_WORDS_OF_MEMBER = {member: key for key, (member, _) in _LISTS.items()}


_BARE = frozenset(f"{key}:" for key in (*_LISTS, *_MOMENTS, *_SAME_AS))
"""What is typed on the way to an operator's value: no text either."""


class Term(NamedTuple):
    """One part of a search line: as it was typed, what it fills of the query, and with what."""

    typed: str
    member: str
    """The member of :class:`HistoryQuery`; ``text`` for free text."""
    meant: object
    is_misread: bool = False
    """Whether it begins with an operator whose value says nothing, so that it is searched as text."""


def terms(line: str, now: datetime | None = None) -> tuple[Term, ...]:
    """Return the parts of a search line in their order; ``now`` is what times of the form ``7d`` count back from."""
    now = now or datetime.now(UTC)
    found: list[Term] = []
    for part in _PART.finditer(line):
        value = part["value"]
        bare = value.strip('"') if value.startswith('"') else value
        key = (part["key"] or "").lower()
        key = _SAME_AS.get(key, key)
        if key in _MOMENTS and (moment := _moment(bare, now, _MOMENTS[key])) is not None:
            found.append(Term(part[0], key, moment))
        elif key in _LISTS and bare and (meant := _LISTS[key][1](bare)) is not None:
            found.append(Term(part[0], _LISTS[key][0], meant))
        elif part[0].strip('"') and part[0].lower() not in _BARE:
            found.append(Term(part[0], "text", part[0], is_misread=key in _MOMENTS or key in _LISTS))
    return tuple(found)


def parse(line: str, now: datetime | None = None) -> HistoryQuery:
    """Return what a search line asks for; ``now`` is what times of the form ``7d`` count back from."""
    members: dict[str, tuple[object, ...]] = {}
    for term in terms(line, now):
        members[term.member] = (*members.get(term.member, ()), term.meant)
    filled: dict[str, Any] = {name: values[-1] for name, values in members.items() if name in _MOMENTS}
    filled |= {name: tuple(dict.fromkeys(values)) for name, values in members.items() if name in _WORDS_OF_MEMBER}
    return HistoryQuery(text=" ".join(str(each) for each in members.get("text", ())), **filled)


def line_of(query: HistoryQuery) -> str:
    """Return a search line that :func:`parse` reads as this query."""
    parts = [query.text] if query.text else []
    for member, key in _WORDS_OF_MEMBER.items():
        parts += [f"{key}:{_quoted(str(value))}" for value in getattr(query, member)]
    for key, moment in (("since", query.since), ("until", query.until)):
        if moment is not None:
            parts.append(f"{key}:{moment.astimezone(UTC).isoformat().replace('+00:00', 'Z')}")
    return " ".join(parts)


def _quoted(value: str) -> str:
    value = value.replace('"', " ")
    return f'"{value}"' if re.search(r"\s", value) else value


def _moment(value: str, now: datetime, days_on: int) -> datetime | None:
    """Return the moment that a value names; None when it names none, or one that no run can have."""
    try:
        moment = _named(value, now, days_on)
    except (ValueError, OverflowError):
        return None
    return moment if moment is not None and moment.year in _YEARS else None


def _named(value: str, now: datetime, days_on: int) -> datetime | None:
    """Return the moment that a value names: so long ago, or a day or moment in this machine's time zone.

    ``days_on`` days later where a whole day is named: *until* a day means to its end.
    """
    ago = _AGO.fullmatch(value)
    if ago is not None:
        return now - timedelta(seconds=int(ago[1]) * _UNIT_S[ago[2].lower()])
    if value.lower() in _DAYS_AGO:
        value = f"{now.astimezone().date() - timedelta(days=_DAYS_AGO[value.lower()])}"
    if not re.match(r"\d{4}-\d\d-\d\d", value):
        return None
    moment = datetime.fromisoformat(value) + timedelta(days=days_on if len(value) == len("2026-11-01") else 0)
    return moment if moment.tzinfo is not None else moment.astimezone()
