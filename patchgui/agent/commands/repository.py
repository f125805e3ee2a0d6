"""Commands, invocations and steps in the agent's state file. Rows only; what they mean is decided elsewhere."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from sqlite3 import Connection, Row
from typing import Any

from patchgui.agent.commands.outcome import PENDING, Outcome
from patchgui.agent.commands.spread import Spread, Stage
from patchgui.agent.store.database import Database
from patchgui.agent.worker.steps import StepOutline


@dataclass(frozen=True)
class NewCommand:
    """A command as it was taken in; ``request`` is SendCommand's own, in SSM's spelling."""

    command_id: str
    request: Mapping[str, Any]
    document_name: str
    content: Mapping[str, Any]
    parameters: Mapping[str, Any]
    documents: Mapping[str, str]
    requested_at: float
    deliver_until: float
    expires_at: float
    lanes: int
    max_errors: int


@dataclass(frozen=True)
class NewInvocation:
    """A command on one of its nodes, not sent yet, or over before it begins."""

    instance_id: str
    instance_name: str
    outcome: Outcome = PENDING


class CommandRepository:
    """Reads and writes the tables of commands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self) -> AbstractContextManager[Connection]:
        """Return the context of one transaction; see `Database.write`."""
        return self._database.write()

    # -- a new command ---------------------------------------------------------------------------------------------

    def add(self, command: NewCommand, nodes: Sequence[NewInvocation], steps: Sequence[StepOutline]) -> None:
        """Record a command with its nodes and, for each, its steps."""
        with self._database.write() as db:
            db.execute(
                """INSERT INTO command (command_id, request, document_name, content, parameters, documents,
                   requested_at, deliver_until, expires_at, lanes, max_errors, target_count, status, status_details)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    *(command.command_id, json.dumps(command.request), command.document_name),
                    *(json.dumps(command.content), json.dumps(command.parameters), json.dumps(command.documents)),
                    *(command.requested_at, command.deliver_until, command.expires_at),
                    *(command.lanes, command.max_errors, len(nodes), PENDING.status, PENDING.details),
                ),
            )
            for position, node in enumerate(nodes):
                self._add_invocation(db, command, position, node, steps)

    def _add_invocation(
        self, db: Connection, command: NewCommand, position: int, node: NewInvocation, steps: Sequence[StepOutline]
    ) -> None:
        is_over = node.outcome.is_final
        db.execute(
            """INSERT INTO invocation (command_id, instance_id, position, instance_name, stage, status, status_details,
               requested_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                *(command.command_id, node.instance_id, position, node.instance_name),
                *(Stage.OVER if is_over else Stage.WAITING, node.outcome.status, node.outcome.details),
                *(command.requested_at, command.requested_at if is_over else None),
            ),
        )
        db.executemany(
            """INSERT INTO step (command_id, instance_id, position, name, status, status_details)
               VALUES (?, ?, ?, ?, ?, ?)""",
            [
                (command.command_id, node.instance_id, index, step.name, node.outcome.status, node.outcome.details)
                for index, step in enumerate(steps)
            ],
        )

    # -- reading -----------------------------------------------------------------------------------------------------

    def command(self, command_id: str) -> Row | None:
        """Return a command's row."""
        return self._database.row("SELECT * FROM command WHERE command_id = ?", (command_id,))

    def invocation(self, command_id: str, instance_id: str) -> Row | None:
        """Return a command's row for one node."""
        return self._database.row(
            "SELECT * FROM invocation WHERE command_id = ? AND instance_id = ?", (command_id, instance_id)
        )

    def invocations(self, command_id: str) -> list[Row]:
        """Return a command's rows for all its nodes, in their order."""
        return self._database.rows("SELECT * FROM invocation WHERE command_id = ? ORDER BY position", (command_id,))

    def steps(self, command_id: str, instance_id: str) -> list[Row]:
        """Return the rows of a command's steps on one node, in document order."""
        return self._database.rows(
            "SELECT * FROM step WHERE command_id = ? AND instance_id = ? ORDER BY position", (command_id, instance_id)
        )

    def some_invocations(self, command_id: str, instance_ids: Sequence[str]) -> dict[str, Row]:
        """Return a command's rows for some of its nodes, by node."""
        some = ", ".join("?" * len(instance_ids))
        query = f"SELECT * FROM invocation WHERE command_id = ? AND instance_id IN ({some})"  # noqa: S608
        return {row["instance_id"]: row for row in self._database.rows(query, (command_id, *instance_ids))}

    def some_steps(self, command_id: str, instance_ids: Sequence[str]) -> defaultdict[str, list[Row]]:
        """Return the rows of a command's steps on some of its nodes, by node and in order, without the two streams."""
        some = ", ".join("?" * len(instance_ids))
        columns = "command_id, instance_id, name, status, status_details, code, started_at, ended_at, output"
        query = f"""SELECT {columns} FROM step WHERE command_id = ? AND instance_id IN ({some})
            ORDER BY instance_id, position"""  # noqa: S608
        found = defaultdict[str, list[Row]](list)
        for row in self._database.rows(query, (command_id, *instance_ids)):
            found[row["instance_id"]].append(row)
        return found

    def step(self, command_id: str, instance_id: str, name: str) -> Row | None:
        """Return the row of one step."""
        return self._database.row(
            "SELECT * FROM step WHERE command_id = ? AND instance_id = ? AND name = ?", (command_id, instance_id, name)
        )

    def spread(self, command: Row) -> Spread:
        """Return how far a command has spread."""
        stages, errors, unreached = Counter[str](), 0, 0
        for row in self._database.rows(
            """SELECT stage, status, status_details, count(*) AS nodes, count(started_at) AS acknowledged
               FROM invocation WHERE command_id = ? GROUP BY stage, status, status_details""",
            (command["command_id"],),
        ):
            stages[row["stage"]] += row["nodes"]
            errors += row["nodes"] * Outcome(row["status"], row["status_details"]).is_error
            unreached += (row["nodes"] - row["acknowledged"]) * (row["stage"] == Stage.OVER)
        return Spread(stages, command["lanes"], command["max_errors"], errors, unreached)

    def outcomes(self, command_id: str) -> Counter[Outcome]:
        """Return how many of a command's nodes stand how."""
        rows = self._database.rows(
            """SELECT status, status_details, count(*) AS nodes FROM invocation WHERE command_id = ?
               GROUP BY status, status_details""",
            (command_id,),
        )
        return Counter({Outcome(row["status"], row["status_details"]): row["nodes"] for row in rows})

    def waiting(self, command_id: str) -> list[Row]:
        """Return a command's rows for the nodes that it was not sent to yet, in their order."""
        return self._database.rows(
            "SELECT * FROM invocation WHERE stage = 'waiting' AND command_id = ? ORDER BY position", (command_id,)
        )

    def open_commands(self) -> list[Row]:
        """Return the commands that have not ended, oldest first."""
        return self._database.rows("SELECT * FROM command WHERE NOT is_final ORDER BY seq")

    def with_stage(self, stage: Stage, *, instance_id: str | None = None) -> list[Row]:
        """Return all invocations of a stage, on one node or on any, oldest first."""
        query = "SELECT i.* FROM invocation i JOIN command c USING (command_id) WHERE i.stage = ?"
        if instance_id is None:
            return self._database.rows(f"{query} ORDER BY c.seq, i.position", (stage,))
        return self._database.rows(f"{query} AND i.instance_id = ? ORDER BY c.seq", (stage, instance_id))

    def is_busy(self) -> bool:
        """Whether any command has not ended."""
        return self._database.row("SELECT 1 FROM command WHERE NOT is_final LIMIT 1") is not None

    def next_deadline(self) -> float | None:
        """Return the epoch seconds at which the next time-out strikes, of a delivery or of a whole command."""
        row = self._database.row(
            """SELECT min(CASE WHEN i.stage IN ('waiting', 'sent') THEN c.deliver_until ELSE c.expires_at END) AS at
               FROM invocation i JOIN command c USING (command_id) WHERE i.stage != 'over'"""
        )
        return None if row is None else row["at"]

    def overdue(self, now: float, *, grace_s: float) -> list[Row]:
        """Return the invocations whose time is over; one that was sent has ``grace_s`` more to be acknowledged."""
        return self._database.rows(
            """SELECT i.* FROM invocation i JOIN command c USING (command_id) WHERE
               (i.stage = 'waiting' AND c.deliver_until <= :now) OR
               (i.stage = 'sent' AND c.deliver_until <= :now - :grace) OR
               (i.stage = 'running' AND c.expires_at <= :now)""",
            {"now": now, "grace": grace_s},
        )

    # -- changing ----------------------------------------------------------------------------------------------------

    def change(self, table: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Write columns of the row with that key."""
        assignments = ", ".join(f"{column} = ?" for column in values)
        condition = " AND ".join(f"{column} = ?" for column in key)
        self._database.execute(
            f"UPDATE {table} SET {assignments} WHERE {condition}",  # noqa: S608 - names come from this package only
            (*values.values(), *key.values()),
        )

    def end_steps(self, command_id: str, instance_id: str, outcome: Outcome, at: float) -> None:
        """Give every step that has not ended the outcome of its invocation."""
        self._database.execute(
            """UPDATE step SET status = ?, status_details = ?,
               ended_at = CASE WHEN started_at IS NULL THEN NULL ELSE ? END
               WHERE command_id = ? AND instance_id = ? AND status IN ('Pending', 'InProgress', 'Cancelling')""",
            (outcome.status, outcome.details, at, command_id, instance_id),
        )

    def renew_time_limits(self, now: float) -> None:
        """Let what runs have the time for running from ``now`` on."""
        self._database.execute(
            """UPDATE command SET expires_at = max(expires_at, :now + expires_at - deliver_until) WHERE command_id IN
               (SELECT command_id FROM invocation WHERE stage = 'running')""",
            {"now": now},
        )

    def prune(self, keep_s: float, now: float) -> None:
        """Forget commands older than that; counted from the newest, so that no clock gone astray wipes the history."""
        self._database.execute(
            """DELETE FROM command WHERE is_final AND
               requested_at < min(:now, (SELECT max(requested_at) FROM command)) - :keep_s""",
            {"now": now, "keep_s": keep_s},
        )
