"""All journals of a node: those of commands that run or wait, those done with, those found corrupt."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.worker.journal import FORMAT, Journal, JournalCorrupt

KEEP_S = 336 * 3600
"""How long what a command left behind is kept, as Amazon's agent keeps it (engine.md §9.6)."""

_RESERVE_BYTES = 1024 * 1024


class JournalFolder:
    """The folder ``journal`` of a node, with ``done`` and ``corrupt`` in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = folder / "done"
        self._corrupt = folder / "corrupt"
        for each in (folder, self._done, self._corrupt):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._reserve = folder / "reserve"
        self._keep_reserve()

    def load(self) -> list[Journal]:
        """Open every journal that is not done with, oldest first.

        Corrupt ones are put aside; one without a whole record is of a command that was never taken in.
        """
        journals: list[Journal] = []
        for path in sorted(self._folder.glob("*.jsonl")):
            if not _has_record(path):
                path.unlink()
                continue
            try:
                journals.append(Journal.load(path, reserve=self._reserve))
            except JournalCorrupt as error:
                path.rename(self._corrupt / f"{path.stem}.{time.time_ns()}.jsonl")
                print(f"journal {path.name} put aside: {error}", file=sys.stderr)
        journals.sort(key=lambda journal: journal.records[0]["at"])
        return journals

    def knows(self, command_id: str) -> bool:
        """Whether a command was taken in before: it must not run again."""
        return any((folder / f"{command_id}.jsonl").exists() for folder in (self._folder, self._done))

    def damage(self, command_id: str) -> str:
        """Return what became of a command whose journal was found corrupt, or nothing if none was."""
        kept = next(self._corrupt.glob(f"{command_id}.*"), None)
        return f"The node's journal of this command is damaged; it is kept as {kept}." if kept else ""

    def create(self, command: Mapping[str, Any]) -> Journal:
        """Take a command in: its journal is on the disk when this returns.

        Raises:
            OSError: the disk is full or broken.
        """
        journal = Journal(self._folder / f"{command['command_id']}.jsonl", (), reserve=self._reserve)
        try:
            journal.append({"type": "accepted", "format": FORMAT, "command": command})
            _sync_folder(self._folder)
        except OSError:
            journal.close()
            journal.path.unlink(missing_ok=True)
            raise
        return journal

    def output_path(self, command_id: str) -> Path:
        """Return where the output of a command's steps is kept against a crash."""
        return self._folder / f"{command_id}.output"

    def archive(self, journal: Journal) -> None:
        """Put the journal of an ended command away; the control plane has all of it."""
        journal.close()
        journal.path.rename(self._done / journal.path.name)
        journal.path.with_suffix(".output").unlink(missing_ok=True)

    def prune(self) -> list[str]:
        """Remove the journals of long-gone commands and return the ids of those commands."""
        oldest = time.time() - KEEP_S
        gone = [path for path in self._done.glob("*.jsonl") if path.stat().st_mtime < oldest]
        for path in gone:
            path.unlink(missing_ok=True)
        return [path.stem for path in gone]

    def _keep_reserve(self) -> None:
        # Room for the last records of a run on a disk that fills up while it runs.
        descriptor = os.open(self._reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, _RESERVE_BYTES)
        except OSError:
            self._reserve.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _has_record(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline().endswith(b"\n")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
