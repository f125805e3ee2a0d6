"""Running one child process: its output as it comes, its time limit, its cancellation, its end."""

import math
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from patchgui.agent.engine.cancel import CancelToken

_CHUNK = 64 * 1024

# How often a process is looked at on a kernel that can't announce its end (before Linux 5.3).
_LOOK_S = 0.02

# How often one that was killed is looked at.
_LOOK_AFTER_KILL_S = 0.001

# What Python ignores, a script must not.
_RESTORED_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ)

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
    child = _started(argv, cwd, environment)
    stop: Stop | None = None
    has_ended = False
    try:
        with _Watch(child, on_output, cancel) as watch:
            on_start()
            stop = watch.until_end(time.monotonic() + time_limit_s)
        has_ended = stop is None
    finally:
        # Also when whoever takes the output breaks: nothing of a step may outlive it unseen.
        if not has_ended:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        status = os.waitpid(child.pid, 0)[1] if has_ended else _status_of_killed(child.pid)
    if not os.WIFSIGNALED(status):
        return Ending(exit_code=os.WEXITSTATUS(status), stopped=stop)
    return Ending(exit_code=-1, signal_text=_signal_text(status), stopped=stop)


class _Child(NamedTuple):
    """A process that was started, and the ends of the pipes that it writes to."""

    pid: int
    stdout: int
    stderr: int


def _started(argv: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> _Child:
    stdout, stdout_in = os.pipe2(os.O_CLOEXEC)
    stderr, stderr_in = os.pipe2(os.O_CLOEXEC)
    try:
        with writing_or_starting:
            pid = _pid_of_new(argv, cwd, environment, stdout_in, stderr_in)
    except (OSError, ValueError) as error:
        os.close(stdout)
        os.close(stderr)
        # A ValueError: an argument or a variable holds a zero byte.
        errno = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(errno).lower() if errno is not None else str(error)
        where = "" if cwd.is_dir() else f" in working directory {cwd}"
        raise CannotStart(f"fork/exec {argv[0]}{where}: {reason}") from error
    finally:
        os.close(stdout_in)
        os.close(stderr_in)
    return _Child(pid, stdout, stderr)


def _pid_of_new(argv: Sequence[str], cwd: Path, environment: Mapping[str, str], stdout: int, stderr: int) -> int:
    if os.fspath(cwd) == os.getcwd():  # noqa: PTH109 - a Path would cost more than the call
        # The quick way, and the usual one: a step of "true" takes a fifth less. It can't change the directory.
        files = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, stdout, 1),
            (os.POSIX_SPAWN_DUP2, stderr, 2),
        )
        _keep_inherited_files()
        return os.posix_spawn(
            argv[0], list(argv), environment, file_actions=files, setpgroup=0, setsigdef=_RESTORED_SIGNALS
        )
    process = subprocess.Popen(
        argv, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, process_group=0
    )
    # It is waited for by its id, however it was started: nothing is left for this object to do.
    process.returncode = 0
    return process.pid


@cache
def _keep_inherited_files() -> None:
    """Keep from scripts what this process was started with; what Python opens, it keeps to itself anyway."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not paths
        if int(name) > 2:
            # The folder that is being listed is in its own list, and closed by now.
            with suppress(OSError):
                os.set_inheritable(int(name), False)


class _Watch:
    """What is waited for: both outputs, the end of the process, the request to cancel."""

    def __init__(self, child: _Child, on_output: Sequence[Callable[[bytes], None]], cancel: CancelToken | None) -> None:
        self._pid = child.pid
        self._cancel = cancel
        self._outputs = (child.stdout, child.stderr)
        self._takers = dict(zip(self._outputs, on_output, strict=True))
        self._poll = select.poll()
        for output in self._outputs:
            self._poll.register(output, select.POLLIN)
        try:
            self._process_fd = os.pidfd_open(child.pid)
            self._poll.register(self._process_fd, select.POLLIN)
        except OSError:
            self._process_fd = -1
        self._has_ended = False
        if cancel is not None:
            self._poll.register(cancel.fileno(), select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in (*self._outputs, self._process_fd):
            if descriptor >= 0:
                os.close(descriptor)

    def until_end(self, deadline: float) -> Stop | None:
        """Pass output on until there is no more and the process has ended; or return why it must be stopped."""
        while self._takers or not self._has_ended:
            left_s = deadline - time.monotonic()
            if self._cancel is not None and self._cancel.cancelled:
                return Stop.CANCELLED
            if left_s <= 0:
                return Stop.TIME_LIMIT
            patience_s = left_s if self._process_fd >= 0 else min(left_s, _LOOK_S)
            for descriptor, _ in self._poll.poll(math.ceil(patience_s * 1000)):
                self._handle(descriptor)
            if self._process_fd < 0 and not self._has_ended:
                self._has_ended = os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return None

    def _handle(self, descriptor: int) -> None:
        if descriptor == self._process_fd:
            # The process stays a zombie until the end, so that its group can't be taken for somebody else's.
            self._has_ended = True
            self._poll.unregister(descriptor)
        elif descriptor in self._takers:
            data = os.read(descriptor, _CHUNK)
            if data:
                self._takers[descriptor](data)
            else:
                self._poll.unregister(descriptor)
                del self._takers[descriptor]


def _status_of_killed(pid: int) -> int:
    """Return the wait status of a process that was killed; one that hangs in the kernel is left to itself."""
    deadline = time.monotonic() + _REAP_S
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        select.select((), (), (), _LOOK_AFTER_KILL_S)
    return signal.SIGKILL


def _signal_text(status: int) -> str:
    """Return how Go calls the signal that ended a process."""
    number = os.WTERMSIG(status)
    text = signal.strsignal(number) or f"signal {number}"
    # "CPU time limit exceeded" and "I/O possible" keep their capitals.
    text = text if text[:2].isupper() or text[1:2] == "/" else text[:1].lower() + text[1:]
    return f"{text} (core dumped)" if os.WCOREDUMP(status) else text
