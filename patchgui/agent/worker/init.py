"""Process 1 of a sandbox node: takes in the orphans, holds the node to its limits, and ends it when its worker ends."""

import os
import signal
import sys

from patchgui.agent.worker.node_limits import LOOK_S, hold


def fork_from_init() -> bool:
    """Where this process is its namespace's first, go on in a child of it; elsewhere, just go on.

    The first process must wait for every orphan, or services that were stopped stay as zombies. When it exits,
    the kernel kills whatever is left in the namespace: the node is down.

    Returns:
        Whether this process is in a process namespace of its node's own.
    """
    if os.getpid() != 1:
        return False
    worker = os.fork()
    if worker == 0:
        return True
    # The worker's own words are for whoever started it; nothing may hold their pipe open.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    while True:
        _watch(worker)
        signal.sigtimedwait([signal.SIGCHLD], LOOK_S)
        if killed := hold(worker):
            print(f"the node was too big: killed {killed}", file=sys.stderr, flush=True)


def _watch(worker: int) -> None:
    """Take in every process that has ended; end with the worker, as it did, and let it go on where it was stopped."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return
        if pid != worker:
            continue
        if os.WIFSTOPPED(status):
            # A script that stops all it can (kill -STOP -1) must not keep its node from answering and from a cancel.
            os.kill(worker, signal.SIGCONT)
        else:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
