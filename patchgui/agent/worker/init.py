"""Process 1 of a sandbox node: takes in the orphans, and ends the node when its worker ends."""

import os


def fork_from_init() -> None:
    """Where this process is its namespace's first, go on in a child of it; elsewhere, just go on.

    The first process must wait for every orphan, or services that were stopped stay as zombies. When it exits,
    the kernel kills whatever is left in the namespace: the node is down.
    """
    if os.getpid() != 1:
        return
    worker = os.fork()
    if worker == 0:
        return
    # The worker's own words are for whoever started it; nothing may hold their pipe open.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    while True:
        pid, status = os.wait()
        if pid == worker:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
