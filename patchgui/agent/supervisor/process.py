"""Starting a worker that may outlive the agent, and waiting for processes that need not be children."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from patchgui.ssm.errors import AgentError

START_LIMIT_S = 20.0
"""How long a worker may take until its socket listens."""

_LOG_LIMIT_BYTES = 1024 * 1024


async def start_worker(argv: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """Start a worker in a session of its own and return its process id when its socket listens.

    It is no child of asyncio, which would kill it together with the agent.

    Raises:
        AgentError: it ended or did not get ready in time; the text has its last words.
    """
    read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        _turn_over(log)
        pid = _spawn(argv, environment, log, write_end)
    except OSError as error:
        os.close(read_end)
        raise AgentError(f"The node's worker can't be started: {argv[0]}: {error.strerror}.") from error
    finally:
        os.close(write_end)
    try:
        async with asyncio.timeout(START_LIMIT_S):
            said = await _first_bytes(read_end)
    except TimeoutError:
        said = b""
        os.kill(pid, signal.SIGKILL)
    finally:
        os.close(read_end)
    if said:
        return pid
    status = await reap(pid)
    raise AgentError(f"The node's worker did not start (exit status {status}): {_last_words(log)}")


async def reap(pid: int) -> int:
    """Wait for a child to end and return its exit status, negative for a signal."""
    await ended(pid)
    return _status(pid)


async def ended(pid: int) -> None:
    """Wait for a process to end, child or not; one that does not exist has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        await readable(descriptor)
    finally:
        os.close(descriptor)


async def readable(descriptor: int) -> None:
    """Wait until a descriptor can be read."""
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, _arrive, waiter)
    try:
        await waiter
    finally:
        loop.remove_reader(descriptor)


def _arrive(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _status(pid: int) -> int:
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _turn_over(log: Path) -> None:
    """Make room for new words. The folder is the node's: a link that a script left there would lead out of it."""
    if log.is_symlink() or log.is_fifo():
        log.unlink()
    elif log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".old.log"))


def _spawn(argv: Sequence[str], environment: Mapping[str, str], log: Path, stdout: int) -> int:
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    return os.posix_spawnp(
        argv[0],
        list(argv),
        dict(environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, stdout, 1),
            (os.POSIX_SPAWN_OPEN, 2, str(log), append, 0o600),
        ],
        setsid=True,
        setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGTERM],
        setsigmask=[],
    )


async def _first_bytes(descriptor: int) -> bytes:
    await readable(descriptor)
    return os.read(descriptor, 64)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return f"nothing was written to {log}"
    return lines[-1] if lines else "it said nothing"
