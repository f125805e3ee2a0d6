"""The processes that an interrupted step has left running on this machine."""

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")

_ROUNDS = 20
"""How often is looked again for what a dying process has started meanwhile."""

_PATIENCE_S = 5.0


def end_leftovers(command_id: str, session: int | None, since_up: float | None) -> list[int]:
    """Kill what an interrupted step started, wait until it is gone and return the process ids.

    As with a step that is stopped at its time limit, what made itself a session of its own is left alone
    (engine.md §5.4): a service that the step had started goes on serving.

    Args:
        command_id: The command; its scripts carry the id in their environment.
        session: The session of the worker that ran the step.
        since_up: When the step started, in seconds since the machine did; None when that is not known.
    """
    killed: list[int] = []
    if session is None:
        return killed
    for _ in range(_ROUNDS):
        found = [pid for pid in _processes_of(command_id, session) if _is_as_young(pid, since_up)]
        if not found:
            break
        for pid in found:
            _kill(pid)
        killed += found
    return killed


def _kill(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return
    try:
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        # It may still be about to run: only when it is gone is it sure that it never does.
        select.select([descriptor], [], [], _PATIENCE_S)
    except ProcessLookupError:
        return
    finally:
        os.close(descriptor)


def _processes_of(command_id: str, session: int) -> Iterator[int]:
    marker = f"SSM_COMMAND_ID={command_id}".encode()
    # A fork of the killed worker that has not become the script yet is still the worker by its looks. In a new
    # namespace the number of the session may be that of this worker, whose own forks are none of them.
    unborn_program = "" if session == os.getsid(0) else _program(PROC / "self")
    for entry in PROC.iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        if _number(entry, _SESSION) != session or _field(entry, 0) in _DEAD:
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            # Gone already, or of another user.
            continue
        is_script = any(each.startswith(b"SSM_COMMAND_ID=") for each in environment)
        if marker in environment or (unborn_program and not is_script and _program(entry) == unborn_program):
            yield int(entry.name)


def _program(entry: Path) -> str:
    try:
        return os.readlink(entry / "exe")  # noqa: PTH115 - the text, whatever it leads to
    except OSError:
        return ""


def _is_as_young(pid: int, since_up: float | None) -> bool:
    ticks = _number(PROC / str(pid), _START_TICKS)
    return since_up is None or ticks / os.sysconf("SC_CLK_TCK") >= since_up - 1


# Behind the name, which may hold anything: state ppid pgrp session … starttime (in ticks since boot).
_DEAD = ("Z", "X", "")
_SESSION = 3
_START_TICKS = 19


def _number(entry: Path, index: int) -> int:
    return int(_field(entry, index) or -1)


def _field(entry: Path, index: int) -> str:
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()[index]
    except (OSError, IndexError):
        return ""
