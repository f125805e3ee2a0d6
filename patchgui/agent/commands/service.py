"""The service of commands: what the API, the supervisors and `main` use of this package."""

import asyncio
import base64
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patchgui.agent.clock import Clock
from patchgui.agent.commands.acceptance import Acceptance
from patchgui.agent.commands.dependencies import answer
from patchgui.agent.commands.dispatcher import Dispatcher
from patchgui.agent.commands.live_output import LiveOutput
from patchgui.agent.commands.outcome import FAILED
from patchgui.agent.commands.reports import ReportBook
from patchgui.agent.commands.repository import CommandRepository
from patchgui.agent.commands.spread import Stage
from patchgui.agent.commands.targets import named
from patchgui.agent.documents import DocumentStore
from patchgui.agent.moments import RETRY_S
from patchgui.agent.nodes import NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.refusal import Refusal
from patchgui.agent.store.database import Database
from patchgui.agent.supervisor.fleet import FleetSupervisor
from patchgui.agent.supervisor.intake import Heard
from patchgui.agent.waiting import happens
from patchgui.agent.worker.messages import Message
from patchgui.ssm.errors import StoreError
from patchgui.ssm.shapes import SendCommandRequest

log = logging.getLogger(__name__)

KEEP_S = 30 * 24 * 3600
"""How long Systems Manager remembers a command."""

ACKNOWLEDGE_S = 5.0
"""How long after its delivery time-out a command that was sent may still be acknowledged."""

_MOVES = frozenset({"accepted", "ended"})
"""The records that let a command spread or end."""


class CommandService:
    """Commands from SendCommand to their end. Lives on the agent's event loop; every change is on the disk first."""

    def __init__(
        self, database: Database, documents: DocumentStore, nodes: NodeRegistry, patches: PatchStore, clock: Clock
    ) -> None:
        self.repository = CommandRepository(database)
        self.live_output = LiveOutput()
        self._documents = documents
        self._nodes = nodes
        self._clock = clock
        self._acceptance = Acceptance(self.repository, documents, nodes, clock)
        self._book = ReportBook(self.repository, patches)
        self._dispatcher = Dispatcher(self.repository, self._book, documents, patches, clock)
        documents.watch(self._renew_documents)
        self._supervisors = FleetSupervisor(nodes, self)
        self._deadlines_moved = asyncio.Event()
        self._watchers: list[Callable[[], None]] = []
        self._watch: asyncio.Task[None] | None = None

    # -- life ----------------------------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Whether no command is under way."""
        return not self.repository.is_busy()

    async def start(self) -> None:
        """Bring the nodes' workers up and go on with the commands that had not ended."""
        self.take_up()
        self._watch = asyncio.create_task(self._watch_deadlines(), name="command deadlines")
        await self._supervisors.start()

    def take_up(self) -> None:
        """Go on with the commands that an earlier agent has left, and forget those of long ago."""
        with self.repository.write():
            self.repository.prune(KEEP_S, self._now())
            self._dispatcher.give_up_unknown(record.instance_id for record in self._nodes)
            # An earlier agent may have been killed between a change of a document and telling of it.
            self._dispatcher.renew_documents()

    def renew_time_limits(self) -> None:
        """Give what ran when the machine went down its whole time again: how long it was down can't be measured.

        Call it after a reboot of the agent's own machine, before `start`.
        """
        self.repository.renew_time_limits(self._now())

    async def stop(self) -> None:
        """Let idle workers end, leave busy ones to finish alone."""
        await self._supervisors.stop()
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None

    async def suspend(self) -> None:
        """End all workers.

        Raises:
            Refusal: a command is under way.
        """
        if not self.is_idle:
            raise Refusal("InvalidInstanceId", "A command is under way; wait for its end or cancel it.")
        await self._supervisors.stop(must_end=True)

    async def resume(self) -> None:
        """Start the workers that `suspend` has ended."""
        await self._supervisors.start()

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever a command may have ended; it must not wait, and reads what it needs itself."""
        self._watchers.append(changed)

    # -- the API -------------------------------------------------------------------------------------------------

    def send(self, request: SendCommandRequest, *, also: Callable[[str], None] | None = None) -> str:
        """Take a command in, send it to the first nodes and return its id.

        ``also`` is told the id within the same transaction: what it records stands or falls with the command.

        Raises:
            Refusal: with the code that SendCommand has for what is wrong.
        """
        with self.repository.write():
            command_id = self._acceptance.accept(request)
            if also is not None:
                also(command_id)
            self._dispatcher.spread(command_id)
        self._tell_watchers()
        self._changed()
        return command_id

    def cancel(self, command_id: str, instance_ids: Sequence[str]) -> None:
        """Stop a command, on the given nodes or on all; what has ended stays as it is.

        Raises:
            Refusal: InvalidCommandId, InvalidInstanceId, DuplicateInstanceId.
        """
        command = self.repository.command(command_id)
        if command is None:
            raise Refusal("InvalidCommandId", f"There is no command {command_id}.")
        if instance_ids:
            named(instance_ids, self._nodes)
        if command["is_final"]:
            return
        with self.repository.write():
            self._dispatcher.cancel(command_id, frozenset(instance_ids))
            self._dispatcher.spread(command_id)
        self._tell_watchers()
        self._changed()

    # -- what supervisors say ------------------------------------------------------------------------------------

    def applied(self, instance_id: str) -> Mapping[str, int]:
        """Return the last committed record number of each command that the node has acknowledged."""
        rows = self.repository.with_stage(Stage.RUNNING, instance_id=instance_id)
        return {row["command_id"]: row["applied"] for row in rows}

    def connected(self, instance_id: str, send: Callable[[Message], None]) -> None:
        """The node can be sent messages."""
        with self.repository.write():
            self._dispatcher.connect(instance_id, send)
        self._deadlines_moved.set()
        self._changed()

    def disconnected(self, instance_id: str) -> None:
        """The node can't be reached for now."""
        with self.repository.write():
            self._dispatcher.disconnect(instance_id)
        self._deadlines_moved.set()
        self._changed()

    def received(self, heard: Sequence[Heard]) -> None:
        """Take in what workers said; all that came together is one transaction."""
        moved: set[str] = set()
        with self.repository.write():
            for instance_id, messages in heard:
                moved.update(filter(None, (self._take_in(instance_id, message) for message in messages)))
            for command_id in moved:
                self._dispatcher.spread(command_id)
        if moved:
            self._tell_watchers()
        self._changed()

    def _take_in(self, instance_id: str, message: Mapping[str, Any]) -> str:
        """Take one message in and return the command that it lets spread or end, if any."""
        match message["type"]:
            case "report":
                self._report(instance_id, message)
                return str(message["command"]) if message["record"]["type"] in _MOVES else ""
            case "lost" | "refused":
                self._lost(instance_id, message)
                return str(message["command"])
            case "output":
                self._output(instance_id, message)
            case "question":
                self._answer(instance_id, message)
            case _:
                pass
        return ""

    def _report(self, instance_id: str, message: Mapping[str, Any]) -> None:
        command_id, record = str(message["command"]), message["record"]
        row = self.repository.invocation(command_id, instance_id)
        if row is not None:
            ended_step = self._book.apply(row, record)
            if ended_step:
                self.live_output.drop((command_id, instance_id, ended_step))
        if record["type"] == "ended":
            # Also for a command that nobody here knows any more: the worker need not keep its journal at hand.
            self._dispatcher.post(instance_id, {"type": "ack", "command": command_id, "n": record["n"]})

    def _lost(self, instance_id: str, message: Mapping[str, Any]) -> None:
        row = self.repository.invocation(str(message["command"]), instance_id)
        if row is not None:
            self._book.end(row, FAILED, self._now(), str(message["reason"]))

    def _output(self, instance_id: str, message: Mapping[str, Any]) -> None:
        key = (str(message["command"]), instance_id, str(message["step"]))
        self.live_output.take(key, message["stream"], message["offset"], base64.b64decode(message["data"]))

    def _answer(self, instance_id: str, message: Mapping[str, Any]) -> None:
        said = answer(self._documents, message["name"], message["version"])
        self._dispatcher.post(instance_id, {"type": "answer", "id": message["id"], **said})

    def _renew_documents(self) -> None:
        with self.repository.write():
            self._dispatcher.renew_documents()
        self._changed()

    # -- time ----------------------------------------------------------------------------------------------------

    def _tell_watchers(self) -> None:
        self._deadlines_moved.set()
        for changed in self._watchers:
            changed()

    def _changed(self) -> None:
        """What was decided is on the disk: the nodes may know."""
        self._dispatcher.flush()

    async def _watch_deadlines(self) -> None:
        """Give up what is overdue, as soon as it is."""
        while True:
            self._deadlines_moved.clear()
            deadline = self.repository.next_deadline()
            wait_s = None if deadline is None else max(0.05, deadline - self._now())
            await happens(self._deadlines_moved, wait_s)
            try:
                self.give_up_overdue()
            except StoreError as error:
                log.warning("time-outs can't be recorded, tried again soon: %s", error)
                await asyncio.sleep(RETRY_S)

    def give_up_overdue(self) -> None:
        """Time out every invocation whose time is over."""
        overdue = self.repository.overdue(self._now(), grace_s=ACKNOWLEDGE_S)
        if not overdue:
            return
        with self.repository.write():
            for row in overdue:
                self._dispatcher.expire(row)
            for command_id in {row["command_id"] for row in overdue}:
                self._dispatcher.spread(command_id)
        self._tell_watchers()
        self._changed()

    def _now(self) -> float:
        return self._clock().timestamp()
