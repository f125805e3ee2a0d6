"""One node's worker, kept alive and talked with."""

import asyncio
import contextlib
import logging
import os
import signal
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from patchgui.agent.nodes import Node, NodeRegistry
from patchgui.agent.supervisor.backoff import Backoff
from patchgui.agent.supervisor.connection import Connection, has_worker
from patchgui.agent.supervisor.intake import Heard, Intake
from patchgui.agent.supervisor.process import ended, reap, start_worker
from patchgui.agent.waiting import happens
from patchgui.agent.worker.boot import boot_id
from patchgui.agent.worker.messages import PROTOCOL, Message
from patchgui.agent.worker.node_worker import EXIT_REBOOT
from patchgui.ssm.errors import AgentError, PatchError, ProtocolError, StoreError

log = logging.getLogger(__name__)

HEARTBEAT_S = 10.0
SILENCE_S = 30.0
"""A worker that has said nothing for so long is not there for the operator, whatever its socket says."""

RETRY_S = 5.0
"""How long to wait before the state file is tried again after an error."""

_LOCK_POLL_S = 0.02

# How soon a worker that has hung up is called again, when it does not end.
_FAREWELL_S = 1.0

# How long to wait before a node is listened to again that talks nonsense.
_NONSENSE_S = 1.0


class Listener(Protocol):
    """Whoever wants to know what a node's worker says; the service of commands."""

    def applied(self, instance_id: str) -> Mapping[str, int]:
        """Return the last record number that was committed of each command delivered to the node."""

    def connected(self, instance_id: str, send: Callable[[Message], None]) -> None:
        """The node's worker can be sent messages."""

    def disconnected(self, instance_id: str) -> None:
        """The node's worker can't be reached for now."""

    def received(self, heard: Sequence[Heard]) -> None:
        """Workers said something."""


class NodeSupervisor:
    """Starts a node's worker when there is none, and again whenever it ends, until told to stop."""

    def __init__(self, node: Node, registry: NodeRegistry, listener: Listener, intake: Intake) -> None:
        self.node = node
        self._registry = registry
        self._listener = listener
        self._intake = intake
        self._backoff = Backoff()
        self._connection: Connection | None = None
        self._stopping = asyncio.Event()
        self._is_detached = False
        self._heard_at = 0.0
        self._child: int | None = None
        self._boot_id = ""
        self._reboot_wanted = False
        self._reboot_refused = ""

    @property
    def instance_id(self) -> str:
        """The node's id."""
        return self.node.instance_id

    async def run(self) -> None:
        """Keep the node's worker until `stop`, and return when it has ended or `detach` has left it alone."""
        while not self._stopping.is_set():
            try:
                connection = await self._reach()
            except PatchError as error:
                log.warning("node %s: %s", self.node.name, error)
                connection = None
            if connection is None:
                await self._pause(max(_LOCK_POLL_S, self._backoff.next_s()))
                continue
            try:
                await self._serve(connection)
            except ProtocolError as error:
                log.warning("node %s: %s It is asked again soon. (%s)", self.node.name, error, error.log_detail)
                await self._pause(_NONSENSE_S)
                continue
            except StoreError as error:
                # Nothing is lost: the worker tells it all again on the next connection.
                log.warning("node %s: its reports can't be recorded, tried again soon: %s", self.node.name, error)
                await self._pause(RETRY_S)
                continue
            if not self._is_detached:
                await self._after(connection.node_pid)

    def stop(self) -> None:
        """Let the worker end when nothing runs on it, and do not start another."""
        self._stopping.set()
        if self._connection is not None:
            self._connection.send({"type": "end"})

    async def detach(self) -> None:
        """Leave a worker that is still busy to itself; it goes on, and ends when it has finished."""
        self._is_detached = True
        if self._connection is not None:
            await self._connection.close()

    def kill(self) -> None:
        """End the worker, and with a sandbox node all its processes, at once."""
        if self._connection is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._connection.worker_pid, signal.SIGKILL)

    async def _reach(self) -> Connection | None:
        """Return a connection to the node's worker, which is started if there is none.

        Raises:
            AgentError: it can't be started.
        """
        connection = await Connection.open(self.node.socket)
        if connection is not None or has_worker(self.node.folder):
            return connection
        self._backoff.started()
        is_new_boot = self.node.restarts_by_supervisor
        argv = self.node.worker_command(str(uuid.uuid4()) if is_new_boot else boot_id())
        argv = [*argv, "--reboot-delay-s", str(self.node.reboot_delay_s)]
        if self._reboot_refused:
            argv = [*argv, "--reboot-refused", self._reboot_refused]
            self._reboot_refused = ""
        self._child = await start_worker(argv, self.node.worker_environment(), self.node.folder / "worker.log")
        return await Connection.open(self.node.socket)

    async def _serve(self, connection: Connection) -> None:
        """Talk with the worker until it is gone."""
        self._connection = connection
        heartbeat = asyncio.create_task(self._heartbeat(connection), name=f"heartbeat {self.node.name}")
        try:
            async for messages in connection.batches():
                await self._hear(connection, messages)
        finally:
            heartbeat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await heartbeat
            self._connection = None
            await connection.close()
            self._registry.lost(self.instance_id)
            self._listener.disconnected(self.instance_id)

    async def _hear(self, connection: Connection, messages: Sequence[Mapping[str, Any]]) -> None:
        if messages[0]["type"] == "hello":
            self._greet(connection, messages[0])
            messages = messages[1:]
        else:
            self._heard_at = time.monotonic()
            self._registry.connected(self.instance_id)
        reported = {message["record"]["type"] for message in messages if message["type"] == "report"}
        if reported:
            self._backoff.progressed()
        # A record that is told again may ask for the end of a boot that is long over.
        self._reboot_wanted |= any(
            message["record"].get("boot_id") == self._boot_id
            for message in messages
            if message["type"] == "report" and message["record"]["type"] == "reboot_requested"
        )
        if messages:
            await self._intake.take_in((self.instance_id, messages))

    def _greet(self, connection: Connection, hello: Mapping[str, Any]) -> None:
        self._boot_id = hello["boot_id"]
        log.info("node %s: worker %s is up, boot %s", self.node.name, connection.worker_pid, hello["boot_id"])
        if hello["protocol"] != PROTOCOL:
            # A worker of another release finishes alone; ours goes on from its journal.
            log.warning("node %s: its worker speaks protocol %s, not %s", self.node.name, hello["protocol"], PROTOCOL)
            connection.send({"type": "end"})
            return
        connection.send({"type": "hello", "applied": dict(self._listener.applied(self.instance_id))})
        if self._stopping.is_set():
            connection.send({"type": "end"})
            return
        self._registry.connected(self.instance_id)
        self._listener.connected(self.instance_id, connection.send)

    async def _heartbeat(self, connection: Connection) -> None:
        """Ask the worker for a sign of life, and show the node as lost while none comes."""
        self._heard_at = time.monotonic()
        while True:
            connection.send({"type": "ping"})
            await asyncio.sleep(HEARTBEAT_S)
            if time.monotonic() - self._heard_at > SILENCE_S:
                self._registry.lost(self.instance_id)

    async def _after(self, node_pid: int) -> None:
        """The connection has ended: wait until the node's processes are gone, and reboot it if a step asked for it."""
        while True:
            try:
                async with asyncio.timeout(_FAREWELL_S):
                    await ended(node_pid)
                break
            except TimeoutError:
                if has_worker(self.node.folder):
                    # It lives and has only hung up, on another control plane's account or on nonsense.
                    return
        status = None
        if self._child is not None:
            status = await reap(self._child)
            self._child = None
        wants_reboot = status == EXIT_REBOOT or self._reboot_wanted
        self._reboot_wanted = False
        if self._stopping.is_set():
            return
        if wants_reboot:
            await self._reboot()
        else:
            log.warning("node %s: the worker ended (exit status %s)", self.node.name, status)
            await self._pause(self._backoff.next_s())

    async def _reboot(self) -> None:
        log.info("node %s: reboots", self.node.name)
        try:
            await self.node.reboot()
        except (AgentError, OSError) as error:
            self._reboot_refused = str(error)
            return
        if not self.node.restarts_by_supervisor:
            # The machine goes down, and the agent with it.
            await self._stopping.wait()

    async def _pause(self, seconds: float) -> None:
        await happens(self._stopping, seconds)
