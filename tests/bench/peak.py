"""How much more memory a process needs for a while than it had before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RESET_PEAK = "5"  # proc(5), clear_refs


class Growth:
    """The most memory that a process had in use: ``mb`` over what it had at first, ``peak_mb`` in all."""

    mb = 0.0
    peak_mb = 0.0


@contextmanager
def growth_of(pid: int | None = None) -> Iterator[Growth]:
    """Watch a process, this one by default; the growth is there at the end."""
    folder = Path("/proc", str(pid or os.getpid()))
    growth = Growth()
    (folder / "clear_refs").write_text(_RESET_PEAK)
    before = _mb(folder, "VmRSS")
    yield growth
    growth.peak_mb = _mb(folder, "VmHWM")
    growth.mb = max(0.0, growth.peak_mb - before)


def _mb(folder: Path, member: str) -> float:
    lines = (folder / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{member}:"))
