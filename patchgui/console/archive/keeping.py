"""Looks after the file: is it sound, how large is it, what is old enough to go, a copy of it and back."""

import contextlib
import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

from patchgui.console.archive import schema
from patchgui.console.archive.entries import ArchiveSize, Health, Retention, RetentionPreview
from patchgui.console.archive.file import WHAT, ArchiveFile, copy_to
from patchgui.console.archive.word_index import first_run_of, last_run_of, months
from patchgui.console.store_trouble import translated
from patchgui.ssm.errors import StoreCorrupt, StoreError, StoreTooNew

_ALWAYS_KEPT: Final = timedelta(days=1)
_AT_ONCE_S: Final = 1.0
_VACUUM_PAGES: Final = 1_000
_PAUSE_S: Final = 0.01
_PROBLEMS: Final = 20
_SIZES: Final = (
    "SELECT run, sum(length(moments) + length(words) + 40) FROM invocation GROUP BY run",
    "SELECT run, 40 * count(*) FROM output GROUP BY run",
    "SELECT run, sum(60 + ifnull(length(before), 0) + ifnull(length(after), 0)) FROM patch_state GROUP BY run",
    "SELECT run, length(nodes) FROM member",
    "SELECT run, 200 + length(entry) + length(plan) + length(pipeline) + length(ended) FROM about",
    "SELECT run, sum(60 + length(told)) FROM command GROUP BY run",
    "SELECT last_run, sum(60 + length(body)) FROM text GROUP BY last_run",
)
"""What each run takes, in bytes; a text that several share goes with the newest of them."""

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are done, in the thread that does it."""


def check(db: sqlite3.Connection) -> Health:
    """Look at every page of the file. Takes a minute for some gigabytes."""
    problems = [row[0] for row in db.execute(f"PRAGMA integrity_check({_PROBLEMS})") if row[0] != "ok"]
    problems += [f"{row[0]}: row {row[1]} names what is not there" for row in db.execute("PRAGMA foreign_key_check")]
    (runs,) = db.execute("SELECT count(*) FROM run").fetchone()
    return Health(tuple(problems), runs, _pages(db)[0])


def size(db: sqlite3.Connection) -> ArchiveSize:
    """Return how large the archive is."""
    runs, oldest = db.execute("SELECT count(*), max(no) FROM run").fetchone()
    return ArchiveSize(*_pages(db), runs, schema.moment_of(oldest) if runs else None)


def _pages(db: sqlite3.Connection) -> tuple[int, int]:
    """Return the bytes of the file, and those of them that are in use."""
    page, count, free = (
        db.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_size", "page_count", "freelist_count")
    )
    return page * count, page * (count - free)


# -- a copy, and back -------------------------------------------------------------------------------------------------


def backup(db: sqlite3.Connection, path: Path, stop: threading.Event, progress: Progress | None) -> None:
    """Copy the archive, as it stands now, to another file; setting ``stop`` gives it up and leaves nothing behind."""

    def told(_status: int, remaining: int, total: int) -> None:
        if stop.is_set():
            raise _StoppedError
        if progress is not None:
            progress((total - remaining) * page, total * page)

    (page,) = db.execute("PRAGMA page_size").fetchone()
    db.execute("BEGIN")  # what is written meanwhile is not in the copy, and does not start it again
    try:
        db.execute("SELECT 1 FROM run LIMIT 1").fetchone()
        with translated(path, "The copy of the archive"), contextlib.suppress(_StoppedError):
            copy_to(db, path, told)
    finally:
        db.execute("ROLLBACK")


class _StoppedError(Exception):
    """Somebody has set ``stop``."""


def restore(db: sqlite3.Connection, file: ArchiveFile, path: Path) -> Path:
    """Put a copy in the place of the archive; return where the present one is kept.

    Other windows see the change at once: it is one write to the same file.

    Raises:
        StoreTooNew: a newer release wrote the copy.
        StoreCorrupt: it is damaged, or no archive. Nothing was changed.
    """
    what = "The copy of the archive"
    if not path.is_file():
        raise StoreError(f"There is no file {path}.", hint="Name a copy that was made of the archive.")
    with translated(path, what), contextlib.closing(_for_reading(path)) as copy:
        _verify(copy, path, file.newest)
        kept = _free_name(file.path, f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        with translated(kept, WHAT):
            copy_to(db, kept)
        with translated(file.path, WHAT):
            copy.backup(db)
            file.upgrade(db)
    return kept


def _for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _verify(copy: sqlite3.Connection, path: Path, newest: int) -> None:
    try:
        (application_id,) = copy.execute("PRAGMA application_id").fetchone()
    except sqlite3.DatabaseError:
        application_id = None  # no database at all
    if application_id != schema.APPLICATION_ID:
        raise StoreCorrupt(f"{path} is no archive of runs. Nothing was changed.", hint="Choose another file.")
    if schema.version_of(copy) > newest:
        raise StoreTooNew(f"A newer release wrote {path}. Nothing was changed.", hint="Use the newer release.")
    if [row[0] for row in copy.execute("PRAGMA integrity_check(1)")] != ["ok"]:
        raise StoreCorrupt(f"{path} is damaged. Nothing was changed.", hint="Choose an older copy.")


def _free_name(path: Path, words: str) -> Path:
    """Return a name beside the archive that nothing has yet."""
    name = path.with_name(f"{path.stem}.{words}{path.suffix}")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.stem}.{words}-{number}{path.suffix}")
    return name


# -- retention --------------------------------------------------------------------------------------------------------


def preview(db: sqlite3.Connection, retention: Retention, now: datetime) -> RetentionPreview:
    """Tell what :func:`apply` would remove now."""
    sizes = _sizes(db)
    kept, used = 0, _empty_bytes(db)
    bound = schema.run_number(now - _ALWAYS_KEPT)
    too_old = None
    if retention.max_age_days is not None:
        too_old = schema.run_number(now - timedelta(days=retention.max_age_days))
    for run, taken in sizes:
        is_too_much = retention.max_bytes is not None and used + taken > retention.max_bytes
        if run > bound and (is_too_much or (too_old is not None and run > too_old)):
            break
        kept, used = kept + 1, used + taken
    removed = sizes[kept:]
    oldest = schema.moment_of(sizes[kept - 1][0]) if kept else None
    return RetentionPreview(len(removed), sum(taken for _, taken in removed), kept, oldest)


def _sizes(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """Return each run's number and its share of the file in bytes, newest first."""
    told: Counter[int] = Counter()
    runs = [row[0] for row in db.execute("SELECT no FROM run ORDER BY no")]
    for query in _SIZES:
        told.update(dict(db.execute(query).fetchall()))
    for month in months(db):
        # The index of a month goes when the newest of its runs does.
        newest = next((run for run in runs if first_run_of(month) <= run <= last_run_of(month)), None)
        if newest is not None:
            told[newest] += _index_bytes(db, month)
    factor = max(0, _pages(db)[1] - _empty_bytes(db)) / max(1, sum(told[run] for run in runs))
    return [(run, round(told[run] * factor)) for run in runs]


def _empty_bytes(db: sqlite3.Connection) -> int:
    """Return what the tables take when nothing is in them: a page each."""
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE rootpage > 0").fetchone()
    return int(tables) * int(db.execute("PRAGMA page_size").fetchone()[0])


def _index_bytes(db: sqlite3.Connection, month: int) -> int:
    tables = (f"lines_{month}_data", f"words_{month}_data")
    return sum(db.execute(f"SELECT ifnull(sum(length(block)), 0) FROM {table}").fetchone()[0] for table in tables)  # noqa: S608 - names of ours


def apply(db: sqlite3.Connection, retention: Retention, now: datetime, stop: threading.Event) -> RetentionPreview:
    """Remove what is too old or too much, the oldest first, and give the room back; return what was to be removed.

    Setting ``stop`` ends it after the runs that are being removed.
    """
    plan = preview(db, retention, now)
    left = deque(row[0] for row in db.execute("SELECT no FROM run ORDER BY no DESC LIMIT ?", (plan.runs,)))
    while left and not stop.is_set():
        with _writing(db):
            # Some at once: they share most pages of the indexes. Others who write wait for them.
            until = monotonic() + _AT_ONCE_S
            while left and monotonic() < until:
                _remove(db, left.popleft())
    if plan.runs:
        with _writing(db):
            _sweep(db)
        _shrink(db, stop)
    return plan


def _remove(db: sqlite3.Connection, number: int) -> None:
    """Remove one run, the oldest of all."""
    for table in ("output", "invocation", "member", "patch_state", "command", "about"):
        db.execute(f"DELETE FROM {table} WHERE run = ?", (number,))  # noqa: S608 - names of ours
    db.execute("DELETE FROM run WHERE no = ?", (number,))
    db.execute(
        "INSERT INTO removed VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET run = min(run, excluded.run)", (number,)
    )
    if db.execute("SELECT 1 FROM run WHERE no > ?", (number,)).fetchone() is None:
        db.execute("DELETE FROM text WHERE last_run >= ?", (number,))


def removed_until(db: sqlite3.Connection) -> datetime | None:
    """Return a moment right after the start of the newest run that was removed; None when none was."""
    row = db.execute("SELECT run FROM removed").fetchone()
    return schema.moment_of(row[0] - 1) if row is not None else None


def _sweep(db: sqlite3.Connection) -> None:
    """Remove what no run uses any more: months of the index, shapes, connections."""
    for month in months(db):
        query = "SELECT 1 FROM run WHERE no BETWEEN ? AND ? LIMIT 1"
        if db.execute(query, (first_run_of(month), last_run_of(month))).fetchone() is None:
            db.execute(f"DROP TABLE lines_{month}")
            db.execute(f"DROP TABLE words_{month}")
            db.execute("DELETE FROM shelf WHERE month = ?", (month,))
    db.execute("DELETE FROM shape WHERE id NOT IN (SELECT shape FROM invocation WHERE shape IS NOT NULL)")
    db.execute("DELETE FROM connection WHERE id NOT IN (SELECT connection_id FROM run)")


def _shrink(db: sqlite3.Connection, stop: threading.Event) -> None:
    """Give free pages back, a few at a time with a pause, so that who writes waits no longer than for a moment."""
    while db.execute("PRAGMA freelist_count").fetchone()[0] and not stop.wait(_PAUSE_S):
        before = db.execute("PRAGMA page_count").fetchone()[0]
        # A script: ``execute`` takes one step of a statement that gives no columns, and here that is one page.
        db.executescript(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})")
        if db.execute("PRAGMA page_count").fetchone()[0] == before:
            break  # a file that was made without this
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextlib.contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
