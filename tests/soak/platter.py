"""What of a node's journal folder is on the disk for sure: the image that a power cut leaves.

The worker's own calls move it on: only a flush of a file brings its bytes there, only a flush of a folder its names.
It is harsher than file systems are: nothing gets there by itself.
"""

import contextlib
import json
import os
import shutil
import signal
from pathlib import Path

_MARKS = "marks"


class Platter:
    """The flushed state of the files below ``watched``, kept in ``store`` so that it outlives each worker."""

    def __init__(self, watched: Path, store: Path) -> None:
        self._watched = watched
        self._store = store
        (store / _MARKS).mkdir(parents=True, exist_ok=True)
        self._state = store / "state.json"
        self._live: dict[str, int] = {}
        self._names: dict[str, dict[str, int]] = {}
        self._count = 0
        if self._state.exists():
            kept = json.loads(self._state.read_text())
            self._live, self._names, self._count = kept["live"], kept["names"], kept["count"]

    def watches(self, path: Path) -> bool:
        """Whether a file or folder is one of those that are followed."""
        return path.is_relative_to(self._watched)

    def opened(self, path: Path) -> None:
        """A file was opened for writing, and made if it was not there."""
        if str(path) not in self._live:
            self._count += 1
            self._live[str(path)] = self._count
            self._save()

    def renamed(self, old: Path, new: Path) -> None:
        """A file has another name now, for as long as the power stays."""
        if str(old) in self._live:
            self._live[str(new)] = self._live.pop(str(old))
            self._save()

    def removed(self, path: Path) -> None:
        """A file is gone, for as long as the power stays."""
        if self._live.pop(str(path), None) is not None:
            self._save()

    def flushed(self, path: Path) -> None:
        """A file's bytes, or a folder's names, are on the disk."""
        if path.is_dir():
            self._names[str(path)] = {
                Path(name).name: number for name, number in self._live.items() if Path(name).parent == path
            }
            self._save()
        elif str(path) in self._live:
            draft = self._store / "draft"
            shutil.copyfile(path, draft)
            draft.replace(self._store / str(self._live[str(path)]))

    def cut(self) -> None:
        """Put the files back to what a power cut leaves of them."""
        for path in [each for each in self._watched.rglob("*") if not each.is_dir()]:
            path.unlink()
        self._live = {}
        for folder, names in self._names.items():
            for name, number in names.items():
                path, flushed = Path(folder, name), self._store / str(number)
                path.write_bytes(flushed.read_bytes() if flushed.exists() else b"")
                self._live[str(path)] = number
        for mark in (self._store / _MARKS).iterdir():
            shutil.copyfile(mark, self._watched / mark.name)
        self._save()

    def _save(self) -> None:
        draft = self._state.with_suffix(".new")
        draft.write_text(json.dumps({"live": self._live, "names": self._names, "count": self._count}))
        draft.replace(self._state)


def make_sync_program(folder: Path, store: Path) -> None:
    """Make a ``sync`` for the PATH of a node's scripts that brings an exit hook's mark to the platter of a store."""
    folder.mkdir(exist_ok=True)
    (store / _MARKS).mkdir(parents=True, exist_ok=True)
    program = folder / "sync"
    program.write_text(f'#!/bin/sh\ncp "$1" {store / _MARKS}/\n')
    program.chmod(0o700)


def kill_session(session: int) -> None:
    """Kill every process of a session but this one, as a power cut would, and wait until none runs any more."""
    while alive := _alive(session):
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _alive(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            state, _parent, _group, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                found.append(int(entry.name))
    return found
