"""The console's own record of its runs: SQLite in the user's data folder, used from one thread.

What is recorded here is on the disk before it is sent anywhere: a run is never launched twice, and never forgotten.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from patchgui.console.store_trouble import translated
from patchgui.ssm.errors import StoreTooNew

MIGRATIONS: tuple[str, ...] = (
    """CREATE TABLE run (
        run_id TEXT PRIMARY KEY, connection_id TEXT NOT NULL, started_at_ms INTEGER NOT NULL, plan_json TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT 'Sending', headline TEXT NOT NULL DEFAULT '', ended_at_ms INTEGER) STRICT""",
    """CREATE TABLE command (
        run_id TEXT NOT NULL REFERENCES run, number INTEGER NOT NULL, comment TEXT NOT NULL, state TEXT NOT NULL,
        command_id TEXT, PRIMARY KEY (run_id, number)) STRICT""",
    "CREATE INDEX run_by_connection ON run (connection_id, started_at_ms DESC)",
    "ALTER TABLE run ADD COLUMN retry_of TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX run_by_retried ON run (retry_of) WHERE retry_of <> ''",
)
"""Never changed after a release, only added to; ``user_version`` counts those that have run."""

_WHAT = "The record of runs"
_Result = TypeVar("_Result")


class SendState(StrEnum):
    """How far one command of a run has come on this side."""

    PLANNED = "planned"
    SENDING = "sending"
    """Sent, and no answer yet: it may have been accepted."""
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RecordedCommand:
    """One command of a recorded run."""

    number: int
    comment: str
    state: SendState
    command_id: str | None


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """One run as this console knows it. ``plan_json`` is the plan as pydantic writes it.

    ``retry_of`` is the run that it tries again, ``retried_by`` those that try it again.
    """

    run_id: str
    started_at: datetime
    plan_json: str
    status: str
    headline: str
    ended_at: datetime | None
    commands: tuple[RecordedCommand, ...]
    retry_of: str = ""
    retried_by: tuple[str, ...] = ()


class RunStore:
    """The record, for coroutines: each method runs in the store's own thread. Close it last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="run-store")
        self._open: _Runs | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the file and end the thread; again is harmless."""
        if self._open is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._open.close)
            self._open = None
        self._thread.shutdown(wait=False)

    async def add(
        self,
        run_id: str,
        connection_id: str,
        started_at: datetime,
        plan_json: str,
        comments: Mapping[int, str],
        *,
        retry_of: str = "",
    ) -> None:
        """Record a run before anything of it is sent; ``comments`` are those of its commands, by number."""
        await self._do(lambda runs: runs.add(run_id, connection_id, started_at, plan_json, comments, retry_of))

    async def mark(self, run_id: str, number: int, state: SendState, command_id: str | None = None) -> None:
        """Record how far a command has come."""
        await self._do(lambda runs: runs.mark(run_id, number, state, command_id))

    async def end(self, run_id: str, status: str, headline: str = "", ended_at: datetime | None = None) -> None:
        """Record where a run ended; a run of somebody else is not recorded here and is left out."""
        await self._do(lambda runs: runs.end(run_id, status, headline, ended_at))

    async def run(self, run_id: str) -> RecordedRun | None:
        """Return one run, or None for a run of somebody else."""
        return await self._do(lambda runs: runs.one(run_id))

    async def runs(self, connection_id: str) -> tuple[RecordedRun, ...]:
        """Return all runs of a connection, newest first."""
        return await self._do(lambda runs: runs.all(connection_id))

    async def _do(self, work: "Callable[[_Runs], _Result]") -> _Result:
        def in_thread() -> _Result:
            if self._open is None:
                self._open = _Runs(self._path)
            with translated(self._path, _WHAT):
                return work(self._open)

        return await asyncio.get_running_loop().run_in_executor(self._thread, in_thread)


class _Runs:
    """The database itself: made, used and closed in the store's thread."""

    def __init__(self, path: Path) -> None:
        with translated(path, _WHAT):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0, check_same_thread=True)
            self._db.row_factory = sqlite3.Row
            try:
                self._migrate()
            except BaseException:
                self._db.close()
                raise

    def _migrate(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StoreTooNew(
                f"A newer release wrote the record of runs (schema {version}; this one knows {len(MIGRATIONS)}).",
                hint="Use the newer release, or move the file away to start a new record.",
            )
        self._db.execute("PRAGMA journal_mode = WAL")
        for number, statement in enumerate(MIGRATIONS[version:], start=version + 1):
            with self._write():
                self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")

    @contextlib.contextmanager
    def _write(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()

    def add(
        self,
        run_id: str,
        connection_id: str,
        started_at: datetime,
        plan_json: str,
        comments: Mapping[int, str],
        retry_of: str,
    ) -> None:
        with self._write():
            self._db.execute(
                "INSERT INTO run (run_id, connection_id, started_at_ms, plan_json, retry_of) VALUES (?, ?, ?, ?, ?)",
                (run_id, connection_id, _ms(started_at), plan_json, retry_of),
            )
            self._db.executemany(
                "INSERT INTO command (run_id, number, comment, state) VALUES (?, ?, ?, ?)",
                [(run_id, number, comment, SendState.PLANNED.value) for number, comment in comments.items()],
            )

    def mark(self, run_id: str, number: int, state: SendState, command_id: str | None) -> None:
        with self._write():
            self._db.execute(
                "UPDATE command SET state = ?, command_id = coalesce(?, command_id) WHERE run_id = ? AND number = ?",
                (state.value, command_id, run_id, number),
            )

    def end(self, run_id: str, status: str, headline: str, ended_at: datetime | None) -> None:
        with self._write():
            self._db.execute(
                "UPDATE run SET status = ?, headline = ?, ended_at_ms = ? WHERE run_id = ?",
                (status, headline, _ms(ended_at) if ended_at else None, run_id),
            )

    def one(self, run_id: str) -> RecordedRun | None:
        row = self._db.execute("SELECT * FROM run WHERE run_id = ?", (run_id,)).fetchone()
        return self._read(row) if row else None

    def all(self, connection_id: str) -> tuple[RecordedRun, ...]:
        query = "SELECT * FROM run WHERE connection_id = ? ORDER BY started_at_ms DESC"
        return tuple(self._read(row) for row in self._db.execute(query, (connection_id,)).fetchall())

    def _read(self, row: sqlite3.Row) -> RecordedRun:
        commands = self._db.execute("SELECT * FROM command WHERE run_id = ? ORDER BY number", (row["run_id"],))
        retries = self._db.execute(
            "SELECT run_id FROM run WHERE retry_of = ? AND retry_of <> '' ORDER BY started_at_ms", (row["run_id"],)
        )
        return RecordedRun(
            run_id=row["run_id"],
            started_at=_moment(row["started_at_ms"]),
            plan_json=row["plan_json"],
            status=row["status"],
            headline=row["headline"],
            ended_at=_moment(row["ended_at_ms"]) if row["ended_at_ms"] is not None else None,
            commands=tuple(
                RecordedCommand(each["number"], each["comment"], SendState(each["state"]), each["command_id"])
                for each in commands.fetchall()
            ),
            retry_of=row["retry_of"],
            retried_by=tuple(each["run_id"] for each in retries.fetchall()),
        )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
