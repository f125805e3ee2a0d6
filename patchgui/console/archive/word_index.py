"""The full-text index: which words and which lines a run has, each written once per run, in tables of one month each.

A line that ten thousand nodes of a run wrote is indexed once, where it was seen first. Rows are numbered so that the
newest run comes first and all rows of a run are together: whoever looks for a common word skips from run to run.
"""

import sqlite3
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from patchgui.console.archive.schema import ORDINAL_BITS, moment_of, run_number
from patchgui.console.archive.words import Term, words_of

_KEPT_RUNS: Final = 4
_KEPT_LINES: Final = 100_000
_KEPT_WORDS: Final = 100_000
_DECEMBER: Final = 12
_TABLES = (
    "CREATE VIRTUAL TABLE {lines} USING fts5 (text, content='', columnsize=0, tokenize=\"unicode61 tokenchars '|'\")",
    "CREATE VIRTUAL TABLE {words} USING fts5 (text, content='', columnsize=0, detail=none, tokenize='unicode61')",
)


def month_of(run: int) -> int:
    """Return the month that a run's number lies in, as 202611."""
    at = moment_of(run)
    return at.year * 100 + at.month


def last_run_of(month: int) -> int:
    """Return the largest number that a run of this month can have: that of its first moment."""
    return run_number(datetime(month // 100, month % 100, 1, tzinfo=UTC))


def first_run_of(month: int) -> int:
    """Return the smallest number that a run of this month can have."""
    year, number = divmod(month, 100)
    following = (year + 1) * 100 + 1 if number == _DECEMBER else month + 1
    return last_run_of(following) + 1


def months(db: sqlite3.Connection) -> list[int]:
    """Return the months that have an index, newest first."""
    return [row[0] for row in db.execute("SELECT month FROM shelf ORDER BY month DESC")]


class _Seen:
    """What of one run is in the index already; forgetting it only costs room."""

    def __init__(self) -> None:
        self.lines: set[int] = set()
        self.words: set[str] = set()

    def bound(self) -> None:
        """Forget when it is much: nodes that all write their own lines repeat none."""
        if len(self.lines) > _KEPT_LINES:
            self.lines.clear()
        if len(self.words) > _KEPT_WORDS:
            self.words.clear()


class WordIndex:
    """Writes the index; belongs to the thread that writes."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._months: set[int] = set()
        self._seen: OrderedDict[int, _Seen] = OrderedDict()
        self._rows: dict[str, list[tuple[int, str]]] = {}

    def forget(self) -> None:
        """Drop what is remembered of the file: another process has changed it, or a change was taken back."""
        self._rows.clear()
        self._months.clear()
        self._seen.clear()

    def add(self, run: int, ordinal: int, lines: Iterable[str]) -> bool:
        """Index the lines of one place in a run; return whether there was anything new to the run."""
        seen = self._seen.setdefault(run, _Seen())
        self._seen.move_to_end(run)
        if len(self._seen) > _KEPT_RUNS:
            self._seen.popitem(last=False)
        seen.bound()
        fresh: list[str] = []
        words: list[str] = []
        for line in lines:
            mark = hash(line)
            if mark not in seen.lines:
                seen.lines.add(mark)
                of_line = words_of(line)
                words += of_line
                fresh.append(" ".join(of_line))
        text = " | ".join(filter(None, fresh))
        if not text:
            return False
        month = self._month(run)
        row = (run << ORDINAL_BITS) + ordinal
        self._rows.setdefault(f"lines_{month}", []).append((row, text))
        new_words = set(words) - seen.words
        if new_words:
            seen.words |= new_words
            self._rows.setdefault(f"words_{month}", []).append((row, " ".join(new_words)))
        return True

    def _tidy(self, month: int) -> None:
        """Put the month before in order once, when one begins: little is added to it from now on."""
        before = self._db.execute("SELECT max(month) FROM shelf WHERE month < ?", (month,)).fetchone()[0]
        if before is not None:
            for table in (f"lines_{before}", f"words_{before}"):
                self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - names of ours

    def flush(self) -> None:
        """Write what was added; belongs before every commit."""
        for table, rows in self._rows.items():
            self._db.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", rows)  # noqa: S608 - names of ours
        self._rows.clear()

    def _month(self, run: int) -> int:
        month = month_of(run)
        if month not in self._months:
            if self._db.execute("INSERT OR IGNORE INTO shelf VALUES (?)", (month,)).rowcount:
                for statement in _TABLES:
                    self._db.execute(statement.format(lines=f"lines_{month}", words=f"words_{month}"))
                self._tidy(month)
            self._months.add(month)
        return month


class Places:
    """Where one term occurs: for each run the first place, newest run first. For one search."""

    def __init__(self, db: sqlite3.Connection, term: Term) -> None:
        self._db = db
        self._term = term
        self._months = [(month, first_run_of(month), last_run_of(month)) for month in months(db)]
        self._listed: dict[int, list[int]] = {}
        self._possible: dict[int, bool] = {}

    def first_from(self, run: int) -> int | None:
        """Return the first row of the term in this run or an older one; None when there is none."""
        for month, first, last in self._months:
            if last >= run and self._is_possible(month):
                row = self._in_month(month, max(run, first) << ORDINAL_BITS)
                if row is not None:
                    return row
        return None

    def _is_possible(self, month: int) -> bool:
        """Whether each word of a phrase occurs in that month at all: most phrases that are nowhere end here."""
        known = self._possible.get(month)
        if known is None:
            query = f"SELECT 1 FROM words_{month} WHERE words_{month} MATCH ? LIMIT 1"  # noqa: S608 - names of ours
            known = all(self._db.execute(query, (word,)).fetchone() for word in self._term.matches_of_words)
            self._possible[month] = known
        return known

    def _in_month(self, month: int, bound: int) -> int | None:
        if self._term.is_phrase and not self._term.is_beginning:
            query = f"SELECT rowid FROM lines_{month} WHERE lines_{month} MATCH ? AND rowid >= ? LIMIT 1"  # noqa: S608 - names of ours
            found = self._db.execute(query, (self._term.match, bound)).fetchone()
            return int(found[0]) if found else None
        rows = self._listed.get(month)
        if rows is None:
            rows = self._listed[month] = self._list(month)
        place = bisect_left(rows, bound)
        return rows[place] if place < len(rows) else None

    def _list(self, month: int) -> list[int]:
        """Return the first place in each run of a month: few, as a word is indexed once per run."""
        table = "lines" if self._term.is_phrase else "words"
        query = f"SELECT rowid FROM {table}_{month} WHERE {table}_{month} MATCH ?"  # noqa: S608 - names of ours
        firsts: list[int] = []
        end = 0
        for (row,) in self._db.execute(query, (self._term.match,)):
            if row >= end:
                firsts.append(row)
                end = ((row >> ORDINAL_BITS) + 1) << ORDINAL_BITS
        return firsts
