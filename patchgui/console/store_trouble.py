"""What SQLite's errors mean to an operator: for every file that the console keeps."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from patchgui.ssm.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull

_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR})


@contextlib.contextmanager
def translated(path: Path, what: str) -> Iterator[None]:
    """Turn SQLite's errors into ours, by what the operator can do about them.

    ``what`` is what the file holds, as a sentence starts: ``The record of runs``.
    """
    try:
        yield
    except OSError as error:
        raise StoreFull(f"{what} cannot be kept in {path.parent}: {error.strerror}.") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY:
            raise StoreBusy(f"Another program is using {path}.", hint="Close it and try again.") from error
        if code in _CORRUPT:
            raise StoreCorrupt(
                f"{what} in {path} is damaged. It was left as it is.",
                hint="Move the file away to start a new one; runs on the endpoint are not lost.",
            ) from error
        if code in _FULL:
            raise StoreFull(
                f"{path} cannot be written: {error}.", hint="Make room, or check who owns the folder."
            ) from error
        raise StoreError(f"{path} cannot be used: {error}.", log_detail=repr(error)) from error
