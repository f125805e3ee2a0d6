"""Associations and their executions in the agent's state file. Rows only; what they mean is decided elsewhere."""

import json
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from sqlite3 import Connection, Row
from typing import Any

from patchgui.agent.store.database import Database


class AssociationRepository:
    """Reads and writes the tables of associations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self) -> AbstractContextManager[Connection]:
        """Return the context of one transaction; see `Database.write`."""
        return self._database.write()

    def add(self, settings: Mapping[str, Any], now: float, due_at: float | None) -> str:
        """Record an association, ``settings`` in SSM's spelling, and return its id."""
        association_id = str(uuid.uuid4())
        self._database.execute(
            "INSERT INTO association (association_id, settings, created_at, updated_at, due_at) VALUES (?, ?, ?, ?, ?)",
            (association_id, json.dumps(settings), now, now, due_at),
        )
        return association_id

    def change(self, association_id: str, settings: Mapping[str, Any], now: float, due_at: float | None) -> None:
        """Give an association other settings: a new version of it."""
        self._database.execute(
            """UPDATE association SET settings = ?, version = version + 1, updated_at = ?, due_at = ?
               WHERE association_id = ?""",
            (json.dumps(settings), now, due_at, association_id),
        )

    def remove(self, association_id: str) -> None:
        """Forget an association and its executions."""
        self._database.execute("DELETE FROM association WHERE association_id = ?", (association_id,))

    def one(self, association_id: str) -> Row | None:
        """Return an association's row."""
        return self._database.row("SELECT * FROM association WHERE association_id = ?", (association_id,))

    def all(self) -> list[Row]:
        """Return all associations, oldest first."""
        return self._database.rows("SELECT * FROM association ORDER BY seq")

    def due(self, now: float) -> list[Row]:
        """Return the associations whose moment has come, the earliest first."""
        return self._database.rows("SELECT * FROM association WHERE due_at <= ? ORDER BY due_at, seq", (now,))

    def next_due(self) -> float | None:
        """Return the epoch seconds at which the next association is due."""
        row = self._database.row("SELECT min(due_at) AS at FROM association")
        return None if row is None else row["at"]

    def record(self, row: Row, now: float, *, command_id: str | None, refusal: str = "") -> None:
        """Record an execution, and that the association is not due any more."""
        with self._database.write() as db:
            db.execute(
                """INSERT INTO association_execution (execution_id, association_id, version, created_at, command_id,
                   refusal) VALUES (?, ?, ?, ?, ?, ?)""",
                (str(uuid.uuid4()), row["association_id"], row["version"], now, command_id, refusal),
            )
            db.execute("UPDATE association SET due_at = NULL WHERE association_id = ?", (row["association_id"],))

    def executions(self, association_id: str) -> list[Row]:
        """Return an association's executions, newest first."""
        return self._database.rows(
            "SELECT * FROM association_execution WHERE association_id = ? ORDER BY seq DESC", (association_id,)
        )
