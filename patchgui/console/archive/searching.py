"""Answers queries: which runs match, and where in them the text was found."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from patchgui.console.archive.entries import HistoryPage, HistoryQuery, Hit
from patchgui.console.archive.reading import Reader
from patchgui.console.archive.streams import AnyOf, FilteredRuns, NodeRuns, Stream, TermRuns, conditions, matching
from patchgui.console.archive.words import Term, terms_of

_BEFORE: Final = 60
_AFTER: Final = 100
"""How many letters of the line are shown before and from the text that was found."""


def search(db: sqlite3.Connection, reader: Reader, query: HistoryQuery, cursor: str, limit: int) -> HistoryPage:
    """Return the runs that match from ``cursor`` on, newest first, at most ``limit``."""
    start = int(cursor) if cursor.isdecimal() else 0
    terms = [TermRuns(db, term) for term in terms_of(query.text)]
    streams: list[Stream] = [FilteredRuns(db, query, start), *terms]
    if query.nodes:
        streams.append(AnyOf([NodeRuns(db, each) for each in query.nodes]))
    found = dict(islice(_with_hits(reader, matching(streams, start), terms), limit + 1))
    following = str(found.popitem()[0]) if len(found) > limit else ""
    runs = reader.entries(found)
    total = len(runs) if not cursor and not following else _counted(db, query)
    return HistoryPage(runs, following, total)


def _counted(db: sqlite3.Connection, query: HistoryQuery) -> int | None:
    """Return how many runs match, where that is told without looking into each."""
    if terms_of(query.text) or query.nodes:
        return None
    where, values = conditions(query)
    (count,) = db.execute(f"SELECT count(*) FROM run WHERE 1{where}", values).fetchone()  # noqa: S608 - conditions are ours, values are bound
    return int(count)


def _with_hits(reader: Reader, numbers: Iterator[int], terms: Sequence[TermRuns]) -> Iterator[tuple[int, Hit | None]]:
    for number in numbers:
        hits = (_hit(reader, number, term) for term in terms)
        yield number, next((hit for hit in hits if hit is not None), None)


def _hit(reader: Reader, number: int, term: TermRuns) -> Hit | None:
    """Return where a term was found: in an output, else in a node's name; None: in the run's own words."""
    ordinal = term.ordinal_in(number)
    if ordinal is None:
        node = term.nodes.node_in(number)
        return Hit("", *node) if node else None
    place = reader.place(number, ordinal)
    if place is None:
        return None
    return Hit(_snippet(term.term, place.texts), place.instance_id, place.node, place.step)


def _snippet(term: Term, texts: Iterable[str]) -> str:
    """Return the line around a term."""
    pattern = _pattern(term)
    for text in texts:
        match = pattern.search(text)
        if match is not None:
            first = text.rfind("\n", 0, match.start()) + 1
            last = text.find("\n", match.start())
            line = text[first : last if last >= 0 else len(text)]
            at = match.start() - first
            cut = line[max(0, at - _BEFORE) : at + _AFTER].strip()
            return f"{'…' if at > _BEFORE else ''}{cut}{'…' if at + _AFTER < len(line) else ''}"
    return ""


@lru_cache(maxsize=32)
def _pattern(term: Term) -> re.Pattern[str]:
    r"""Return what finds a term in a text as it was written; signs (``[\W_]``) part its words, a line break ends it."""
    between = r"(?:(?!\n)[\W_])+".join(re.escape(word) for word in term.words)
    end = "" if term.is_beginning else r"(?![^\W_])"
    return re.compile(rf"(?<![^\W_]){between}{end}", re.IGNORECASE)
