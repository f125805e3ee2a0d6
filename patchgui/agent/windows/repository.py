"""Windows, their targets and tasks in the agent's state file. Rows only; what they mean is decided elsewhere."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from sqlite3 import Connection, Row
from typing import Any

from patchgui.agent.store.database import Database


class Part(StrEnum):
    """What a window has, by its table."""

    TARGET = "window_target"
    TASK = "window_task"


class WindowRepository:
    """Reads and writes the tables of windows. ``settings`` are in SSM's spelling."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self) -> AbstractContextManager[Connection]:
        """Return the context of one transaction; see `Database.write`."""
        return self._database.write()

    # -- windows -------------------------------------------------------------------------------------------------

    def add(self, window_id: str, settings: Mapping[str, Any], now: float, next_at: float | None) -> None:
        """Record a window."""
        self._database.execute(
            """INSERT INTO maintenance_window (window_id, settings, created_at, modified_at, scheduled_at, next_at)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (window_id, json.dumps(settings), now, now, now, next_at),
        )

    def change(
        self, window_id: str, settings: Mapping[str, Any], *, now: float, scheduled_at: float, next_at: float | None
    ) -> None:
        """Give a window other settings."""
        self._database.execute(
            """UPDATE maintenance_window SET settings = ?, modified_at = ?, scheduled_at = ?, next_at = ?
               WHERE window_id = ?""",
            (json.dumps(settings), now, scheduled_at, next_at, window_id),
        )

    def plan(self, window_id: str, next_at: float | None) -> None:
        """Record when a window opens next."""
        self._database.execute("UPDATE maintenance_window SET next_at = ? WHERE window_id = ?", (next_at, window_id))

    def remove(self, window_id: str) -> None:
        """Forget a window, its targets and its tasks."""
        self._database.execute("DELETE FROM maintenance_window WHERE window_id = ?", (window_id,))

    def one(self, window_id: str) -> Row | None:
        """Return a window's row."""
        return self._database.row("SELECT * FROM maintenance_window WHERE window_id = ?", (window_id,))

    def all(self) -> list[Row]:
        """Return all windows, oldest first."""
        return self._database.rows("SELECT * FROM maintenance_window ORDER BY seq")

    def due(self, now: float) -> list[Row]:
        """Return the windows whose moment has come, the earliest first."""
        return self._database.rows("SELECT * FROM maintenance_window WHERE next_at <= ? ORDER BY next_at, seq", (now,))

    def next_due(self) -> float | None:
        """Return the epoch seconds at which the next window opens."""
        row = self._database.row("SELECT min(next_at) AS at FROM maintenance_window")
        return None if row is None else row["at"]

    # -- targets and tasks ---------------------------------------------------------------------------------------

    def add_part(self, part: Part, identity: str, window_id: str, settings: Mapping[str, Any]) -> None:
        """Record a target or a task of a window."""
        self._database.execute(
            f"INSERT INTO {part} (id, window_id, settings) VALUES (?, ?, ?)",  # noqa: S608 - a name of ours
            (identity, window_id, json.dumps(settings)),
        )

    def change_part(self, part: Part, identity: str, settings: Mapping[str, Any]) -> None:
        """Give a target or a task other settings."""
        self._database.execute(f"UPDATE {part} SET settings = ? WHERE id = ?", (json.dumps(settings), identity))  # noqa: S608 - a name of ours

    def remove_part(self, part: Part, identity: str) -> None:
        """Forget a target or a task."""
        self._database.execute(f"DELETE FROM {part} WHERE id = ?", (identity,))  # noqa: S608 - a name of ours

    def parts(self, part: Part, window_id: str) -> list[Row]:
        """Return a window's targets or tasks, oldest first."""
        return self._database.rows(f"SELECT * FROM {part} WHERE window_id = ? ORDER BY seq", (window_id,))  # noqa: S608 - a name of ours

    # -- tokens --------------------------------------------------------------------------------------------------

    def answer_to(self, operation: str, token: str) -> Row | None:
        """Return what a call with that token has asked and was answered."""
        return self._database.row("SELECT * FROM window_token WHERE operation = ? AND token = ?", (operation, token))

    def keep_answer(self, operation: str, token: str, request: str, answer: str) -> None:
        """Record the answer to a call with a token."""
        self._database.execute("INSERT INTO window_token VALUES (?, ?, ?, ?)", (operation, token, request, answer))

    # -- what the user was given to begin with --------------------------------------------------------------------

    def was_seeded(self, name: str) -> bool:
        """Whether the user was given that window once."""
        return self._database.row("SELECT 1 FROM seeded WHERE name = ?", (f"window:{name}",)) is not None

    def mark_seeded(self, name: str) -> None:
        """Record that the user was given that window."""
        self._database.execute("INSERT INTO seeded VALUES (?)", (f"window:{name}",))
