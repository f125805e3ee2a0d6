"""The agent's state file: one SQLite database, used from the agent's event loop only.

A commit is on the disk when it returns (``synchronous=FULL``), so what has been told to
anyone is never forgotten. Each part of the agent brings its own list of migrations; a
statement is never changed after a release, only added to.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from patchgui.agent.worker.disk import sync_folder
from patchgui.ssm.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreTooNew

APPLICATION_ID = 0x50614E6F
"""Marks the file as a Patch Now agent's ("PaNo"), so that another program's database is never taken for it."""

Migrations = Mapping[str, Sequence[str]]
"""Statements to run in order, per part of the agent."""

_Parameters = Sequence[Any] | Mapping[str, Any]

# The first bytes of a write-ahead log, in either order of bytes (SQLite file format, 4.1).
_LOG_MARKS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_CORRUPT_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Database:
    """A connection to the state file; opening it brings an older file up to date."""

    def __init__(self, path: Path, migrations: Migrations) -> None:
        """Open or create the file.

        Raises:
            StoreTooNew: a newer release wrote it.
            StoreCorrupt: it is damaged or is no state file; it is left as it is.
            StoreError: it cannot be read or written.
        """
        self.path = path
        self._is_writing = False
        with self._translated():
            self._find_or_make()
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        try:
            with self._translated():
                self._db.row_factory = sqlite3.Row
                self._check(migrations)
                self._migrate(migrations)
        except BaseException:
            self._db.close()
            raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction: all of it is on the disk afterwards, or none.

        A block inside another belongs to the outer one.

        Raises:
            StoreError: by its kind: busy, full, damaged.
        """
        if self._is_writing:
            yield self._db
            return
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            self._is_writing = True
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._is_writing = False

    def execute(self, statement: str, parameters: _Parameters = ()) -> None:
        """Run one writing statement, in the open transaction or in one of its own."""
        with self.write() as db:
            db.execute(statement, parameters)

    def rows(self, query: str, parameters: _Parameters = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._translated():
            return self._db.execute(query, parameters).fetchall()

    def row(self, query: str, parameters: _Parameters = ()) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self._translated():
            found: sqlite3.Row | None = self._db.execute(query, parameters).fetchone()
            return found

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._db.close()

    def _find_or_make(self) -> None:
        """Make the file where there is none, for this user alone: it holds what scripts printed.

        A new file gets its name only once it holds something, so that an empty one is known to be damaged.
        """
        log = self.path.with_name(f"{self.path.name}-wal")
        try:
            if self.path.exists():
                _check_log(self.path, log)
                with self.path.open("rb"):
                    return
            if log.exists():
                raise _damaged(self.path, f"it is missing, though {log.name} is there")
            draft = self.path.with_name(f"{self.path.name}.new")
            draft.unlink(missing_ok=True)
            os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(draft, isolation_level=None)) as db:
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute("CREATE TABLE schema_version (module TEXT PRIMARY KEY, version INTEGER NOT NULL)")
            draft.rename(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            raise StoreError(
                f"The agent's state file {self.path} cannot be used: {error.strerror}.",
                hint="Check the file's owner and mode, and that it is a file.",
            ) from error

    def _check(self, migrations: Migrations) -> None:
        """Refuse a file that is not ours, is damaged or comes from a newer release, before anything is written."""
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables == 0:
            raise _damaged(self.path, "it is empty")
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise StoreCorrupt(
                f"{self.path} is a database of another program, not the agent's state.",
                hint="Move it away or give another folder with --state-dir; nothing was changed.",
            )
        problems = [row[0] for row in self._db.execute("PRAGMA quick_check(3)")]
        if problems != ["ok"]:
            raise _damaged(self.path, "; ".join(problems))
        for module, version in self._db.execute("SELECT module, version FROM schema_version"):
            known = len(migrations.get(module, ()))
            if version > known:
                raise StoreTooNew(
                    f"{self.path} was written by a newer release (part “{module}” has version {version}, "
                    f"this release knows {known}).",
                    hint="Start the newer release, or give another folder with --state-dir; nothing was changed.",
                )

    def _migrate(self, migrations: Migrations) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA wal_autocheckpoint = 1000")
        with self.write() as db:
            present = dict(db.execute("SELECT module, version FROM schema_version").fetchall())
            for module, statements in migrations.items():
                for statement in statements[present.get(module, 0) :]:
                    db.execute(statement)
                db.execute("INSERT OR REPLACE INTO schema_version VALUES (?, ?)", (module, len(statements)))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, by whose fault they are."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise _operational(self.path, error) from error
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            if _primary_code(error) in _CORRUPT_CODES:
                raise _damaged(self.path, str(error)) from error
            raise


def _check_log(path: Path, log: Path) -> None:
    """Refuse a write-ahead log that is none: SQLite would pass over it in silence, and what it held would be lost."""
    if not log.exists():
        return
    with log.open("rb") as file:
        mark = file.read(4)
    # Nothing, or only zeros, is what a power cut leaves before anything was promised.
    if mark.strip(b"\0") and mark not in _LOG_MARKS:
        raise _damaged(path, f"its log {log.name} is unreadable")


def _primary_code(error: sqlite3.Error) -> int:
    # The extended codes carry the primary one in their low byte.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _damaged(path: Path, detail: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"The agent's state file {path} is damaged: {detail}.",
        hint=f"Move {path.name} away to start with an empty state, or put a copy back; nothing was changed.",
    )


def _operational(path: Path, error: sqlite3.OperationalError) -> StoreError:
    code = _primary_code(error)
    if code in _BUSY_CODES:
        return StoreBusy(f"Another program holds the agent's state file {path}.", hint="End it, then try again.")
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(f"The disk that holds {path} is full.", hint="Make room, then try again; nothing was lost.")
    if code in _CORRUPT_CODES:
        return _damaged(path, str(error))
    return StoreError(
        f"The agent's state file {path} cannot be used: {error}.", hint="Check the file's owner and mode."
    )
