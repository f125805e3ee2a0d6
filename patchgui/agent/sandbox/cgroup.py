"""A control group for the processes of a node: where the agent is root, only this makes the kernel count them.

The kernel spares root from the limit on processes that binds everybody else, and root inside a node is the host's.
Where there is no control group to be had, as in most containers, process 1 of the node looks at the number itself.
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

_NAME = "patchgui"
_MOUNTS = Path("/proc/self/mounts")

# Whatever fails, the program is started: this limit is not the only one.
_JOIN = (
    'group=$1; limit=$2; shift 2; { mkdir -p "$group"; echo "$limit" > "$group/pids.max"; '
    'echo $$ > "$group/cgroup.procs"; } 2> /dev/null; exec "$@"'
)


def within(group: Path, limit: int, argv: Sequence[str]) -> list[str]:
    """Return the argv that runs a program in a control group of at most ``limit`` processes."""
    return ["sh", "-c", _JOIN, "sh", str(group), str(limit), *argv]


def group_for(folder: Path) -> Path | None:
    """Return the control group for the node that lives in a folder; None where there can be none."""
    groups = _groups()
    return groups / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16] if groups else None


def sweep() -> None:
    """Remove the groups of nodes that are down; one with a process in it can't be removed."""
    groups = _groups()
    if groups is not None:
        for group in groups.iterdir():
            with suppress(OSError):
                group.rmdir()


@cache
def _groups() -> Path | None:
    """Return the folder of our control groups, made ready; None where the kernel or a container refuses it."""
    if os.geteuid() != 0:
        return None
    for line in _MOUNTS.read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2" or (kind == "cgroup" and "pids" in options.split(",")):
            with suppress(OSError):
                return _made(Path(place, _NAME), is_second=kind == "cgroup2")
    return None


def _made(groups: Path, *, is_second: bool) -> Path:
    """Make the folder of the groups and try it.

    Raises:
        OSError: no group in it could count processes.
    """
    groups.mkdir(exist_ok=True)
    if is_second:
        (groups / "cgroup.subtree_control").write_text("+pids")
    probe = groups / f"probe-{os.getpid()}"
    probe.mkdir()
    try:
        (probe / "pids.max").write_text("max")
    finally:
        probe.rmdir()
    return groups
