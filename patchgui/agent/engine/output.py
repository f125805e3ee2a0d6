"""The two output streams of a step: the files they go to, the texts that are shown, the marks where they are cut."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from patchgui.agent.engine.folders import make_folder
from patchgui.agent.engine.surroundings import Stream

# Bytes of a stream that the service is ever shown (engine.md §9.4).
SHOWN_LIMIT = 24_000
_SHOWN_MARK = b"--output truncated--"

# Bytes of the text with both streams (engine.md §9.3).
_BOTH_LIMIT = 2_500
_TITLE = b"\n----------ERROR-------\n"
_OUTPUT_MARK = b"\n---Output truncated---"
_ERROR_MARK = b"\n---Error truncated----"

# What all streams of a command may put on disk: far more than anybody reads, and far less than a disk.
DISK_LIMIT = 512 * 1024 * 1024

# What they leave of the disk for everybody else.
DISK_RESERVE = 512 * 1024 * 1024

# So much may be written before the disk is looked at again.
_GRANT = 16 * 1024 * 1024

_BATCH = 64 * 1024

_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC

OnOutput = Callable[[Stream, bytes], None]


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a stream: as many first bytes as can ever be shown, and the length of the whole."""

    head: bytes = b""
    length: int = 0

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return the text of all the bytes."""
        return cls(data[:SHOWN_LIMIT], len(data))

    def __add__(self, other: "Text | bytes") -> "Text":
        more = other if isinstance(other, Text) else Text.of(other)
        # A head that isn't the whole text is full already, so that nothing can be missing in between.
        head = self.head if self.length > len(self.head) else (self.head + more.head)[:SHOWN_LIMIT]
        return Text(head, self.length + more.length)

    def __bool__(self) -> bool:
        return self.length > 0

    def shown(self) -> bytes:
        """Return the text as the service gets it, cut with a mark (engine.md §9.4)."""
        if self.length < SHOWN_LIMIT:
            return self.head
        return self.head[: SHOWN_LIMIT - len(_SHOWN_MARK)] + _SHOWN_MARK


def both(stdout: Text, stderr: Text) -> bytes:
    """Return both streams as one text, cut with marks (engine.md §9.3)."""
    title = _TITLE if stderr else b""
    space = _BOTH_LIMIT - len(title)
    if stdout.length + stderr.length < space:
        return stdout.head + title + stderr.head
    if stdout.length > space / 2 and stderr.length > space / 2:
        half = (space - len(_OUTPUT_MARK) - len(_ERROR_MARK)) // 2
        return stdout.head[:half] + _OUTPUT_MARK + title + stderr.head[:half] + _ERROR_MARK
    if stdout.length <= space / 2:
        return stdout.head + title + stderr.head[: space - len(_ERROR_MARK) - stdout.length] + _ERROR_MARK
    return stdout.head[: space - len(_OUTPUT_MARK) - stderr.length] + _OUTPUT_MARK + title + stderr.head


class DiskShare:
    """What the output of one command may still put on disk; steps run one after another, so no lock is needed."""

    def __init__(self, limit: int = DISK_LIMIT, reserve: int = DISK_RESERVE) -> None:
        self._left = limit
        self._reserve = reserve
        self._granted = 0

    def take(self, wanted: int, file: int) -> int:
        """Return how many of the wanted bytes may be written to a file that is open; none after the first refusal."""
        if wanted > self._granted:
            self._granted = self._room(file)
        taken = min(wanted, self._granted)
        self._granted -= taken
        self._left = self._left - taken if taken == wanted else 0
        return taken

    def _room(self, file: int) -> int:
        disk = os.fstatvfs(file)
        free = disk.f_bavail * disk.f_frsize - self._reserve
        return max(0, min(self._left, free, _GRANT))


class StreamFile:
    """One stream of a step: kept on disk, told to the observer as it comes, its head kept for the result.

    The file is opened for appending and what it held before is part of the text: a step that runs again after a
    reboot shows both runs (engine.md §9.1). A file that can't be opened drops the text, as the real agent does.
    """

    def __init__(self, folder: Path, stream: Stream, on_output: OnOutput, share: DiskShare) -> None:
        self._folder = folder
        self._share = share
        self._stream: Stream = stream
        self._on_output = on_output
        self._text = Text()
        self._file = -1
        self._is_open = False
        self._is_lost = False

    @property
    def text(self) -> Text:
        """What the file holds."""
        self.open()
        return self._text

    def open(self) -> None:
        """Open the file, if that was not done yet."""
        if self._is_open:
            return
        self._is_open = True
        try:
            self._open()
        except (OSError, ValueError):
            self._is_lost = True

    def write(self, data: bytes) -> None:
        """Add output, and pass it on to the observer."""
        self.open()
        if self._is_lost or not data:
            return
        self._save(data)
        self._text += data
        for start in range(0, len(data), _BATCH):
            self._on_output(self._stream, data[start : start + _BATCH])

    def add(self, text: Text) -> None:
        """Add the text of a nested step, whose output the observer has had already."""
        self.open()
        if not self._is_lost:
            self._save(text.head)
            self._text += text

    def close(self) -> None:
        """Close the file; the text stays."""
        self.open()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        path = os.path.join(self._folder, self._stream)  # noqa: PTH118 - half the cost of a Path
        try:
            self._file = os.open(path, _APPEND, 0o600)
        except FileNotFoundError:
            make_folder(self._folder)
            self._file = os.open(path, _APPEND, 0o600)
        size = os.fstat(self._file).st_size
        if size:
            self._text = Text(os.pread(self._file, SHOWN_LIMIT, 0), size)
        # The real agent writes a second file with the same content; a link keeps the name and spares the writing.
        with contextlib.suppress(FileExistsError):
            os.link(path, f"{path}Console")

    def _save(self, data: bytes) -> None:
        """Write to the file what is shown in any case, and the rest as far as the command's share goes.

        A full disk costs the file its end, never the step.
        """
        with contextlib.suppress(OSError):
            shown = SHOWN_LIMIT - self._text.length
            data = data[: max(shown, self._share.take(len(data), self._file))]
            while data:
                data = data[os.write(self._file, data) :]


class StepOutput:
    """Both streams of a step, in a folder of their own; ``share`` is what their command may put on disk."""

    def __init__(self, folder: Path, on_output: OnOutput, share: DiskShare | None = None) -> None:
        share = share or DiskShare()
        self.stdout = StreamFile(folder, "stdout", on_output, share)
        self.stderr = StreamFile(folder, "stderr", on_output, share)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stderr.close()

    def open(self) -> None:
        """Open both files, if that was not done yet; a script is started first, so that it needn't wait for this."""
        self.stdout.open()
        self.stderr.open()
