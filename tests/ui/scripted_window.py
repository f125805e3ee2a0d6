"""The whole window on scripted sessions, one for each connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QWidget

from patchgui.console.connection import SANDBOX, Connection
from patchgui.console.events import ImportProgress, RunEvent
from patchgui.console.rows import RunSummary
from patchgui.ssm.errors import PatchError
from patchgui.ssm.meter import Meter
from patchgui.ui.appearance import Appearance
from patchgui.ui.console_window import ConsoleWindow
from patchgui.ui.errors import ErrorSurface
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from tests.ui.patch_now.scenes import ScriptedConsole
from tests.ui.scripted_connections import ScriptedConnections

STARTED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ARN = "arn:aws:sts::123456789012:assumed-role/patching/jo"


def summary(status: str, run_id: str = "run-7", started_at: datetime = STARTED) -> RunSummary:
    return RunSummary(
        run_id, "Patch now, 3 nodes", "AWS-RunPatchBaselineWithHooks", "Install", "", status, started_at, None, 3, 1, 0
    )


class Session(ScriptedConsole):
    """A scripted console with what else a session has."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection
        self.meter = Meter()
        self.known: tuple[RunSummary, ...] = ()
        self.watched: list[str] = []
        self.resets = 0
        self.gone: PatchError | None = None
        self.slow: asyncio.Event | None = None
        self.told: tuple[RunEvent, ...] = ()
        """What a watch tells before it waits for ever."""
        self.imported: tuple[ImportProgress, ...] = ()

    async def nodes(self) -> AsyncIterator[Any]:
        if self.gone is not None:
            raise self.gone
        async for page in super().nodes():
            yield page

    async def runs(self) -> tuple[RunSummary, ...]:
        await asyncio.sleep(0)
        if self.slow is not None:
            await self.slow.wait()
        if self.gone is not None:
            raise self.gone
        return self.known

    async def keep_archive(self, tell: Callable[[ImportProgress], None]) -> None:
        for progress in self.imported:
            tell(progress)
        await asyncio.Event().wait()

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        self.watched.append(run_id)
        for event in self.told:
            emit(event)
        await asyncio.Event().wait()

    async def reset_sandbox(self) -> None:
        self.resets += 1

    async def identity(self) -> str:
        if self.gone is not None:
            raise self.gone
        return ARN


class Stage:
    """The window with everything around it; ``session`` is that of the connection that it opens with."""

    def __init__(self, app: QApplication, folder: Path, first: Connection = SANDBOX) -> None:
        self.sessions: dict[str, Session] = {}
        self.session = self.at(first)
        self.error: PatchError | None = None
        self.surface = ErrorSurface()
        self.scope = TaskScope("app", self.surface.report)
        self.state = ViewState(folder / "window.ini")
        self.service = ScriptedConnections(folder, self._connect)
        self.window = ConsoleWindow(first, self.service, self.scope, self.surface, Appearance(app), self.state)

    async def aclose(self) -> None:
        """End all work, then close the archive."""
        await self.scope.close()
        await self.service.archive().aclose()

    def at(self, connection: Connection) -> Session:
        """Return the session of a connection."""
        return self.sessions.setdefault(connection.id, Session(connection))

    def _connect(self, connection: Connection) -> Any:
        if self.error is not None:
            raise self.error
        return self.at(connection)

    @property
    def words(self) -> str:
        """What the window says."""
        return words(self.window.shell)


def words(widget: QWidget) -> str:
    """Return the texts of all labels that can be seen."""
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if found.isVisible())
