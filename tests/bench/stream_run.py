"""A 10,000-node run streams into the run view: how long does the window's loop stand still?"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import qasync
from PySide6.QtCore import QTimer

from patchgui.console.events import NodesChanged, RunChanged
from patchgui.console.rows import RunCounts
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.ui.garbage import searched_in_this_thread
from patchgui.ui.run.grouping import BY_PHASE
from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.view import RunView
from patchgui.ui.task_scope import TaskScope
from tests.bench.figure import Figure
from tests.bench.heartbeat import Heartbeat
from tests.bench.offscreen import application
from tests.ui.run.scenes import ScriptedService, node_at, opened

NODES = 10_000
PAGE = 50
_PAGE_EVERY_MS = 2
_SETTLE_MS = 200
_FRAME_MS = 16.7
_OK, _RUN, _WAIT = PhaseState.SUCCESS, PhaseState.RUNNING, PhaseState.WAITING
_MOVING = [[_OK] * done + [_RUN] + [_WAIT] * (5 - done) for done in range(6)]
_STAGES = tuple(tuple(states) for states in (*_MOVING, [_OK] * 6))


class _Feed:
    """Hands the presenter a page of changed nodes every few milliseconds, until every node has ended."""

    def __init__(self, presenter: RunPresenter) -> None:
        self._presenter = presenter
        self.done = asyncio.Event()
        self._pages = _pages()
        self._timer = QTimer()
        self._timer.timeout.connect(self._next)

    def start(self) -> None:
        """Begin with the first page."""
        self._timer.start(_PAGE_EVERY_MS)

    def _next(self) -> None:
        page = next(self._pages, None)
        if page is None:
            self._timer.stop()
            QTimer.singleShot(_SETTLE_MS, self.done.set)
            return
        self._presenter.apply(NodesChanged(page))
        self._presenter.apply(RunChanged("InProgress", RunCounts(total=NODES)))


def _fresh(number: int, stage: int) -> NodeProgress:
    made = _TEMPLATES[stage]
    return replace(made, instance_id=f"mi-{number:017x}", name=f"node-{number}")


_TEMPLATES = tuple(node_at("mi-0", "node", *states) for states in _STAGES)


def _pages() -> Iterator[tuple[NodeProgress, ...]]:
    for stage in range(1, len(_STAGES)):
        for first in range(0, NODES, PAGE):
            yield tuple(_fresh(number, stage) for number in range(first, first + PAGE))


def measure() -> Iterator[Figure]:
    """Yield the longest and the 99th percentile of the loop's stalls."""
    loop = qasync.QEventLoop(application())
    # As in the window, see its application: Python's own search would come in the middle of a frame.
    with loop, searched_in_this_thread():
        for what, look in _LOOKS.items():
            worst = sorted(_worst_per_frame(loop.run_until_complete(_gaps_ms(look))))
            yield Figure(f"longest stall while {NODES:,} nodes stream in{what}", worst[-1], "ms", "≤ 33 ms")
            p99 = worst[int(len(worst) * 0.99)]
            yield Figure(f"the worst of each frame{what}, 99th percentile", p99, "ms", "≤ 16 ms")


def _as_opened(_view: RunView) -> None:
    """Look at nodes × phases."""


def _in_groups(view: RunView) -> None:
    view.matrix.groups.chosen.emit(BY_PHASE, {})


def _timeline(view: RunView) -> None:
    view.matrix.tabs.setCurrentIndex(1)


_LOOKS: dict[str, Callable[[RunView], None]] = {"": _as_opened, ", grouped": _in_groups, ", on the timeline": _timeline}


def _worst_per_frame(gaps: list[float]) -> list[float]:
    """Return the longest gap of each frame: the loop turns so often that a percentile over turns says nothing."""
    worst, longest, spent = [], 0.0, 0.0
    for gap in gaps:
        longest, spent = max(longest, gap), spent + gap
        if spent >= _FRAME_MS:
            worst.append(longest)
            longest = spent = 0.0
    return worst


async def _gaps_ms(look: Callable[[RunView], None]) -> list[float]:
    scope = TaskScope("bench", _raise)
    presenter = RunPresenter(ScriptedService(), scope)
    view = RunView(presenter)
    view.resize(1440, 900)
    view.show()
    presenter.apply(opened([_fresh(number, 0) for number in range(PAGE)]))
    look(view)
    await asyncio.sleep(_SETTLE_MS / 1000)
    feed, heart = _Feed(presenter), Heartbeat()
    feed.start()
    await feed.done.wait()
    heart.stop()
    await scope.close()
    view.close()
    view.deleteLater()
    return heart.gaps_ms


def _raise(name: str, error: Exception) -> None:
    raise RuntimeError(name) from error
