"""The first part of what each step writes, kept so that neither a crash nor a lost connection loses it."""

import base64
import json
import os
import threading
from collections import defaultdict
from pathlib import Path

LIMIT_BYTES = 24000
"""As much of a stream as the service ever shows (engine.md §9.4)."""


class OutputLog:
    """The heads of a command's streams, by step and stream, in memory and in a file.

    The file is not flushed to the disk: it survives a killed process, not a power cut.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._heads: defaultdict[tuple[str, str], bytearray] = defaultdict(bytearray)
        self._read(path)
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def add(self, step: str, stream: str, data: bytes) -> tuple[int, bytes]:
        """Keep what still fits and return it with its offset in the stream."""
        with self._lock:
            head = self._heads[step, stream]
            offset = len(head)
            kept = data[: LIMIT_BYTES - offset]
            if kept:
                head += kept
                self._write(step, stream, kept)
            return offset, kept

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
        os.close(self._fd)

    def _write(self, step: str, stream: str, data: bytes) -> None:
        line = json.dumps([step, stream, base64.b64encode(data).decode()]) + "\n"
        try:
            os.write(self._fd, line.encode())
        except OSError:
            # A full disk: the memory still has it, and the step's own files tell the same story.
            return

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].splitlines():
            try:
                step, stream, encoded = json.loads(line)
                self._heads[step, stream] += base64.b64decode(encoded)
            except (ValueError, TypeError, RecursionError):
                continue
        if whole < len(data):
            os.truncate(path, whole)
