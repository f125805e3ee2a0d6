"""Ways to walk over the runs that match one thing, newest first; together they answer a whole query.

Each stream tells the first run from a given one on, so a query that matches everything reads no more than a page, and
one that matches nothing ends where the first of its parts does.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Protocol

from patchgui.console.archive.entries import HistoryQuery
from patchgui.console.archive.members import WantedNodes
from patchgui.console.archive.schema import ORDINAL_BITS, run_number
from patchgui.console.archive.word_index import Places
from patchgui.console.archive.words import Term

_FEW_NODES = 64
"""The runs of so few nodes are listed; for more, each run's nodes are looked through."""


class Stream(Protocol):
    """Runs that match something, by number: the smaller, the newer."""

    def first_from(self, run: int) -> int | None:
        """Return the first run that matches from this one on; asked with growing numbers only."""
        ...


def matching(streams: Sequence[Stream], start: int) -> Iterator[int]:
    """Yield the runs that are in all streams, from ``start`` on, newest first."""
    standing = [-1] * len(streams)
    run = start
    while True:
        for place, stream in enumerate(streams):
            if standing[place] < run:
                found = stream.first_from(run)
                if found is None:
                    return
                standing[place] = found
                if found > run:
                    run = found
                    break
        else:
            if all(each == run for each in standing):
                yield run
                run += 1
            else:
                run = max(standing)


class _Walk:
    """A query's rows of run numbers, read on as far as they are asked for."""

    def __init__(self, rows: Iterator[tuple[int]]) -> None:
        self._rows = rows
        self._at: int | None = -1

    def first_from(self, run: int) -> int | None:
        """Return the first run from this one on."""
        while self._at is not None and self._at < run:
            row = next(self._rows, None)
            self._at = row[0] if row else None
        return self._at


class FilteredRuns(_Walk):
    """Runs that pass everything in a query but text and nodes."""

    def __init__(self, db: sqlite3.Connection, query: HistoryQuery, start: int) -> None:
        where, values = conditions(query)
        super().__init__(db.execute(f"SELECT no FROM run WHERE no >= ?{where} ORDER BY no", (start, *values)))  # noqa: S608 - conditions are ours, values are bound


def conditions(query: HistoryQuery) -> tuple[str, list[object]]:
    """Return a query's filters as SQL, each led in by AND, and its values."""
    parts: list[str] = []
    values: list[object] = []

    def any_of(condition: str, wanted: Sequence[str]) -> None:
        if wanted:
            parts.append(" AND (" + " OR ".join([condition] * len(wanted)) + ")")
            for each in wanted:
                values.extend([each] * condition.count("?"))

    any_of("status = ?", query.statuses)
    for_label = "connection_id IN (SELECT id FROM connection WHERE id = ? OR label = ?)"
    if query.connection_ids:
        parts.append(" AND (" + " OR ".join([for_label] * len(query.connection_ids)) + ")")
        values.extend(value for each in query.connection_ids for value in (each, each.casefold()))
    any_of("instr(documents, ?)", [each.casefold() for each in query.documents])
    any_of("instr(operators, ?)", [each.casefold() for each in query.operators])
    any_of("instr(failed_phases, ?)", [f" {each.value} " for each in query.failed_phases])
    if query.since is not None:
        parts.append(" AND no <= ?")
        values.append(run_number(query.since))
    if query.until is not None:
        parts.append(" AND no >= ?")
        values.append(run_number(query.until))
    return "".join(parts), values


class NodeRuns:
    """Runs with a node whose name or id contains a text. Nothing is looked for before somebody asks."""

    def __init__(self, db: sqlite3.Connection, part: str) -> None:
        self._db = db
        self._part = part.casefold()
        self._walk: _Walk | None = None
        self._wanted = WantedNodes(())

    def first_from(self, run: int) -> int | None:
        """Return the first run from this one on."""
        if self._walk is None:
            found = self._db.execute("SELECT id FROM node WHERE instr(folded, ?)", (self._part,)).fetchall()
            self._walk = _Walk(self._rows([row[0] for row in found], run))
        return self._walk.first_from(run)

    def _rows(self, ids: Sequence[int], start: int) -> Iterator[tuple[int]]:
        if not ids:
            return iter(())
        self._wanted = WantedNodes(ids)
        if len(ids) <= _FEW_NODES:
            marks = ", ".join("?" * len(ids))
            query = f"SELECT DISTINCT run FROM invocation WHERE node IN ({marks}) AND run >= ? ORDER BY run"  # noqa: S608 - marks only
            return self._db.execute(query, (*ids, start))
        every = self._db.execute("SELECT run, nodes FROM member WHERE run >= ? ORDER BY run", (start,))
        return ((run,) for run, nodes in every if self._wanted.first_in(nodes) is not None)

    def node_in(self, run: int) -> tuple[str, str] | None:
        """Return instance id and name of such a node in a run."""
        row = self._db.execute("SELECT nodes FROM member WHERE run = ?", (run,)).fetchone()
        number = self._wanted.first_in(row[0]) if row else None
        found = self._db.execute("SELECT instance_id, name FROM node WHERE id = ?", (number,)).fetchone()
        return tuple(found) if found else None


class AnyOf:
    """Runs that are in at least one of several streams."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = streams

    def first_from(self, run: int) -> int | None:
        """Return the first run from this one on."""
        return min((found for each in self._streams if (found := each.first_from(run)) is not None), default=None)


class TermRuns:
    """Runs in which a term occurs: in their words, or in the name of one of their nodes."""

    def __init__(self, db: sqlite3.Connection, term: Term) -> None:
        self.term = term
        self._places = Places(db, term)
        self.nodes = NodeRuns(db, term.typed)
        self._row: int | None = -1

    def first_from(self, run: int) -> int | None:
        """Return the first run from this one on."""
        row = self._row_from(run)
        in_words = row >> ORDINAL_BITS if row is not None else None
        if in_words == run:
            return run
        in_names = self.nodes.first_from(run)
        return min((each for each in (in_words, in_names) if each is not None), default=None)

    def _row_from(self, run: int) -> int | None:
        if self._row is not None and self._row >> ORDINAL_BITS < run:
            self._row = self._places.first_from(run)
        return self._row

    def ordinal_in(self, run: int) -> int | None:
        """Return the place of the term in a run's words, if it is there; only for the run that was found last."""
        row = self._row_from(run)
        return row & ((1 << ORDINAL_BITS) - 1) if row is not None and row >> ORDINAL_BITS == run else None
