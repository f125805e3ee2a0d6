"""A Qt event loop that notices lost tasks, a scope whose failures fail the test, and a run view on it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from patchgui.ui.appearance import Appearance
from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.view import RunView
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.theme import ThemeChoice
from tests.ui.run.scenes import ScriptedService

_TURNS = 400


class _HeldLoop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    """In the program Qt's loop is always the running one; here Qt also turns between the steps of a test."""

    def _after_run_forever(self) -> None:
        super()._after_run_forever()
        asyncio._set_running_loop(self)


class Loop:
    """The window's own event loop, run as long as a test wants something to become true."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.loop = _HeldLoop(app)
        self.failures: list[tuple[str, Exception]] = []
        self.scope = TaskScope("test", lambda name, error: self.failures.append((name, error)))
        self.lost: list[dict[str, object]] = []
        self.loop.set_exception_handler(lambda _loop, context: self.lost.append(context))

    def until(self, holds: Callable[[], object]) -> None:
        """Run until ``holds()``; give up, and fail, after a few seconds."""

        async def wait() -> None:
            for _ in range(_TURNS):
                if holds():
                    return
                await asyncio.sleep(0.01)
            pytest.fail(f"did not become true: {holds}")

        self._run(wait())

    def call(self, action: Callable[[], object]) -> None:
        """Call something that starts tasks, inside the running loop."""

        async def act() -> None:
            action()

        self._run(act())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(work)

    def close_scope(self) -> None:
        """End all tasks; nothing starts any more."""
        self._run(self.scope.close())

    def close(self) -> None:
        self.close_scope()
        asyncio._set_running_loop(None)
        left = [task for task in asyncio.all_tasks(self.loop) if not task.done()]
        self.loop.close()
        assert not left, left
        assert not self.failures, self.failures
        assert not self.lost, self.lost


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[Loop]:
    loop = Loop(qapp)
    asyncio.set_event_loop(loop.loop)
    asyncio._set_running_loop(loop.loop)
    yield loop
    loop.close()
    asyncio.set_event_loop(None)


@dataclass
class Screen:
    """A run view with its presenter and the console behind it, on a loop."""

    loop: Loop
    service: ScriptedService
    presenter: RunPresenter
    view: RunView

    def open(self) -> None:
        """Open the run that the service knows and wait until it is on screen."""
        self.view.show_loading()
        self.loop.call(lambda: self.presenter.watch("run-1"))
        self.loop.until(lambda: self.presenter.summary is not None and self.presenter.tally.nodes)


@pytest.fixture
def screen(qloop: Loop, qapp: QApplication) -> Iterator[Screen]:
    Appearance(qapp).choose(ThemeChoice.LIGHT)
    service = ScriptedService()
    presenter = RunPresenter(service, qloop.scope.child("run"))
    view = RunView(presenter)
    view.resize(1400, 860)
    view.show()
    yield Screen(qloop, service, presenter, view)
    view.close()
    view.deleteLater()
    presenter.deleteLater()
