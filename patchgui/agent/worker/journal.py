"""The journal of one command on one node: what happened, in numbered records, one line each: a checksum and JSON.

A record is on the disk before anyone is told of it, and the record of a step's start is on the disk before the
step starts. A last line without its end was never on the disk whole: nobody has been told, nothing of it has
happened, so it is cut off. Anything else that can't be read makes the journal corrupt.

Records, by ``type`` (each has ``n``, ``at`` in epoch seconds, and ``up``: seconds since the machine started, which
go on evenly when the clock is set):

    accepted          format, command: the whole command as it came
    started           boot_id, session: the process session that the steps run in
    step_started      step, action; mark: the file that shows that it has begun (see `start_mark`)
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
import re
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

FORMAT = 2
"""Version of the records; an older release's journals stay readable. Those of format 1 had no checksums."""

_OLDEST_FORMAT = 1
_CHECKSUM = re.compile(rb"[0-9a-f]{8} ")

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
        records = [_parse(line, number) for number, line in enumerate(data[:whole].split(b"\n")[:-1], start=1)]
        if not records:
            raise JournalCorrupt("it has no records")
        written = records[0].get("format")
        if records[0]["type"] != "accepted" or written not in range(_OLDEST_FORMAT, FORMAT + 1):
            raise JournalCorrupt(f"its format is {written!r}, this release knows {_OLDEST_FORMAT} to {FORMAT}")
        if whole < len(data):
            os.truncate(path, whole)
        journal = cls(path, records, reserve=reserve)
        # Whoever wrote them may have been killed before they were on the disk, and they are told from now on.
        os.fdatasync(journal._fd)
        return journal

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
            moment = {"at": time.time(), "up": uptime()}
            first = len(self._records) + 1
            new = [{"n": number, **moment, **entry} for number, entry in enumerate(entries, start=first)]
            self._write(b"".join(_line(record) for record in new))
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


def uptime() -> float:
    """Return for how many seconds the machine has been up; no clock that is set changes it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _line(record: Record) -> bytes:
    text = json.dumps(record, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _parse(line: bytes, number: int) -> Record:
    text = line
    if _CHECKSUM.match(line):
        text = line[9:]
        if zlib.crc32(text) != int(line[:8], 16):
            raise JournalCorrupt(f"record {number} is not as it was written")
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JournalCorrupt(f"record {number} is unreadable") from error
    if not isinstance(record, dict) or record.get("n") != number or not isinstance(record.get("type"), str):
        raise JournalCorrupt(f"record {number} is not the one expected there")
    if not isinstance(record.get("at"), int | float):
        raise JournalCorrupt(f"record {number} has no time")
    if text is line and number == 1 and record.get("format") != 1:
        raise JournalCorrupt("its checksums are missing")
    return record
