"""What every test of the window stands on: a loop that loses nothing, colours, and a console that follows a script."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self

import pytest
import qasync
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from patchgui.ui.appearance import STYLE, Appearance
from patchgui.ui.run import spans
from patchgui.ui.theme import ThemeChoice
from tests.ui.run.scenes import MADE_AT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the display that is none say what it cannot do: that is no fault of a window."""
    for item in items:
        if "ui" in item.path.parts:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


class _HeldLoop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    """In the program Qt's loop is always the running one; here Qt also turns between the steps of a test."""

    def _after_run_forever(self) -> None:
        super()._after_run_forever()
        asyncio._set_running_loop(self)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """Start the application of the tests as the program's own is started."""
    return ["patchgui", *STYLE]


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """A Qt event loop that fails the test when a task is left over or an exception was lost."""
    loop = _HeldLoop(qapp)
    lost: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: lost.append(context))
    asyncio.set_event_loop(loop)
    asyncio._set_running_loop(loop)
    hooked: list[BaseException] = []
    before, sys.excepthook = sys.excepthook, lambda _kind, error, _trace: hooked.append(error)
    yield loop
    sys.excepthook = before
    left = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in left:
        task.cancel()
    asyncio._set_running_loop(None)
    loop.close()
    asyncio.set_event_loop(None)
    assert not left, f"left over: {left}"
    assert not lost, f"lost: {lost}"
    assert not hooked, f"raised in a slot: {hooked}"


@pytest.fixture
def until(qloop: qasync.QEventLoop) -> Callable[[Callable[[], bool]], None]:
    """Run the loop until a condition holds; a test that waits for nothing fails after five seconds."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - conditions of widgets have no event
                await asyncio.sleep(0.005)

    return lambda condition: qloop.run_until_complete(wait(condition))


class _ClockOfScenes(datetime):
    """A clock that goes on from the moment of the scenes, however long the tests before have taken."""

    behind = timedelta()

    @classmethod
    @override
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) - cls.behind


@pytest.fixture(autouse=True)
def scenes_are_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the run view look at the scenes as if they had just been made: a reboot in them is not lost meanwhile."""
    monkeypatch.setattr(_ClockOfScenes, "behind", datetime.now(UTC) - MADE_AT)
    monkeypatch.setattr(spans, "datetime", _ClockOfScenes)


@pytest.fixture(params=[ThemeChoice.LIGHT, ThemeChoice.DARK])
def each_theme(request: pytest.FixtureRequest, qapp: QApplication) -> ThemeChoice:
    """The application in each of its themes."""
    choice: ThemeChoice = request.param
    Appearance(qapp).choose(choice)
    return choice
