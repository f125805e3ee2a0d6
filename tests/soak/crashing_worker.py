"""A worker that kills itself with SIGKILL at a chosen record of its journals, once: before or after it is durable."""

import itertools
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.worker import __main__ as worker
from patchgui.agent.worker.journal import Journal

PLAN = Path(os.environ["CRASH_PLAN"])
"""Holds ``before 3`` or ``after 3``: the number of the write; removed when it has struck."""

_append = Journal.append
_writes = itertools.count(1)


def append(self: Journal, *entries: Mapping[str, Any], durable: bool = True) -> None:
    """Append as ever, and die where the plan says so."""
    moment, _, number = PLAN.read_text().partition(" ") if PLAN.exists() else ("", "", "0")
    is_due = next(_writes) == int(number)
    if is_due and moment == "before":
        _die()
    _append(self, *entries, durable=durable)
    if is_due:
        _die()


def _die() -> None:
    PLAN.unlink()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Journal.append = append  # type: ignore[method-assign]
    sys.exit(worker.main())
