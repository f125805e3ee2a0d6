"""The worker's end of the socket: one control plane at a time, the newest wins."""

import os
import selectors
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchgui.agent.worker.messages import LineBuffer, Message, encode
from patchgui.agent.worker.own_files import take_back

_CHUNK_BYTES = 256 * 1024

LIVE_LIMIT_BYTES = 4 * 1024 * 1024
"""Live output is dropped while so much waits for a control plane that does not read."""


class Link:
    """Listens on a unix socket and exchanges messages; used by one thread, `wake` by any."""

    def __init__(self, path: Path, *, only_from_outside: bool = False) -> None:
        """Listen; ``only_from_outside`` turns processes of the worker's own namespace away: scripts of the node."""
        self._path = path
        self._only_from_outside = only_from_outside
        self._selector = selectors.DefaultSelector()
        self._listener = _listen(path)
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._peer: socket.socket | None = None
        self._lines = LineBuffer()
        self._out = bytearray()
        self.connections = 0

    @property
    def is_connected(self) -> bool:
        """Whether a control plane is there."""
        return self._peer is not None

    @property
    def is_behind(self) -> bool:
        """Whether the control plane reads so slowly that live output had better be dropped."""
        return len(self._out) > LIVE_LIMIT_BYTES

    def wake(self) -> None:
        """Have `poll` return; any thread or signal handler may call it."""
        try:
            os.write(self._wake_write, b"x")
        except BlockingIOError:
            # The pipe is full of wake-ups already.
            return

    def send(self, message: Message) -> None:
        """Send a message, or nothing when no control plane is there."""
        if self._peer is None:
            return
        self._out += encode(message)
        self._flush()

    def poll(self, timeout_s: float | None) -> list[dict[str, Any]]:
        """Wait for something to happen and return the messages that came.

        A new control plane shows in ``connections``.
        """
        messages: list[dict[str, Any]] = []
        for key, events in self._selector.select(timeout_s):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj == self._wake_read:
                os.read(self._wake_read, 4096)
            elif key.fileobj is self._peer:
                if events & selectors.EVENT_WRITE:
                    self._flush()
                if events & selectors.EVENT_READ:
                    messages += self._receive()
        return messages

    def close(self) -> None:
        """Send what waits, as far as the control plane takes it at once, and go away."""
        self._flush()
        self._drop()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        peer, _address = self._listener.accept()
        if self._only_from_outside and _process_of(peer) != 0:
            peer.close()
            return
        self._drop()
        peer.setblocking(False)
        self._peer = peer
        self._lines = LineBuffer()
        self._out.clear()
        self._selector.register(peer, selectors.EVENT_READ)
        self.connections += 1

    def _receive(self) -> list[dict[str, Any]]:
        assert self._peer is not None
        try:
            data = self._peer.recv(_CHUNK_BYTES)
            if data:
                return list(self._lines.feed(data))
        except BlockingIOError:
            return []
        except (ConnectionError, ValueError, RecursionError):
            # Nothing sensible can follow; the control plane connects again.
            self._drop()
            return []
        self._drop()
        return []

    def _flush(self) -> None:
        if self._peer is None:
            return
        try:
            while self._out:
                del self._out[: self._peer.send(self._out)]
        except BlockingIOError:
            self._selector.modify(self._peer, selectors.EVENT_READ | selectors.EVENT_WRITE)
        except ConnectionError:
            self._drop()
        else:
            self._selector.modify(self._peer, selectors.EVENT_READ)

    def _drop(self) -> None:
        if self._peer is not None:
            self._selector.unregister(self._peer)
            self._peer.close()
            self._peer = None


def _process_of(peer: socket.socket) -> int:
    """Return the process id of whoever has connected; 0 for one that this namespace has no number for."""
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid: int = struct.unpack("3i", credentials)[0]
    return pid


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    take_back(path.parent)
    if path.is_dir() and not path.is_symlink():
        # A script of the node has put it there.
        path.rename(path.with_name(f"{path.name}.{time.time_ns()}"))
    with short_path(path) as short:
        path.unlink(missing_ok=True)
        listener.bind(short)
    path.chmod(0o600)
    listener.listen(4)
    listener.setblocking(False)
    return listener


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a name for a socket that fits the 107 bytes a unix socket's address may have."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
