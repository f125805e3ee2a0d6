"""The control plane's end of a worker's socket."""

import asyncio
import os
import socket
import stat
import struct
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Self

from patchgui.agent.supervisor.words import understood
from patchgui.agent.worker.messages import LineBuffer, Message, encode
from patchgui.ssm.errors import ProtocolError

_CHUNK_BYTES = 1024 * 1024


class Connection:
    """One connection to a worker.

    ``worker_pid`` is its process id as this side sees it, ``node_pid`` that of the process with which all of its
    node ends: the first one of a sandbox node, else the worker itself.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        peer: socket.socket = writer.get_extra_info("socket")
        credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        self.worker_pid: int = struct.unpack("3i", credentials)[0]
        self.node_pid = _first_of_namespace(self.worker_pid)

    @classmethod
    async def open(cls, path: Path) -> Self | None:
        """Connect to a worker, or return None when none listens.

        The folder is the node's own: a link that a script puts there could lead to any socket of the host. So the
        socket itself is taken hold of first; that way its path may be of any length, too.
        """
        try:
            held = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            if not stat.S_ISSOCK(os.fstat(held).st_mode):
                return None
            reader, writer = await asyncio.open_unix_connection(f"/proc/self/fd/{held}")
        except ConnectionRefusedError:
            return None
        finally:
            os.close(held)
        return cls(reader, writer)

    def send(self, message: Message) -> None:
        """Send a message; one that can't be sent any more is lost, as the connection is."""
        if not self._writer.is_closing():
            self._writer.write(encode(message))

    async def batches(self) -> AsyncIterator[list[Mapping[str, Any]]]:
        """Yield the messages that arrive, all that came together in one list, until the worker is gone.

        Raises:
            ProtocolError: what arrived was no message of a worker.
        """
        lines = LineBuffer()
        while True:
            try:
                data = await self._reader.read(_CHUNK_BYTES)
            except ConnectionError:
                return
            if not data:
                return
            try:
                messages = [understood(message) for message in lines.feed(data)]
            except (ValueError, RecursionError) as error:
                raise ProtocolError("A node said what is no message.", log_detail=str(error)[:1000]) from error
            if messages:
                yield messages

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, BrokenPipeError):
            # The worker was faster.
            return


def _first_of_namespace(pid: int) -> int:
    """Return the parent of a process where that is the first process of a pid namespace, else the process."""
    status = _proc_status(pid)
    parent = int(status.get("PPid", "0") or 0)
    is_nested = len(status.get("NSpid", "").split()) > 1
    return parent if is_nested and _proc_status(parent).get("NSpid", "").split()[-1:] == ["1"] else pid


def _proc_status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        # It has ended already.
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def has_worker(node_dir: Path) -> bool:
    """Whether a worker holds the node's lock: one that starts, works or ends."""
    import fcntl

    try:
        descriptor = os.open(node_dir / "worker.lock", os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
