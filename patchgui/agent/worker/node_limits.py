"""What the processes of a sandbox node may take together, and how its process 1 holds them to it.

The kernel's own limits come first (`sandbox.bubblewrap`): a process that asks for too much is refused it, a script
that forks without end can't fork. They bind one process, or not root; so process 1, which nobody in the node can kill,
looks at the sum as well and ends what is too big.
"""

import os
import signal
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROCESSES = 1000
"""How many processes, threads included, a node may have."""

FILE_BYTES = 1024**3
"""How large one file may become."""

LOOK_S = 0.25
"""How often process 1 looks at the sum."""

PROC = Path("/proc")

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Process(NamedTuple):
    """A process of the node: its group, and the memory that it shares with nobody."""

    pid: int
    group: int
    bytes: int


def memory_bytes() -> int:
    """Return how much memory a node may take: 2 GiB, or half of a machine that has less than four."""
    return int(min(2 * 1024**3, os.sysconf("SC_PHYS_PAGES") * _PAGE_BYTES // 2))


def hold(worker: int) -> list[int]:
    """Kill what has made the node too big and return the process ids; process 1 and the worker are spared."""
    limit = memory_bytes()
    alive = list(_processes())
    others = [process for process in alive if process.pid not in (1, worker)]
    if sum(process.bytes for process in alive) > limit:
        biggest = max(others, key=lambda process: process.bytes, default=None)
        return _end([biggest.pid] if biggest else [], f"this node's processes took more than {limit >> 20} MiB")
    if len(alive) > PROCESSES:
        return _end(_fork_bomb(others), f"this node had more than {PROCESSES} processes")
    return []


def _fork_bomb(others: Sequence[Process]) -> list[int]:
    """Return the processes of the largest group, or all where each has made a group of its own."""
    ((group, members),) = Counter(process.group for process in others).most_common(1)
    return [process.pid for process in others if members == 1 or process.group == group]


def _end(pids: Sequence[int], reason: str) -> list[int]:
    # A group that forks without end would outrun a loop of kills: stopped processes fork no more.
    _signal(pids, signal.SIGSTOP)
    any(_tell(pid, f"\n{reason}, so process {pid} was killed\n") for pid in pids)
    _signal(pids, signal.SIGKILL)
    return list(pids)


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _tell(pid: int, text: str) -> bool:
    """Write into the output of a step why one of its processes is killed; return whether it has an output.

    A process that writes its errors to a file keeps its file as it is.
    """
    path = PROC / str(pid) / "fd/2"
    with suppress(OSError):
        if stat.S_ISFIFO(path.stat().st_mode):
            descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return os.write(descriptor, text.encode()) > 0
            finally:
                os.close(descriptor)
    return False


def _processes() -> Iterator[Process]:
    for name in os.listdir(PROC):  # noqa: PTH208 - four times a second
        if name.isdecimal():
            with suppress(OSError, IndexError):
                resident, shared = (PROC / name / "statm").read_text().split()[1:3]
                # Behind the name, which may hold anything: state ppid pgrp …
                group = (PROC / name / "stat").read_text().rpartition(")")[2].split()[2]
                yield Process(int(name), int(group), (int(resident) - int(shared)) * _PAGE_BYTES)
