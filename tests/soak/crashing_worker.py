"""A worker that dies at a chosen one of its points: before or after each call that changes its journal folder, at the
start and at the end of each of its processes, before and after each message that it sends.

In the folder that CRASH_FOLDER names, ``plan.json`` holds one ``[point, "kill" | "power"]`` for each worker's life to
come, the point as its number or as its label and how often that must come, ``"before send pong 2"``. ``points`` gets
the label of each point that this life passes, ``deaths`` those where one ended.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from patchgui.agent.worker import __main__ as worker
from patchgui.agent.worker.link import Link
from tests.soak.platter import Platter, kill_session

FOLDER = Path(os.environ["CRASH_FOLDER"])
PLAN, POINTS, DEATHS = FOLDER / "plan.json", FOLDER / "points", FOLDER / "deaths"
JOURNALS = FOLDER / "node" / "journal"


class Crash:
    """Counts points and ends this life at the one that is due."""

    def __init__(self) -> None:
        lives: list[tuple[int | str, str]] = json.loads(PLAN.read_text()) if PLAN.exists() else []
        self._due, self._how = lives[0] if lives else (0, "")
        PLAN.write_text(json.dumps(lives[1:]))
        self._numbers = itertools.count(1)
        self._labels: Counter[str] = Counter()
        self.lock = threading.RLock()
        self._points = os.open(POINTS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self.processes = 0
        self.platter = Platter(JOURNALS, FOLDER / "platter")

    def point(self, label: str) -> None:
        """Pass a point, or die at it."""
        with self.lock:
            number = next(self._numbers)
            self._labels[label] += 1
            WRITE(self._points, f"{label}\n".encode())
            if self._due in (number, f"{label} {self._labels[label]}"):
                self._die(label)

    def _die(self, label: str) -> None:
        descriptor = OPEN(DEATHS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        WRITE(descriptor, f"{self._how} {label}{' (a process runs)' if self.processes else ''}\n".encode())
        if self._how == "power":
            kill_session(os.getsid(0))
            self.platter.cut()
        os.kill(os.getpid(), signal.SIGKILL)
        # Other threads go on until the kernel has ended them all; none of them may pass a point.
        signal.pause()


WRITE, OPEN = os.write, os.open
CRASH = Crash()
_FLUSHES = {name: getattr(os, name) for name in ("fsync", "fdatasync")}
_RENAMES = {name: getattr(os, name) for name in ("rename", "replace")}
_UNLINK, _SEND = os.unlink, Link.send
_POPEN, _SPAWN, _WAIT = subprocess.Popen.__init__, os.posix_spawn, os.waitpid


def path_of(descriptor: int) -> Path | None:
    path = Path(f"/proc/self/fd/{descriptor}").readlink()
    return path if CRASH.platter.watches(path) else None


def open_(path: Any, flags: int, *more: Any, **named: Any) -> int:
    is_ours = isinstance(path, str | Path) and CRASH.platter.watches(Path(path)) and bool(flags & os.O_CREAT)
    if is_ours:
        CRASH.point(f"before open {_kind(Path(path))}")
    with CRASH.lock:
        descriptor = OPEN(path, flags, *more, **named)
        if is_ours:
            CRASH.platter.opened(Path(path))
    if is_ours:
        CRASH.point(f"after open {_kind(Path(path))}")
    return descriptor


def write(descriptor: int, data: Any) -> int:
    path = path_of(descriptor)
    if path is None:
        return WRITE(descriptor, data)
    CRASH.point(f"before write {_kind(path)}")
    with CRASH.lock:
        count = WRITE(descriptor, data)
    CRASH.point(f"after write {_kind(path)}")
    return count


def flush(name: str) -> Callable[[int], None]:
    def flushed(descriptor: int) -> None:
        path = path_of(descriptor)
        if path is None:
            _FLUSHES[name](descriptor)
            return
        CRASH.point(f"before {name} {_kind(path)}")
        with CRASH.lock:
            _FLUSHES[name](descriptor)
            CRASH.platter.flushed(path)
        CRASH.point(f"after {name} {_kind(path)}")

    return flushed


def rename(name: str) -> Callable[..., None]:
    def renamed(old: Any, new: Any) -> None:
        if not CRASH.platter.watches(Path(old)):
            _RENAMES[name](old, new)
            return
        CRASH.point(f"before rename {_kind(Path(old))}")
        with CRASH.lock:
            _RENAMES[name](old, new)
            CRASH.platter.renamed(Path(old), Path(new))
        CRASH.point(f"after rename {_kind(Path(old))}")

    return renamed


def unlink(path: Any, **named: Any) -> None:
    if not isinstance(path, str | Path) or not CRASH.platter.watches(Path(path)):
        _UNLINK(path, **named)
        return
    CRASH.point(f"before unlink {_kind(Path(path))}")
    with CRASH.lock:
        _UNLINK(path, **named)
        CRASH.platter.removed(Path(path))
    CRASH.point(f"after unlink {_kind(Path(path))}")


def popen(self: Any, *args: Any, **named: Any) -> None:
    CRASH.point("before start of a process")
    _POPEN(self, *args, **named)
    CRASH.processes += 1
    CRASH.point("after start of a process")


def spawn(*args: Any, **named: Any) -> int:
    CRASH.point("before start of a process")
    pid = _SPAWN(*args, **named)
    CRASH.processes += 1
    CRASH.point("after start of a process")
    return pid


def wait(pid: int, options: int) -> tuple[int, int]:
    ended, status = _WAIT(pid, options)
    if ended:
        CRASH.point("before end of a process")
        CRASH.processes -= 1
        CRASH.point("after end of a process")
    return ended, status


def send(self: Link, message: Any) -> None:
    CRASH.point(f"before send {message['type']}")
    _SEND(self, message)
    CRASH.point(f"after send {message['type']}")


def install() -> None:
    """Put the points around what the worker calls."""
    replaced = {"open": open_, "write": write, "unlink": unlink, "posix_spawn": spawn, "waitpid": wait}
    replaced |= {name: flush(name) for name in _FLUSHES} | {name: rename(name) for name in _RENAMES}
    for name, function in replaced.items():
        setattr(os, name, function)
    subprocess.Popen.__init__ = popen  # type: ignore[method-assign]
    Link.send = send  # type: ignore[method-assign]


def _kind(path: Path) -> str:
    return path.suffix or path.name


if __name__ == "__main__":
    install()
    sys.exit(worker.main())
