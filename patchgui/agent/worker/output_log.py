"""The first part of what each step writes, kept so that neither a crash nor a lost connection loses it."""

import base64
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from patchgui.agent.worker.disk import sync_folder

LIMIT_BYTES = 24000
"""As much of a stream as the service ever shows (engine.md §9.4)."""


class OutputLog:
    """The heads of a command's streams, by step and stream, in memory and in a file.

    What was added survives a killed process at once, and a power cut once `sync` has run.
    """

    def __init__(self, path: Path, on_add: "Callable[[OutputLog], None]" = lambda _log: None) -> None:
        """Open the file; ``on_add`` is told when there is something to `sync`."""
        self._lock = threading.Lock()
        self._on_add = on_add
        self._heads: defaultdict[tuple[str, str], bytearray] = defaultdict(bytearray)
        self._read(path)
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._folder = path.parent
        self._is_named = False

    def add(self, step: str, stream: str, data: bytes) -> tuple[int, bytes]:
        """Keep what still fits and return it with its offset in the stream."""
        with self._lock:
            head = self._heads[step, stream]
            offset = len(head)
            kept = data[: LIMIT_BYTES - offset]
            if kept:
                head += kept
                self._write(step, stream, kept)
        if kept:
            self._on_add(self)
        return offset, kept

    def sync(self) -> None:
        """Bring what was added to the disk; does nothing after `close`."""
        with self._lock:
            if self._fd < 0:
                return
            # Flushed without the lock: a slow disk must not hold up whoever writes.
            descriptor = os.dup(self._fd)
        try:
            os.fdatasync(descriptor)
            if not self._is_named:
                sync_folder(self._folder)
                self._is_named = True
        except OSError:
            # As with a full disk.
            return
        finally:
            os.close(descriptor)

    def text(self, step: str, stream: str) -> str:
        """Return what is kept of a stream."""
        with self._lock:
            return bytes(self._heads.get((step, stream), b"")).decode(errors="replace")

    def heads(self, step: str) -> dict[str, bytes]:
        """Return what is kept of a step's streams, by stream."""
        with self._lock:
            return {stream: bytes(head) for (name, stream), head in self._heads.items() if name == step}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            os.close(self._fd)
            self._fd = -1

    def _write(self, step: str, stream: str, data: bytes) -> None:
        line = (json.dumps([step, stream, base64.b64encode(data).decode()]) + "\n").encode()
        try:
            if os.write(self._fd, line) < len(line):
                # The rest would be glued to the next line; an end of its own spoils this one only.
                os.write(self._fd, b"\n")
        except OSError:
            # A full disk: the memory still has it, and the step's own files tell the same story.
            return

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].split(b"\n"):
            self._read_line(line)
        if whole < len(data):
            os.truncate(path, whole)

    def _read_line(self, line: bytes) -> None:
        try:
            step, stream, encoded = json.loads(line)
            self._heads[step, stream] += base64.b64decode(encoded, validate=True)
        except (ValueError, TypeError, RecursionError):
            # Torn by a power cut or damaged: the other lines still tell what they hold.
            return
