"""Running one child process: its output as it comes, its time limit, its cancellation, its end."""

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple, Self

from patchgui.agent.engine.cancel import CancelToken

_CHUNK = 64 * 1024

# How often a process is looked at on a kernel that can't announce its end (before Linux 5.3).
_LOOK_S = 0.02

# A killed process is gone at once, unless it hangs in the kernel; then nothing would help.
_REAP_S = 5.0

# A script that is being written can't be run: a child of another thread that is just starting may have inherited
# the open file. So whoever writes a script, or starts a process, does it alone.
writing_or_starting = threading.Lock()


class CannotStart(Exception):
    """A process can't be started; the text says why."""


class Stop(Enum):
    """Why a process was killed."""

    TIME_LIMIT = auto()
    CANCELLED = auto()


class Ending(NamedTuple):
    """How a process ended: on its own, with an exit status or a signal, or stopped by us."""

    exit_code: int = 0
    signal_text: str = ""
    stopped: Stop | None = None


def run_process(
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    on_start: Callable[[], None],
    on_output: Sequence[Callable[[bytes], None]],
    time_limit_s: float,
    cancel: CancelToken | None,
) -> Ending:
    """Run a program as the leader of a process group and wait for it and for the end of its output.

    A background child that keeps the output open holds it (engine.md §5.4). At the time limit, or when cancelled,
    the whole group is killed at once and what it writes then is dropped.

    Args:
        argv: The program, as a path, and its arguments.
        cwd: Where it runs.
        environment: All of its environment.
        on_start: What to do while the process is starting.
        on_output: Who takes stdout, and who takes stderr.
        time_limit_s: How long it may take, its output included.
        cancel: How to stop it.

    Raises:
        CannotStart: when it can't be started. What ``on_start`` and ``on_output`` raise comes through as it is.
    """
    process = _started(argv, cwd, environment)
    stop: Stop | None = None
    has_ended = False
    try:
        with _Watch(process, on_output, cancel) as watch:
            on_start()
            stop = watch.until_end(time.monotonic() + time_limit_s)
        has_ended = stop is None
    finally:
        # Also when whoever takes the output breaks: nothing of a step may outlive it unseen.
        if not has_ended:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        code = _reaped(process, patience_s=None if has_ended else _REAP_S)
    if code >= 0:
        return Ending(exit_code=code, stopped=stop)
    return Ending(exit_code=-1, signal_text=_signal_text(-code), stopped=stop)


def _started(argv: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        with writing_or_starting:
            return subprocess.Popen(
                argv,
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                process_group=0,
            )
    except (OSError, ValueError) as error:
        # A ValueError: an argument or a variable holds a zero byte.
        errno = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(errno).lower() if errno is not None else str(error)
        where = "" if cwd.is_dir() else f" in working directory {cwd}"
        raise CannotStart(f"fork/exec {argv[0]}{where}: {reason}") from error


class _Watch:
    """What is waited for: both outputs, the end of the process, the request to cancel."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        on_output: Sequence[Callable[[bytes], None]],
        cancel: CancelToken | None,
    ) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._cancel = cancel
        self._pid = process.pid
        self._selector = selectors.DefaultSelector()
        self._pipes = (process.stdout, process.stderr)
        self._open_pipes = len(self._pipes)
        for pipe, take in zip(self._pipes, on_output, strict=True):
            self._selector.register(pipe, selectors.EVENT_READ, take)
        try:
            self._process_fd = os.pidfd_open(process.pid)
            self._selector.register(self._process_fd, selectors.EVENT_READ)
        except OSError:
            self._process_fd = -1
        self._has_ended = False
        if cancel is not None:
            self._selector.register(cancel, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        if self._process_fd >= 0:
            os.close(self._process_fd)
        for pipe in self._pipes:
            pipe.close()

    def until_end(self, deadline: float) -> Stop | None:
        """Pass output on until there is no more and the process has ended; or return why it must be stopped."""
        while self._open_pipes or not self._has_ended:
            left_s = deadline - time.monotonic()
            if self._cancel is not None and self._cancel.cancelled:
                return Stop.CANCELLED
            if left_s <= 0:
                return Stop.TIME_LIMIT
            for key, _ in self._selector.select(left_s if self._process_fd >= 0 else min(left_s, _LOOK_S)):
                self._handle(key)
            if self._process_fd < 0 and not self._has_ended:
                self._has_ended = os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return None

    def _handle(self, key: selectors.SelectorKey) -> None:
        if key.fd == self._process_fd:
            # The process stays a zombie until the end, so that its group can't be taken for somebody else's.
            self._has_ended = True
            self._selector.unregister(key.fileobj)
        elif key.data is not None:
            data = os.read(key.fd, _CHUNK)
            if data:
                key.data(data)
            else:
                self._selector.unregister(key.fileobj)
                self._open_pipes -= 1


def _reaped(process: subprocess.Popen[bytes], patience_s: float | None) -> int:
    """Return the exit code of a process that has ended or was killed, negative for a signal."""
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL


def _signal_text(number: int) -> str:
    text = signal.strsignal(number) or f"signal {number}"
    # "CPU time limit exceeded" and "I/O possible" keep their capitals.
    return text if text[:2].isupper() or text[1:2] == "/" else text[:1].lower() + text[1:]
