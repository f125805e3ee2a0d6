"""The archive's tables, version by version, and how an older file is brought up to date.

Numbers stand for what recurs: ``label`` holds names of steps, baselines and platforms, ``node`` a node's id and name,
``shape`` everything of a node's progress but its moments (thousands of nodes share one), ``text`` each output once.
``member`` has the nodes of a run once more, packed, for searches.

``run.no`` counts *down* with the moment of the start (:func:`run_number`): the newest run comes first in every index,
and in the full-text tables, whose rows are numbered ``run.no * 2^22 + ordinal``. These tables are made per month
(``words_202611``: which words a run has; ``lines_202611``: which lines), so that the oldest can be dropped whole.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

from patchgui.console.archive.members import packed

APPLICATION_ID = 0x504E4152
"""``PNAR``: marks the file as this archive's, for ``file`` and for a restore."""
ORDINAL_BITS = 22
"""A run has less than four million places where text was found first."""
_LAST_CS = 1 << 40
"""Hundredths of a second since 1970 from which run numbers count down: in the year 36812."""

Step = str | Callable[[sqlite3.Connection], None]
"""What an upgrade does: a statement, or what takes more than that."""
Migrations = tuple[tuple[Step, ...], ...]


def _fill_members(db: sqlite3.Connection) -> None:
    """Pack the nodes of the runs that are there."""
    for (run,) in db.execute("SELECT no FROM run").fetchall():
        numbers = [row[0] for row in db.execute("SELECT node FROM invocation WHERE run = ?", (run,))]
        if numbers:
            db.execute("INSERT INTO member VALUES (?, ?)", (run, packed(numbers)))


MIGRATIONS: Migrations = (
    (
        """CREATE TABLE connection (
            id TEXT PRIMARY KEY, about TEXT NOT NULL, label TEXT NOT NULL) STRICT, WITHOUT ROWID""",
        """CREATE TABLE run (
            no INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, connection_id TEXT NOT NULL, started_ms INTEGER,
            status TEXT NOT NULL, documents TEXT NOT NULL, operation TEXT NOT NULL, operators TEXT NOT NULL,
            failed_phases TEXT NOT NULL DEFAULT '', is_whole INTEGER NOT NULL DEFAULT 0,
            ordinals INTEGER NOT NULL DEFAULT 0) STRICT""",
        """CREATE TABLE about (
            run INTEGER PRIMARY KEY REFERENCES run, entry TEXT NOT NULL, plan TEXT NOT NULL, pipeline TEXT NOT NULL,
            ended TEXT NOT NULL DEFAULT '') STRICT""",
        """CREATE TABLE command (
            run INTEGER NOT NULL REFERENCES run, number INTEGER NOT NULL, command_id TEXT NOT NULL,
            told TEXT NOT NULL, PRIMARY KEY (run, number)) STRICT, WITHOUT ROWID""",
        "CREATE TABLE label (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
        """CREATE TABLE node (
            id INTEGER PRIMARY KEY, instance_id TEXT NOT NULL, name TEXT NOT NULL, folded TEXT,
            UNIQUE (instance_id, name)) STRICT""",
        "CREATE TABLE shape (id INTEGER PRIMARY KEY, told TEXT NOT NULL UNIQUE) STRICT",
        """CREATE TABLE invocation (
            run INTEGER NOT NULL REFERENCES run, node INTEGER NOT NULL REFERENCES node, shape INTEGER,
            moments BLOB NOT NULL, words TEXT NOT NULL, platform INTEGER, PRIMARY KEY (run, node))
            STRICT, WITHOUT ROWID""",
        "CREATE INDEX invocation_of_node ON invocation (node, run)",
        """CREATE TABLE text (
            id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, base INTEGER, last_run INTEGER NOT NULL,
            body BLOB NOT NULL) STRICT""",
        "CREATE INDEX text_by_last_run ON text (last_run)",
        """CREATE TABLE output (
            run INTEGER NOT NULL REFERENCES run, ordinal INTEGER NOT NULL, node INTEGER NOT NULL REFERENCES node,
            step INTEGER NOT NULL REFERENCES label, stdout INTEGER, stderr INTEGER, flags INTEGER NOT NULL,
            note INTEGER, PRIMARY KEY (run, ordinal)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX output_of_step ON output (run, node, step)",
        """CREATE TABLE patch_state (
            run INTEGER NOT NULL REFERENCES run, node INTEGER NOT NULL REFERENCES node, before TEXT, after TEXT,
            baseline INTEGER NOT NULL, snapshot INTEGER NOT NULL, PRIMARY KEY (run, node)) STRICT, WITHOUT ROWID""",
        "CREATE TABLE shelf (month INTEGER PRIMARY KEY) STRICT",
    ),
    ("CREATE TABLE member (run INTEGER PRIMARY KEY REFERENCES run, nodes BLOB NOT NULL) STRICT", _fill_members),
    ("CREATE TABLE removed (one INTEGER PRIMARY KEY CHECK (one = 1), run INTEGER NOT NULL) STRICT",),
    (
        "ALTER TABLE run ADD COLUMN retry_of TEXT NOT NULL DEFAULT ''",
        """UPDATE run SET retry_of = coalesce(
            (SELECT json_extract(entry, '$.retry_of') FROM about WHERE run = run.no), '')""",
        "CREATE INDEX run_by_retry ON run (retry_of) WHERE retry_of <> ''",
    ),
)
"""Each version's steps: never changed after a release, only added to; ``user_version`` counts them."""


def run_number(started_at: datetime) -> int:
    """Return the number of a run that started then: the later, the smaller. Two runs of one moment need two numbers."""
    return _LAST_CS - int(started_at.timestamp() * 100)


def moment_of(number: int) -> datetime:
    """Return the moment that a run's number stands for, to a hundredth of a second."""
    return datetime.fromtimestamp((_LAST_CS - number) / 100, UTC)


def version_of(db: sqlite3.Connection) -> int:
    """Return the version of the file's schema; 0 for a new file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def upgrade(db: sqlite3.Connection, migrations: Migrations) -> None:
    """Bring the file up to date, each version whole or not at all; another process may be doing the same."""
    for number, steps in enumerate(migrations, start=1):
        db.execute("BEGIN IMMEDIATE")
        try:
            if version_of(db) < number:
                for step in steps:
                    if isinstance(step, str):
                        db.execute(step)
                    else:
                        step(db)
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
