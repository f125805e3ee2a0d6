"""``python -I -m patchgui.agent.worker``: the worker of one node, started by the supervisor inside the node."""

import contextlib
import os
import sys
from collections.abc import Sequence

from patchgui.agent.worker.init import fork_from_init

READY = b"ready\n"
"""Said on stdout when the socket listens."""


def main(argv: Sequence[str] | None = None, *, is_enclosed: bool = False) -> int:
    """Run the worker and return its exit status; ``is_enclosed``: its node has a process namespace of its own."""
    # Behind the fork: the process that only waits has no use for all this.
    from patchgui.agent.worker.node_worker import EXIT_OTHER_WORKER, Worker, hold_lock
    from patchgui.agent.worker.options import parse

    options = parse(sys.argv[1:] if argv is None else argv)
    lock = hold_lock(options.node_dir)
    if lock is None:
        return EXIT_OTHER_WORKER
    # Where scripts run by default is where the worker is: they start a little faster without a change of directory.
    with contextlib.suppress(OSError):
        os.chdir(options.cwd)
    worker = Worker(options, is_enclosed=is_enclosed)
    _say_ready()
    return worker.serve()


def _say_ready() -> None:
    os.write(1, READY)
    # Whoever started the worker may be gone long before it: nothing more goes there.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


if __name__ == "__main__":
    sys.exit(main(is_enclosed=fork_from_init()))
