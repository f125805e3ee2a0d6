"""The journal of one command on one node: what happened, in numbered records, one JSON line each.

A record is on the disk before anyone is told of it, and the record of a step's start is on the disk before the
step starts. A last line without its end was never on the disk whole: nobody has been told, nothing of it has
happened, so it is cut off. Anything else that can't be read makes the journal corrupt.

Records, by ``type`` (each has ``n`` and ``at``, epoch seconds):

    accepted          format, command: the whole command as it came
    started           boot_id, session: the process session that the steps run in
    step_started      step, action
    step_ended        result
    interrupted       result: Failed, of the step that was running when the worker was killed
    inventory         report: the node's patch report, when a step has changed it
    documents         documents: what has become of documents that came with the command, or that it runs now
    cancelled         the operator wants the command stopped
    reboot_requested  boot_id: the boot that is to end
    resumed           boot_id, session
    ended             status, reason
"""

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

FORMAT = 1
"""Version of the records; an older release's journals stay readable."""

Record = Mapping[str, Any]


class JournalCorrupt(Exception):
    """A journal that can't be relied on; ``str()`` says what is wrong with it."""


class Journal:
    """Appends records and keeps them for whoever missed them. Safe to use from several threads."""

    def __init__(self, path: Path, records: Sequence[Record], *, reserve: Path | None = None) -> None:
        """Open the journal for appending after ``records``, which the file holds already.

        ``reserve`` is a file that may be removed when the disk is full, so that the end of a run can be written.
        """
        self.path = path
        self._records = list(records)
        self._durable = len(self._records)
        self._reserve = reserve
        self._lock = threading.Lock()
        self._on_durable: Callable[[Sequence[Record]], None] = lambda _records: None
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @classmethod
    def load(cls, path: Path, *, reserve: Path | None = None) -> Self:
        """Open a journal that an earlier worker wrote, without a last record that was never whole.

        Raises:
            JournalCorrupt: a record is unreadable, missing, or of a format that this release does not know.
        """
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        records = [_parse(line, number) for number, line in enumerate(data[:whole].splitlines(), start=1)]
        if not records:
            raise JournalCorrupt("it has no records")
        if records[0]["type"] != "accepted" or records[0].get("format") != FORMAT:
            raise JournalCorrupt(f"its format is {records[0].get('format')!r}, this release knows {FORMAT}")
        if whole < len(data):
            os.truncate(path, whole)
        return cls(path, records, reserve=reserve)

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that are on the disk."""
        with self._lock:
            return tuple(self._records[: self._durable])

    @property
    def last(self) -> int:
        """The number of the last record that is on the disk."""
        with self._lock:
            return self._durable

    def tell(self, on_durable: Callable[[Sequence[Record]], None]) -> None:
        """Have records told as they reach the disk, by the thread that wrote them."""
        self._on_durable = on_durable

    def append(self, *entries: Mapping[str, Any], durable: bool = True) -> None:
        """Write records; they and all earlier ones are on the disk afterwards, unless not to be ``durable`` yet.

        A step's end may wait for the record that follows at once: one flush then serves both.

        Raises:
            OSError: the disk is full or broken; nothing was written.
        """
        with self._lock:
            at = time.time()
            first = len(self._records) + 1
            new = [{"n": number, "at": at, **entry} for number, entry in enumerate(entries, start=first)]
            self._write(b"".join(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in new))
            self._records += new
            if not durable:
                return
            os.fdatasync(self._fd)
            told = self._records[self._durable :]
            self._durable = len(self._records)
            self._on_durable(told)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _write(self, data: bytes) -> None:
        start = os.fstat(self._fd).st_size
        try:
            self._write_whole(data)
        except OSError as error:
            os.ftruncate(self._fd, start)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT) or self._reserve is None:
                raise
            self._reserve.unlink(missing_ok=True)
            self._write_whole(data)

    def _write_whole(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]


def _parse(line: bytes, number: int) -> Record:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise JournalCorrupt(f"record {number} is unreadable") from error
    if not isinstance(record, dict) or record.get("n") != number or not isinstance(record.get("type"), str):
        raise JournalCorrupt(f"record {number} is not the one expected there")
    if not isinstance(record.get("at"), int | float):
        raise JournalCorrupt(f"record {number} has no time")
    return record
