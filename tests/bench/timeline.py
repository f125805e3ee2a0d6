"""The timeline of a 10,000-node run: how long does a frame take while somebody scrolls, pans and zooms through it?"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import qasync
from PySide6.QtWidgets import QApplication

from patchgui.patching.progress import NodeProgress
from patchgui.ui.garbage import searched_in_this_thread
from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.timeline.order import Order
from patchgui.ui.run.timeline.view import TimelineView
from patchgui.ui.run.view import RunView
from patchgui.ui.task_scope import TaskScope
from tests.bench.figure import Figure
from tests.bench.offscreen import application
from tests.ui.run.scenes import AWAY, BAD, OK, RUN, SKIP, SUMMARY, WAIT, ScriptedService, node_at, opened

NODES = 10_000
_FRAMES = 60
_SETTLE_S = 0.1
_LIVES = ((OK,) * 6, (OK, OK, OK, BAD, SKIP, OK), (OK, OK, RUN, WAIT, WAIT, WAIT), (OK, OK, OK, OK, AWAY, WAIT))
_TEMPLATES = tuple(node_at("mi-0", "node", *states) for states in _LIVES)


def measure() -> Iterator[Figure]:
    """Yield the 99th percentile over frames of each kind, and what sorting costs once."""
    app = application()
    loop = qasync.QEventLoop(app)
    with loop, searched_in_this_thread():
        frames, sort_ms = loop.run_until_complete(_measured(app))
    frames.sort()
    yield Figure(f"a frame of the timeline of {NODES:,} nodes, p99", frames[int(len(frames) * 0.99)], "ms", "≤ 16 ms")
    yield Figure(f"sorting the timeline of {NODES:,} nodes, once", sort_ms, "ms", "≤ 50 ms")


async def _measured(app: QApplication) -> tuple[list[float], float]:
    scope = TaskScope("bench", _raise)
    presenter = RunPresenter(ScriptedService(), scope)
    run = RunView(presenter)
    run.resize(1440, 900)
    run.show()
    presenter.apply(opened([_node(number) for number in range(NODES)], replace(SUMMARY, node_count=NODES)))
    async with asyncio.timeout(60):
        while presenter.tally.nodes < NODES:  # noqa: ASYNC110 - a model that fills has no event
            await asyncio.sleep(0.01)
    run.matrix.tabs.setCurrentIndex(1)
    await asyncio.sleep(_SETTLE_S)
    view = run.matrix.timeline.view
    found = list(_frames_ms(app, view)), _sort_ms(view)
    await scope.close()
    run.close()
    run.deleteLater()
    return found


def _node(number: int) -> NodeProgress:
    made, late = _TEMPLATES[number % len(_TEMPLATES)], timedelta(seconds=number % 300 / 10)
    phases = tuple(
        replace(
            phase,
            started_at=phase.started_at + late if phase.started_at else None,
            ended_at=phase.ended_at + late if phase.ended_at else None,
        )
        for phase in made.phases
    )
    began = [phase.started_at for phase in phases if phase.started_at]
    return replace(made, instance_id=f"mi-{number:017x}", name=f"node-{number}", phases=phases, started_at=min(began))


def _frames_ms(app: QApplication, view: TimelineView) -> Iterator[float]:
    """Do what a hand does, and wait for the picture each time."""
    rows = view.verticalScrollBar()
    acts: tuple[Callable[[int], object], ...] = (
        lambda frame: rows.setValue(frame * rows.maximum() // _FRAMES),
        lambda frame: view.zoom(1.1 if frame < _FRAMES // 2 else 1 / 1.1),
        lambda frame: view.show_window(view.window_shown.panned(0.5 if frame % 2 else -0.3)),
    )
    for act in acts:
        for frame in range(_FRAMES):
            started = time.perf_counter()
            act(frame)
            app.processEvents()
            yield (time.perf_counter() - started) * 1000


def _sort_ms(view: TimelineView) -> float:
    started = time.perf_counter()
    view.sort(Order.DURATION, descending=True)
    view.viewport().repaint()
    return (time.perf_counter() - started) * 1000


def _raise(name: str, error: Exception) -> None:
    raise RuntimeError(name) from error
