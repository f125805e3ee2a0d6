"""The language of the history's search line: free text, "quoted phrases", and words with an operator.

::

    openssl "exit code 100"         every word and phrase has to occur somewhere in the run
    status:failed                   also: success, cancelled, timedout, running, pending (SSM's own words)
    connection:Prod by:alice        label or id of a connection; part of a user's name or ARN
    doc:AWS-RunPatch node:web-2     part of a document's name; part of a node's name or id
    phase:install                   a node failed in this phase
    since:2026-11-01 until:7d       a day, a moment (2026-11-01T14:00), or so long ago (90m, 12h, 7d, 3w)

What is no operator is text: nothing that is typed is an error. An operator's value may be quoted.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from patchgui.console.archive.entries import HistoryQuery
from patchgui.patching.phases import Phase

_PART = re.compile(r'(?:(?P<key>[a-z]+):(?=[^\s]))?(?P<value>"[^"]*"?|[^\s"]+)', re.IGNORECASE)
_AGO = re.compile(r"(\d{1,5})([mhdw])", re.IGNORECASE)
_UNIT_S = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_STATUSES = {
    name.lower(): name
    for name in ("Pending", "InProgress", "Success", "Cancelled", "Failed", "TimedOut", "Cancelling", "Unknown")
} | {"running": "InProgress", "succeeded": "Success", "canceled": "Cancelled", "timed_out": "TimedOut"}
_PHASES = {phase.value: phase for phase in Phase} | {phase.value.replace("_", "-"): phase for phase in Phase}
_LISTS: dict[str, tuple[str, Callable[[str], object]]] = {
    "status": ("statuses", lambda value: _STATUSES.get(value.lower(), value)),
    "connection": ("connection_ids", str),
    "by": ("operators", str),
    "doc": ("documents", str),
    "node": ("nodes", str),
    "phase": ("failed_phases", lambda value: _PHASES.get(value.lower().replace(" ", "_"))),
}
_SAME_AS = {"document": "doc", "operator": "by", "user": "by", "on": "connection"}
_WORDS_OF_MEMBER = {member: key for key, (member, _) in _LISTS.items()}


def parse(line: str, now: datetime | None = None) -> HistoryQuery:
    """Return what a search line asks for; ``now`` is what times of the form ``7d`` count back from."""
    now = now or datetime.now(UTC)
    lists: dict[str, list[object]] = {}
    moments: dict[str, datetime] = {}
    text: list[str] = []
    for part in _PART.finditer(line):
        value = part["value"]
        bare = value.strip('"') if value.startswith('"') else value
        key = (part["key"] or "").lower()
        key = _SAME_AS.get(key, key)
        if key in {"since", "until"} and (moment := _moment(bare, now)) is not None:
            moments[key] = moment
        elif key in _LISTS and bare and (meant := _LISTS[key][1](bare)) is not None:
            lists.setdefault(_LISTS[key][0], []).append(meant)
        elif part[0].strip('"'):
            text.append(part[0])
    members: dict[str, Any] = {name: tuple(dict.fromkeys(values)) for name, values in lists.items()}
    return HistoryQuery(text=" ".join(text), since=moments.get("since"), until=moments.get("until"), **members)


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


def _moment(value: str, now: datetime) -> datetime | None:
    """Return the moment that a value names: so long ago, or a day or moment in this machine's time zone."""
    ago = _AGO.fullmatch(value)
    if ago is not None:
        return now - timedelta(seconds=int(ago[1]) * _UNIT_S[ago[2].lower()])
    if not re.match(r"\d{4}-\d\d-\d\d", value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.astimezone()
