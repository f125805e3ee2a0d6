"""The processes that an interrupted step has left running on this machine."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def end_leftovers(command_id: str, session: int | None, since: float) -> list[int]:
    """Kill what an interrupted step started and return the process ids.

    As with a step that is stopped at its time limit, what made itself a session of its own is left alone
    (engine.md §5.4): a service that the step had started goes on serving.

    Args:
        command_id: The command; its scripts carry the id in their environment.
        session: The session of the worker that ran the step.
        since: When the step started, in epoch seconds.
    """
    if session is None:
        return []
    killed = []
    for pid in _processes_of(command_id):
        if pid != os.getpid() and _session_and_age(pid, session, since):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed.append(pid)
    return killed


def _processes_of(command_id: str) -> Iterator[int]:
    marker = f"SSM_COMMAND_ID={command_id}".encode()
    for entry in PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            # Gone already, or of another user.
            continue
        if marker in environment.split(b"\0"):
            yield int(entry.name)


def _session_and_age(pid: int, session: int, since: float) -> bool:
    try:
        # Behind the name, which may hold anything: state ppid pgrp session … starttime (in ticks since boot).
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    started = boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return int(fields[3]) == session and started >= since - 1
