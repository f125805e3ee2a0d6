"""The composition root of the window: makes everything, connects it, and takes it apart again in order.

Nothing that talks to a network or a disk is imported before the window has
been painted: those libraries cost more time than Qt does.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

# PySide6 comes before qasync, which would take any other binding that it finds first.
from PySide6.QtWidgets import QApplication

from patchgui.place import Place
from patchgui.ui.appearance import Appearance
from patchgui.ui.console_window import ConsoleWindow
from patchgui.ui.errors import ErrorSurface
from patchgui.ui.session_gate import SessionGate
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState

if TYPE_CHECKING:
    import asyncio
    from contextlib import AsyncExitStack

    from patchgui.console.session import ConsoleSession

_log = logging.getLogger(__name__)
_LABELS = {"sandbox": "This machine · sandbox", "this-machine": "This machine"}


class _Work:
    """The session that the window works with. One that was replaced stays open to the end: a watch may hold it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._open: AsyncExitStack | None = None
        self._session: ConsoleSession | None = None

    async def connect(self) -> "ConsoleSession":
        """Return a session that answers, starting the agent when there is none. Raises ``PatchError``."""
        if self._session is not None and await self._is_back(self._session):
            return self._session
        from contextlib import AsyncExitStack

        from patchgui.connect import open_session

        self._open = self._open or AsyncExitStack()
        self._session = await self._open.enter_async_context(open_session(self._place))
        return self._session

    async def aclose(self) -> None:
        """Close clients and stores."""
        if self._open is not None:
            await self._open.aclose()

    async def _is_back(self, session: "ConsoleSession") -> bool:
        """Start the agent again where it was; return whether the session finds it there."""
        if not self._place.is_embedded:
            return True
        from patchgui.local_agent import ensure_agent

        known = session.connection.endpoint_url or ""
        port = int(known.rstrip("/").rpartition(":")[2])
        door = await ensure_agent(self._place.state_dir, self._place.nodes, port=port)
        return door.endpoint_url == known


def run_console(place: Place | None = None, *, on_painted: Callable[[], None] | None = None) -> int:
    """Open the window and stay until it is closed; return the exit status.

    ``on_painted`` is called once the window is on screen and may be used: a start-up can be measured by it.
    """
    chosen = place or Place()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
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
    work = _Work(chosen)
    window = ConsoleWindow(SessionGate(work.connect, scope.child("gate")), scope, surface, appearance, state)
    window.shell.open_window()
    app.processEvents()
    if on_painted is not None:
        on_painted()
    return _stay(app, window, scope, work, surface, _label(chosen))


def _stay(
    app: QApplication, window: ConsoleWindow, scope: TaskScope, work: _Work, surface: ErrorSurface, label: str
) -> int:
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
        loop.run_until_complete(_live(window, scope, work, label))
    return 0


async def _live(window: ConsoleWindow, scope: TaskScope, work: _Work, label: str) -> None:
    import asyncio

    closing = asyncio.Event()
    window.close_requested.connect(closing.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Python gets to run at least once a second: the status bar's timer sees to it.
        signal.signal(number, lambda *_: closing.set())
    window.start(label)
    await closing.wait()
    # What is on the nodes goes on; only the watching ends here.
    await scope.close()
    await work.aclose()
    window.close()


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


def _label(options: Place) -> str:
    return _LABELS[options.nodes] if options.is_embedded else options.profile or options.region or "AWS"


def _config_file() -> Path:
    import platformdirs

    return platformdirs.user_config_path("patchgui") / "window.ini"
