"""The archive's file: made, brought up to date, opened by each thread, and set aside when it is damaged."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from patchgui.console.archive import schema
from patchgui.console.archive.reading import Reader
from patchgui.console.archive.writing import Writer
from patchgui.console.store_trouble import translated
from patchgui.ssm.errors import StoreCorrupt, StoreTooNew

WHAT: Final = "The archive of runs"
_BUSY_S: Final = 10.0
_CACHE_KIB: Final = 16_384
_LARGEST_WAL: Final = 64 << 20
_CHECKPOINT_PAGES: Final = 4_000
"""Four times SQLite's own: a batch of a large run changes thousands of pages, and the next one the same again."""
_COPY_PAGES: Final = 1_000


@dataclass(slots=True)
class OpenArchive:
    """The file as one thread has it open."""

    db: sqlite3.Connection
    reader: Reader
    writer: Writer
    generation: int

    def close(self) -> None:
        """Close it, in the thread that opened it."""
        self.db.close()


class ArchiveFile:
    """Where the archive is, for several threads. ``notice`` tells of a damaged file that was set aside."""

    def __init__(self, path: Path, migrations: schema.Migrations = schema.MIGRATIONS) -> None:
        self.path = path
        self.notice = ""
        self.generation = 0
        """Grows when another file takes the place of the one that is open."""
        self._migrations = migrations
        self._lock = threading.Lock()

    def open(self) -> OpenArchive:
        """Open the file in this thread; make it, upgrade it, or set it aside first where that is needed.

        Raises:
            StoreTooNew: a newer release wrote it; it is left alone.
            StoreError: it cannot be opened.
        """
        with self._lock:
            try:
                db = self._opened()
            except StoreCorrupt:
                self._set_aside()
                db = self._opened()
            return OpenArchive(db, Reader(db), Writer(db), self.generation)

    @contextlib.contextmanager
    def guarded(self, current: OpenArchive) -> Iterator[None]:
        """Translate SQLite's errors; a file that turns out to be damaged is set aside.

        Raises:
            StoreError: what went wrong, for an operator.
        """
        try:
            with translated(self.path, WHAT):
                yield
        except StoreCorrupt as error:
            with self._lock:
                if current.generation != self.generation:
                    raise
                if not self._is_damaged():
                    if getattr(error.__cause__, "sqlite_errorcode", 0) != sqlite3.SQLITE_CORRUPT_VTAB:
                        # It is another file that is damaged, such as a copy that was to be brought back.
                        raise
                    raise StoreCorrupt(
                        f"The index of words in {self.path} is damaged: runs are all there, but not found by text.",
                        hint="Bring back a copy of the archive, or move the file away to begin a new one.",
                    ) from error
                current.close()
                self._set_aside()
                self.generation += 1
                raise StoreCorrupt(
                    self.notice, hint="Runs that the endpoint remembers are read from there again."
                ) from error

    def _opened(self) -> sqlite3.Connection:
        with translated(self.path, WHAT):
            _make_private(self.path)
            db = connect(self.path)
            try:
                self._prepare(db)
            except BaseException:
                db.close()
                raise
            return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        version, newest = schema.version_of(db), self.newest
        if version > newest:
            raise StoreTooNew(
                f"A newer release wrote the archive of runs (schema {version}; this one knows {newest}).",
                hint="Use the newer release, or move the file away to start a new archive.",
            )
        if version == newest:
            db.execute("SELECT count(*) FROM run").fetchone()
            return
        if version:
            copy_to(db, self.path.with_name(f"{self.path.name}.before-{newest}"))
        else:
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self.upgrade(db)

    @property
    def newest(self) -> int:
        """The version of the schema that this release writes."""
        return len(self._migrations)

    def upgrade(self, db: sqlite3.Connection) -> None:
        """Bring the tables up to date."""
        db.execute("PRAGMA journal_mode = WAL")
        schema.upgrade(db, self._migrations)

    def _is_damaged(self) -> bool:
        """Look at the whole file: a damaged index of words alone is no reason to begin a new archive."""
        try:
            with contextlib.closing(connect(self.path)) as db:
                return [row[0] for row in db.execute("PRAGMA quick_check(1)")] != ["ok"]
        except sqlite3.DatabaseError:
            return True

    def _set_aside(self) -> None:
        """Move the damaged file away with all that belongs to it; nothing of it is overwritten."""
        aside = self.path.with_name(f"{self.path.stem}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}{self.path.suffix}")
        with translated(self.path, WHAT):
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self.path}{end}").replace(f"{aside}{end}")
        self.notice = f"The archive of runs was damaged. It was set aside as {aside}, and a new one was begun."


def connect(path: Path) -> sqlite3.Connection:
    """Open the file as every thread does: committed means on the disk, and others are waited for."""
    db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute(f"PRAGMA journal_size_limit = {_LARGEST_WAL}")
    db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    db.execute("PRAGMA temp_store = MEMORY")
    return db


def copy_to(db: sqlite3.Connection, path: Path, progress: Callable[[int, int, int], object] | None = None) -> None:
    """Copy the open file, as it stands, to another: whole under its name, or not there at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        _make_private(fresh)
        with contextlib.closing(sqlite3.connect(fresh)) as copy:
            db.backup(copy, pages=_COPY_PAGES, progress=progress)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete in itself
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _make_private(path: Path) -> None:
    """Make file and folder so that from the first byte on nobody else may read them; what exists stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
