"""A million invocations in the archive: how long a search takes, and a run of 10,000 nodes until it can be seen."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import qasync
from PySide6.QtWidgets import QWidget

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.query import parse
from patchgui.console.events import RunOpened
from patchgui.ui.garbage import searched_in_this_thread
from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.view import RunView
from patchgui.ui.task_scope import TaskScope
from tests.bench.archived_fleet import INVOCATIONS, LARGEST, LARGEST_RUN, RUNS
from tests.bench.figure import Figure
from tests.bench.offscreen import application
from tests.bench.peak import growth_of
from tests.bench.typed_search import Typed, type_searches
from tests.ui.run.scenes import ScriptedService

LINES = (
    *("", "status:failed", "connection:production by:alice", "since:30d", "node:db-0007", "node:db", "node:1"),
    *("openssl", "lock", "web", "pa", "installedcount", "snapshotid", "mi-0", "exit 100", "chg48123", "week"),
    *("openssl-3.0.2", "openssl-9.9.9", "/var/lib/dpkg/lock-frontend", "python3.10 3.10.12", "zzznothing"),
    *('"Setting up openssl"', '"Could not get lock"', '"status=3/FAILURE"', '"lock get not Could"'),
    *("status:failed openssl", "connection:lab by:erin lock", "phase:install No space left", "web-0042"),
    *("node:cache status:failed shop.service", "patchgroup web openssl lock curl", "until:300d unattended-upgr"),
)
"""What people look for: rare and common words, phrases, versions, paths, filters, and what is nowhere."""
_ROUNDS = 3
_SETTLE_S = 0.2
_GOAL_MB = 400.0


@dataclass
class _Measured:
    searches_ms: list[float] = field(default_factory=list)
    open_ms: float = 0.0
    whole_ms: float = 0.0
    typed: Typed = field(default_factory=Typed)


def measure() -> Iterator[Figure]:
    """Yield the times and what they cost in memory and on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tests.bench.archived_fleet", str(path)], check=True)
        written_s = time.perf_counter() - began
        loop = qasync.QEventLoop(application())
        with loop, searched_in_this_thread(), growth_of() as memory:
            measured = loop.run_until_complete(_use(path))
        size_mb = path.stat().st_size / (1 << 20)
    searches = sorted(measured.searches_ms)
    what = f"search {INVOCATIONS:,} invocations of {RUNS} runs"
    yield Figure(f"{what}, p95", searches[int(len(searches) * 0.95)], "ms", "≤ 50 ms")
    yield Figure(f"  the median of {len(LINES)} kinds of search", searches[len(searches) // 2], "ms", "–")
    yield Figure(f"open a run of {LARGEST:,} nodes, to the first picture", measured.open_ms, "ms", "≤ 300 ms")
    yield Figure("  until every node of it is in place", measured.whole_ms, "ms", "–")
    letters = sorted(measured.typed.letters_ms)
    yield Figure("a letter in the search line, to its result, p95", letters[-1 - len(letters) // 20], "ms", "–")
    yield Figure("  longest stall of the window meanwhile", max(measured.typed.gaps_ms), "ms", "≤ 33 ms")
    yield Figure("memory of the process meanwhile, window and all", memory.peak_mb, "MB", f"≤ {_GOAL_MB:.0f} MB")
    yield Figure("the archive on the disk", size_mb, "MB", "–")
    yield Figure(f"writing it, {INVOCATIONS // written_s:,.0f} invocations/s", written_s, "s", "–")


async def _use(path: Path) -> _Measured:
    measured = _Measured()
    window = QWidget()  # idle, as the list of runs is
    window.show()
    async with Archive(path) as archive:
        for _ in range(_ROUNDS):
            for line in LINES:
                began = time.perf_counter()
                await archive.search(parse(line))
                measured.searches_ms.append((time.perf_counter() - began) * 1000)
        await _open(archive, measured)
        scope = TaskScope("typing", _raise)
        measured.typed = await type_searches(archive, scope)
        await scope.close()
    window.close()
    return measured


async def _open(archive: Archive, measured: _Measured) -> None:
    """Open the largest run in a window that shows that it is being fetched."""
    scope = TaskScope("bench", _raise)
    presenter = RunPresenter(ScriptedService(), scope)
    view = RunView(presenter)
    view.resize(1440, 900)
    view.show()
    await asyncio.sleep(_SETTLE_S)
    began = time.perf_counter()
    presenter.apply(RunOpened(await archive.open(LARGEST_RUN)))
    await _rows(presenter, 1)
    view.repaint()
    measured.open_ms = (time.perf_counter() - began) * 1000
    await _rows(presenter, LARGEST)
    measured.whole_ms = (time.perf_counter() - began) * 1000
    await scope.close()


async def _rows(presenter: RunPresenter, count: int) -> None:
    """Wait for so many rows, looking at each turn of the loop."""
    while presenter.model.rowCount() < count:  # noqa: ASYNC110 - a signal of the model would be a part of what is measured
        await asyncio.sleep(0)


def _raise(name: str, error: Exception) -> None:
    raise RuntimeError(name) from error
