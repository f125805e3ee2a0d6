"""The composition root of the window: makes everything, connects it, and takes it apart again in order.

Nothing that talks to a network or a disk is imported before the window has
been painted: those libraries cost more time than Qt does.
"""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from patchgui.place import Place
from patchgui.sessions import Sessions
from patchgui.ui.appearance import STYLE, Appearance
from patchgui.ui.connections.code_asker import CodeAsker
from patchgui.ui.console_window import ConsoleWindow
from patchgui.ui.errors import ErrorSurface
from patchgui.ui.garbage import searched_in_this_thread
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtWidgets import QApplication

    from patchgui.ui.notices.window_notices import WindowNotices

_log = logging.getLogger(__name__)


def run_console(place: Place | None = None, *, on_painted: Callable[[], None] | None = None) -> int:
    """Open the window and stay until it is closed; return the exit status.

    ``on_painted`` is called once the window is on screen and may be used: a start-up can be measured by it.
    """
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([*sys.argv[:1], *STYLE])
    assert isinstance(app, QApplication)
    with searched_in_this_thread():
        return _run(app, place or Place(), on_painted)


def _run(app: "QApplication", chosen: Place, on_painted: Callable[[], None] | None) -> int:
    app.setApplicationName("patchgui")
    app.setApplicationDisplayName("Patch Now")
    app.setDesktopFileName("patchgui")
    app.setQuitOnLastWindowClosed(False)
    surface = ErrorSurface()
    _catch_slots(surface)
    state = ViewState(_config_file())
    appearance = Appearance(app)
    appearance.choose(state.theme)
    scope = TaskScope("app", surface.report)
    codes = CodeAsker()
    sessions = Sessions(chosen, codes.ask)
    window = ConsoleWindow(chosen.connection, sessions, scope, surface, appearance, state)
    codes.show_over(window.shell)
    window.shell.open_window()
    app.processEvents()
    if on_painted is not None:
        on_painted()
    return _stay(app, _Life(window, _notices(window, scope), scope, sessions, codes), surface)


def _notices(window: ConsoleWindow, scope: TaskScope) -> "WindowNotices":
    from patchgui.place import notice_file
    from patchgui.ui.notices.window_notices import WindowNotices

    return WindowNotices(window.shell, window.pages, scope.child("notices"), notice_file())


class _Life(NamedTuple):
    """What lives as long as the window, in the order in which it ends."""

    window: ConsoleWindow
    notices: "WindowNotices"
    scope: TaskScope
    sessions: Sessions
    codes: CodeAsker


def _stay(app: "QApplication", life: _Life, surface: ErrorSurface) -> int:
    os.environ.setdefault("QT_API", "pyside6")
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    loop = qasync.QEventLoop(app)
    # qasync's own executor is ten QThreads; plain threads hold no QObject.
    loop.set_default_executor(ThreadPoolExecutor(4, "patchgui"))
    loop.set_exception_handler(_loop_handler(surface))
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_live(life))
    return 0


async def _live(life: _Life) -> None:
    import asyncio
    import signal

    closing = asyncio.Event()
    life.window.close_requested.connect(closing.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Python gets to run at least once a second: the status bar's timer sees to it.
        signal.signal(number, lambda *_: closing.set())
    life.codes.start()
    life.window.start()
    life.notices.start()
    await closing.wait()
    # Nobody will enter a code any more. What is on the nodes goes on; only the watching ends here.
    life.codes.close()
    await life.scope.close()
    await life.sessions.aclose()
    life.notices.close()
    life.window.close()


def _catch_slots(surface: ErrorSurface) -> None:
    """Show what a slot raises: Qt has nobody to raise it to."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            before(kind, error, trace)
        else:
            surface.report("a slot", error)

    sys.excepthook = hook


def _loop_handler(surface: ErrorSurface) -> "Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]":
    def handle(_loop: "asyncio.AbstractEventLoop", context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            surface.report("the event loop", error)
        else:
            _log.error("event loop: %s", context.get("message", ""))

    return handle


def _config_file() -> Path:
    import platformdirs

    return platformdirs.user_config_path("patchgui") / "window.ini"
