"""The worker's own files, which a script on the node can spoil: what is none of them is moved out of the way."""

import os
import stat
import sys
import time
from pathlib import Path

_FOLDERS = frozenset({"journal", "orchestration", "done", "corrupt", "put-aside"})

_MOST_BYTES = 512 * 1024 * 1024


def put_aside(node_dir: Path) -> None:
    """Move aside what stands where the worker keeps a file or a folder and is none, or is too large to be read.

    A pipe would hold the worker for ever, a folder in the place of a journal would end it at each start.
    """
    take_back(node_dir)
    for folder in (node_dir, node_dir / "journal", node_dir / "journal/done", node_dir / "journal/corrupt"):
        if folder.is_dir():
            for path in folder.iterdir():
                if _is_sound(path):
                    take_back(path)
                else:
                    aside = node_dir / "put-aside"
                    aside.mkdir(mode=0o700, exist_ok=True)
                    path.rename(aside / f"{path.name}.{time.time_ns()}")
                    print(f"{path} is not what the worker keeps there; it was put aside", file=sys.stderr)


def take_back(path: Path) -> None:
    """Let the worker use its own file or folder again where a script has taken its permissions away (chmod 000)."""
    status = path.stat()
    needed = stat.S_IRWXU if stat.S_ISDIR(status.st_mode) else stat.S_IRUSR | stat.S_IWUSR
    if status.st_uid == os.geteuid() and status.st_mode & needed != needed:
        path.chmod(stat.S_IMODE(status.st_mode) | needed)


def is_small_file(path: Path, limit: int) -> bool:
    """Whether a path leads to a file of a sane size, which can be read without waiting for anybody."""
    try:
        status = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= limit


def _is_sound(path: Path) -> bool:
    status = os.lstat(path)
    if path.name in _FOLDERS:
        return stat.S_ISDIR(status.st_mode)
    return stat.S_ISREG(status.st_mode) and status.st_size <= _MOST_BYTES
