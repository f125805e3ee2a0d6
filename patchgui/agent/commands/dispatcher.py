"""Sends commands to nodes as fast as they may spread, and settles how each command stands as a whole."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from sqlite3 import Row
from typing import Any

from patchgui.agent.clock import Clock
from patchgui.agent.commands.dependencies import Answer, documents_of, renewed
from patchgui.agent.commands.outcome import (
    CANCELLED,
    CANCELLING,
    DELAYED,
    DELIVERY_TIMED_OUT,
    PENDING,
    TERMINATED,
    UNDELIVERABLE,
    Outcome,
    of_command,
)
from patchgui.agent.commands.reports import ReportBook
from patchgui.agent.commands.repository import CommandRepository
from patchgui.agent.commands.spread import Stage
from patchgui.agent.documents import DocumentStore
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.worker.journal import uptime
from patchgui.agent.worker.messages import Message

Send = Callable[[Message], None]


class Dispatcher:
    """Decides who is sent what; messages leave by `flush`, when the state that allows them is on the disk."""

    def __init__(
        self,
        repository: CommandRepository,
        book: ReportBook,
        documents: DocumentStore,
        patches: PatchStore,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._book = book
        self._documents = documents
        self._patches = patches
        self._clock = clock
        self._links: dict[str, Send] = {}
        self._outbox: list[tuple[str, Message]] = []

    def connect(self, instance_id: str, send: Send) -> None:
        """A node can be reached: it gets what has waited for it, and once more what it has not acknowledged."""
        self._links[instance_id] = send
        for row in self._repository.with_stage(Stage.RUNNING, instance_id=instance_id):
            self._remind(row)
        for row in self._repository.with_stage(Stage.SENT, instance_id=instance_id):
            command = self._repository.command(row["command_id"])
            if command is not None:
                self._deliver(command, row)
                self._settle(command)
        for row in self._repository.with_stage(Stage.WAITING, instance_id=instance_id):
            self.spread(row["command_id"])

    def disconnect(self, instance_id: str) -> None:
        """A node can't be reached any more.

        What it has not acknowledged stays sent, and in its lane: its worker may have begun with it.
        """
        self._links.pop(instance_id, None)
        for row in self._repository.with_stage(Stage.SENT, instance_id=instance_id):
            if row["status"] == PENDING.status:
                self._show(row, DELAYED)
                self.spread(row["command_id"])

    def spread(self, command_id: str) -> None:
        """Send a command to as many more nodes as may have it now, and settle it."""
        command = self._repository.command(command_id)
        if command is None or command["is_final"]:
            return
        spread = self._repository.spread(command)
        if spread.stages.get(Stage.WAITING):
            if spread.is_stopped:
                reason = "Not run: more nodes failed than the command allows (MaxErrors)."
                self._end_waiting(command_id, TERMINATED, reason)
            else:
                self._send_more(command, spread.room())
        self._settle(command)

    def cancel(self, command_id: str, instance_ids: Collection[str]) -> None:
        """Stop a command on nodes, or on all: where it waits it never starts, where it runs its worker ends it."""
        for row in self._repository.invocations(command_id):
            is_meant = not instance_ids or row["instance_id"] in instance_ids
            if is_meant and row["stage"] != Stage.OVER and not row["is_cancelled"]:
                self._cancel_on_node(row)
        if all(row["stage"] == Stage.OVER or row["is_cancelled"] for row in self._repository.invocations(command_id)):
            # With some of its nodes left out, the command would go on.
            self._repository.change("command", {"command_id": command_id}, {"is_cancelled": 1})

    def _cancel_on_node(self, row: Row) -> None:
        if row["stage"] == Stage.WAITING:
            self._book.end(row, CANCELLED, self._clock().timestamp(), "Cancelled before it was sent to the node.")
        else:
            self._show(row, CANCELLING, is_cancelled=1)
            self.post(row["instance_id"], {"type": "cancel", "command": row["command_id"]})

    def expire(self, row: Row) -> None:
        """Give an invocation up whose time is over."""
        is_running = row["stage"] == Stage.RUNNING
        reason = (
            "The node did not report the end of the command before the command's total time was over."
            if is_running
            else "The command was not delivered: the node could not be reached before the delivery time-out."
        )
        self._book.end(row, DELIVERY_TIMED_OUT, self._clock().timestamp(), reason)

    def give_up_unknown(self, known: Iterable[str]) -> None:
        """Give up what is not delivered to nodes that are none of those ``known``.

        What such a node has begun ends with the command's total time.
        """
        registered = frozenset(known)
        for row in (*self._repository.with_stage(Stage.SENT), *self._repository.with_stage(Stage.WAITING)):
            if row["instance_id"] not in registered:
                reason = "The command can't be delivered: the node is not registered with this agent any more."
                self._book.end(row, UNDELIVERABLE, self._clock().timestamp(), reason)
                self.spread(row["command_id"])

    def post(self, instance_id: str, message: Message) -> None:
        """Have a message sent to a node by the next `flush`."""
        self._outbox.append((instance_id, message))

    def flush(self) -> None:
        """Send what was decided; call it when the transaction has been committed."""
        outbox, self._outbox = self._outbox, []
        for instance_id, message in outbox:
            send = self._links.get(instance_id)
            if send is not None:
                send(message)

    def _settle(self, command: Row) -> None:
        """Work a command's status and counters out from its nodes'."""
        outcomes = self._repository.outcomes(command["command_id"])
        outcome = of_command(outcomes, max_errors=command["max_errors"], is_cancelled=bool(command["is_cancelled"]))
        values: dict[str, Any] = {
            "status": outcome.status,
            "status_details": outcome.details,
            "is_final": int(outcome.is_final),
            "completed_count": sum(count for each, count in outcomes.items() if each.is_final),
            "error_count": sum(count for each, count in outcomes.items() if each.is_error),
            "delivery_timed_out_count": outcomes[DELIVERY_TIMED_OUT],
        }
        changed = {column: value for column, value in values.items() if command[column] != value}
        if changed:
            self._repository.change("command", {"command_id": command["command_id"]}, changed)

    def _send_more(self, command: Row, room: int) -> None:
        """Try the waiting nodes in turn; one that can't be reached takes nobody's place."""
        for row in self._repository.waiting(command["command_id"]):
            if not room:
                return
            if row["instance_id"] in self._links:
                self._deliver(command, row)
                room -= 1
            elif row["status"] == PENDING.status:
                self._show(row, DELAYED)

    def _show(self, row: Row, outcome: Outcome, **values: Any) -> None:
        key = {"command_id": row["command_id"], "instance_id": row["instance_id"]}
        values |= {"status": outcome.status, "status_details": outcome.details}
        self._repository.change("invocation", key, values)

    def _deliver(self, command: Row, row: Row) -> None:
        self._show(row, CANCELLING if row["is_cancelled"] else PENDING, stage=Stage.SENT)
        self.post(row["instance_id"], {"type": "command", "command": self._message(command, row["instance_id"])})
        # After a lost connection its worker may have begun with it: what it has by then it does not take from there.
        self._remind(row)

    def _remind(self, row: Row) -> None:
        """Tell a node that may have a command already what has changed since it was first sent."""
        command_id = row["command_id"]
        if row["is_cancelled"]:
            self.post(row["instance_id"], {"type": "cancel", "command": command_id})
        command = self._repository.command(command_id)
        renewed = json.loads(command["renewed"]) if command is not None else {}
        if renewed:
            self.post(row["instance_id"], {"type": "documents", "command": command_id, "documents": renewed})

    def _message(self, command: Row, instance_id: str) -> Message:
        """Return the whole command as a worker needs it, whoever is there later."""
        return {
            "command_id": command["command_id"],
            "document_name": command["document_name"],
            "content": json.loads(command["content"]),
            "parameters": json.loads(command["parameters"]),
            "documents": _current_texts(json.loads(command["documents"]), json.loads(command["renewed"])),
            "baseline": {
                **self._patches.effective_baseline(instance_id),
                "PatchGroup": self._patches.patch_group(instance_id),
            },
            # In the machine's own time, which both sides share and nobody sets.
            "deliver_until_up": uptime() + command["deliver_until"] - self._clock().timestamp(),
        }

    def renew_documents(self) -> None:
        """Have the nodes of all commands under way run documents as they are now."""
        for command in self._repository.open_commands():
            told = json.loads(command["renewed"])
            fresh = documents_of(json.loads(command["content"]), json.loads(command["parameters"]), self._documents)
            now = renewed(json.loads(command["documents"]), told, fresh, self._documents)
            if now == told:
                continue
            self._repository.change("command", {"command_id": command["command_id"]}, {"renewed": json.dumps(now)})
            for row in self._repository.invocations(command["command_id"]):
                if row["stage"] in (Stage.SENT, Stage.RUNNING):
                    self._remind(row)

    def _end_waiting(self, command_id: str, outcome: Outcome, reason: str) -> None:
        for row in self._repository.waiting(command_id):
            self._book.end(row, outcome, self._clock().timestamp(), reason)


def _current_texts(sent: Mapping[str, str], renewed_since: Mapping[str, Answer]) -> dict[str, str]:
    """Return the texts that travel with a command; of a document that there is no more, the node asks in its turn."""
    texts = {path: each.get("text", "") for path, each in renewed_since.items()}
    return {path: text for path, text in {**sent, **texts}.items() if text}
