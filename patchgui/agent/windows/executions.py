"""Executions of windows in the agent's state file. Rows only; what they mean is decided elsewhere."""

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from sqlite3 import Connection, Row
from typing import Any

from patchgui.agent.store.database import Database
from patchgui.agent.windows.planning import Planned


class Level(StrEnum):
    """What has a status, by its table: an execution, a task of it, and what that has started."""

    EXECUTION = "window_execution"
    TASK = "window_execution_task"
    INVOCATION = "window_invocation"


class ExecutionRepository:
    """Reads and writes the tables of executions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self) -> AbstractContextManager[Connection]:
        """Return the context of one transaction; see `Database.write`."""
        return self._database.write()

    def add(self, window_id: str, values: Mapping[str, Any], tasks: Sequence[Row]) -> None:
        """Record an execution with the tasks that its window has now."""
        execution_id = str(uuid.uuid4())
        with self._database.write() as db:
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            db.execute(
                f"INSERT INTO window_execution (id, window_id, {names}) VALUES (?, ?, {marks})",  # noqa: S608 - names of ours
                (execution_id, window_id, *values.values()),
            )
            db.executemany(
                """INSERT INTO window_execution_task (id, execution_id, window_task_id, settings, priority, status,
                   status_details) VALUES (?, ?, ?, ?, ?, 'PENDING', '')""",
                [
                    (
                        str(uuid.uuid4()),
                        execution_id,
                        row["id"],
                        row["settings"],
                        json.loads(row["settings"])["Priority"],
                    )
                    for row in tasks
                ],
            )

    def add_invocations(self, task_id: str, planned: Sequence[Planned]) -> None:
        """Record what a task is to start."""
        with self._database.write() as db:
            db.executemany(
                """INSERT INTO window_invocation (id, task_id, request, window_target_id, owner_information, status,
                   status_details) VALUES (?, ?, ?, ?, ?, 'PENDING', '')""",
                [
                    (
                        *(each.invocation_id, task_id, json.dumps(each.request), each.window_target_id),
                        each.owner_information,
                    )
                    for each in planned
                ],
            )

    def set(self, level: Level, identity: str, **values: Any) -> None:
        """Write columns of an execution, a task or an invocation."""
        assignments = ", ".join(f"{column} = ?" for column in values)
        self._database.execute(
            f"UPDATE {level} SET {assignments} WHERE id = ?",  # noqa: S608 - names of ours
            (*values.values(), identity),
        )

    def one(self, level: Level, identity: str) -> Row | None:
        """Return the row of an execution, a task or an invocation."""
        return self._database.row(f"SELECT * FROM {level} WHERE id = ?", (identity,))  # noqa: S608 - a name of ours

    def of_window(self, window_id: str) -> list[Row]:
        """Return a window's executions, newest first."""
        return self._database.rows("SELECT * FROM window_execution WHERE window_id = ? ORDER BY seq DESC", (window_id,))

    def open(self, window_id: str | None = None) -> list[Row]:
        """Return the executions that have not ended, of one window or of all, oldest first."""
        query = "SELECT * FROM window_execution WHERE ended_at IS NULL"
        if window_id is None:
            return self._database.rows(f"{query} ORDER BY seq")
        return self._database.rows(f"{query} AND window_id = ? ORDER BY seq", (window_id,))

    def next_cutoff(self) -> float | None:
        """Return the epoch seconds of the next cutoff that is to be acted on."""
        row = self._database.row(
            "SELECT min(cutoff_at) AS at FROM window_execution WHERE ended_at IS NULL AND NOT is_cut_off"
        )
        return None if row is None else row["at"]

    def tasks(self, execution_id: str) -> list[Row]:
        """Return the tasks of an execution, in the order of their priority."""
        return self._database.rows(
            "SELECT * FROM window_execution_task WHERE execution_id = ? ORDER BY priority, seq", (execution_id,)
        )

    def invocations(self, task_id: str) -> list[Row]:
        """Return what a task has started or is to start, in order."""
        return self._database.rows("SELECT * FROM window_invocation WHERE task_id = ? ORDER BY seq", (task_id,))

    def prune(self, before: float) -> None:
        """Forget the executions that ended before a moment."""
        self._database.execute("DELETE FROM window_execution WHERE ended_at < ?", (before,))
