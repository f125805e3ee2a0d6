"""All journals of a node: those of commands that run or wait, those done with, those found corrupt."""

import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.worker.disk import sync_folder
from patchgui.agent.worker.journal import FORMAT, Journal, JournalCorrupt
from patchgui.agent.worker.progress import Progress

KEEP_S = 336 * 3600
"""How long what a command left behind is kept, as Amazon's agent keeps it (engine.md §9.6)."""

_RESERVE_BYTES = 1024 * 1024
_SESSION = re.compile(rb'"session":(\d{1,10})[,}]')


class JournalFolder:
    """The folder ``journal`` of a node, with ``done`` and ``corrupt`` in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = folder / "done"
        self._corrupt = folder / "corrupt"
        for each in (folder, self._done, self._corrupt):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder)
        sync_folder(folder.parent)
        self._reserve = folder / "reserve"
        self._keep_reserve()
        self.put_aside: dict[str, list[int]] = {}
        """The commands whose journals `load` found corrupt, with the process sessions that their steps ran in."""

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
                journals.append(self._open(path))
            except JournalCorrupt as error:
                self.put_aside[path.stem] = [int(number) for number in set(_SESSION.findall(path.read_bytes()))]
                path.rename(self._corrupt / f"{path.stem}.{time.time_ns()}.jsonl")
                print(f"journal {path.name} put aside: {error}", file=sys.stderr)
        self._sweep({journal.path.stem for journal in journals})
        sync_folder(self._corrupt)
        sync_folder(self._folder)
        journals.sort(key=lambda journal: float(journal.records[0]["at"]))
        return journals

    def reopen(self, command_id: str) -> Journal | None:
        """Return the journal of a command that was done with, for a control plane that does not know its end."""
        path = self._done / f"{command_id}.jsonl"
        if not path.exists():
            return None
        try:
            journal = self._open(path)
        except JournalCorrupt as error:
            path.rename(self._corrupt / f"{path.stem}.{time.time_ns()}.jsonl")
            print(f"journal {path.name} put aside: {error}", file=sys.stderr)
            return None
        return journal

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
            sync_folder(self._folder)
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
        journal.path.replace(self._done / journal.path.name)
        # In this order: the journal must not be lost on its way.
        sync_folder(self._done)
        sync_folder(self._folder)
        self._sweep({path.stem for path in self._folder.glob("*.jsonl")})
        self._keep_reserve()

    def prune(self) -> list[str]:
        """Remove the journals of long-gone commands and return the ids of those commands."""
        ended_at = {path: path.stat().st_mtime for path in self._done.glob("*.jsonl")}
        # Counted from the newest: a clock that has gone astray must not make everything look old.
        oldest = min(time.time(), max(ended_at.values(), default=0.0)) - KEEP_S
        gone = [path for path, moment in ended_at.items() if moment < oldest]
        for path in gone:
            path.unlink(missing_ok=True)
        return [path.stem for path in gone]

    def _open(self, path: Path) -> Journal:
        """Open a journal whose records make sense.

        Raises:
            JournalCorrupt: they do not.
        """
        journal = Journal.load(path, reserve=self._reserve)
        try:
            progress = Progress.of(journal.records)
            float(journal.records[0]["at"])
            is_right = progress.command_id == path.stem and isinstance(progress.command["content"], dict)
        except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
            journal.close()
            raise JournalCorrupt(f"a record lacks something: {error!r}") from error
        if not is_right:
            journal.close()
            raise JournalCorrupt("it is of another command")
        return journal

    def _sweep(self, kept: set[str]) -> None:
        """Remove what a crash has left of commands that have no journal here: kept output, marks."""
        for path in (*self._folder.glob("*.output"), *self._folder.glob("*.begun")):
            if path.name.split(".")[0] not in kept:
                path.unlink(missing_ok=True)

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
