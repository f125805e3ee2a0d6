"""How a sandbox node is entered: the arguments of bubblewrap, and what the host must have for it.

What keeps a node in, beside its namespaces:

* No capability is left and no user namespace can be made inside. When the agent is root, the node's root *is* the
  host's root to the kernel; capabilities in its own namespace would let it remount ``/usr`` for writing.
* ``/proc`` is read-only: the kernel lets the host's root write ``/proc/sys`` without any capability.
* bubblewrap itself starts with an empty environment (``env -i``): as process 1 of the node it shows its own to
  everybody in there.
* Of the host only ``/usr`` and the parts of this Python are visible, read-only; each node has a network of its own
  without a way out.
* It cannot take the host's memory, disk or processes: see `worker.node_limits`. ``/dev/shm`` is small, and ``/dev`` is
  read-only, or files there would be memory that belongs to no process.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import patchgui
from patchgui import resource
from patchgui.agent.sandbox import cgroup
from patchgui.agent.worker import node_limits

_USR = Path("/usr")
_TOP_LINKS = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")

PROGRAMS = {
    "bwrap": "bubblewrap",
    "prlimit": "util-linux",
    "apt-get": "apt",
    "dpkg": "dpkg",
    "dpkg-deb": "dpkg",
    "apt-ftparchive": "apt-utils",
}
"""The programs that the sandbox needs, and the Debian package that brings each."""


def missing_packages() -> tuple[str, ...]:
    """Return the Debian packages that have to be installed before there can be a sandbox."""
    return tuple(dict.fromkeys(package for program, package in PROGRAMS.items() if shutil.which(program) is None))


def refusal() -> str:
    """Try the namespaces of a node; return why the system refuses them, nothing when it does not."""
    argv = ["bwrap", *_NAMESPACES, *_system(), "--proc", "/proc", "--dev", "/dev", "--", "true"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.stderr.strip() or f"exit status {done.returncode}" if done.returncode else ""


@dataclass(frozen=True)
class Enclosure:
    """One node as bubblewrap shall show it: host folders bound for writing and for reading, by their path inside.

    ``group`` is the control group that counts the node's processes, where there can be one.
    ``sh`` is the host's program that stands where ``/bin/sh`` leads to; None leaves the host's own there.
    """

    hostname: str
    writable: Mapping[Path, Path]
    readable: Mapping[Path, Path]
    boot_id: Path | None = None
    group: Path | None = None
    sh: str | None = None


def command(enclosure: Enclosure, environment: Mapping[str, str], program: Sequence[str]) -> list[str]:
    """Return the argv that runs a program inside a node.

    The program is process 1 of the node: when it ends or is killed, every process of the node ends with it, and
    nobody in there can kill it. What was started, bubblewrap's own process, only waits for it.
    """
    argv = ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), "bwrap", *_NAMESPACES]
    argv += ["--hostname", enclosure.hostname, *_system()]
    if enclosure.sh is not None:
        argv += ["--ro-bind", enclosure.sh, "/bin/sh"]
    # Folders of the node first: what is read-only may lie inside them.
    argv += _binds("--bind", enclosure.writable) + _binds("--ro-bind", enclosure.readable)
    argv += ["--proc", "/proc"]
    if enclosure.boot_id is not None:
        argv += ["--ro-bind", str(enclosure.boot_id), "/proc/sys/kernel/random/boot_id"]
    argv += ["--remount-ro", "/proc", *_DEVICES, "--remount-ro", "/", "--chdir", "/", "--", *_limits(), *program]
    return argv if enclosure.group is None else cgroup.within(enclosure.group, node_limits.PROCESSES, argv)


def _limits() -> tuple[str, ...]:
    """Return what starts a program that takes no more than a node may; the kernel spares root the first limit."""
    numbers = f"--nproc={node_limits.PROCESSES}", f"--data={node_limits.memory_bytes()}"
    return ("prlimit", *numbers, f"--fsize={node_limits.FILE_BYTES}", "--core=0", "--")


_SHARED_MEMORY = ("--size", str(64 * 1024 * 1024), "--tmpfs", "/dev/shm")  # noqa: S108 - the node's, not the host's
_DEVICES = ("--dev", "/dev", *_SHARED_MEMORY, "--remount-ro", "/dev")


_NAMESPACES = (
    *("--unshare-user", "--uid", "0", "--gid", "0", "--disable-userns", "--cap-drop", "ALL"),
    *("--unshare-pid", "--as-pid-1", "--unshare-uts", "--unshare-ipc", "--unshare-net", "--unshare-cgroup-try"),
    "--new-session",
)


def _binds(option: str, folders: Mapping[Path, Path]) -> list[str]:
    """Return the arguments that bind host folders; outer paths come first, so that none hides an inner one."""
    ordered = sorted(folders.items(), key=lambda item: item[0].parts)
    return [word for inside, host in ordered for word in (option, str(host), str(inside))]


@cache
def _system() -> tuple[str, ...]:
    """Return the arguments that show the host's programs; ``/bin`` and its like are links on any recent system."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in _TOP_LINKS:
        path = Path("/", name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    return tuple(words)


def alternatives() -> dict[Path, Path]:
    """Return where the host says which of several programs a name in ``/usr/bin`` stands for."""
    path = Path("/etc/alternatives")
    return {path: path} if path.is_dir() else {}


@cache
def python_parts() -> tuple[Path, ...]:
    """Return the host's folders and files that this Python and this program need, beside those in ``/usr``.

    Only these parts are bound, never a whole prefix: a Python in ``~/.local`` has secrets for neighbours.
    """
    real = Path(sys.executable).resolve()
    prefixes = (Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve(), real.parent.parent)
    parts = [prefix / name for prefix in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    package = Path(patchgui.__file__).resolve().parent
    return _outermost(path for path in (*parts, package, resource.folder()) if path.exists())


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Drop paths that lie in others of the list, or in the system that is visible anyway."""
    kept: list[Path] = []
    for path in sorted(set(paths), key=lambda path: path.parts):
        if not any(path.is_relative_to(other) for other in (_USR, *kept)):
            kept.append(path)
    return tuple(kept)
