"""Somebody types into the search line of the history: from a letter to its result, and the stalls meanwhile."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from typing_extensions import override

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import HistoryPage, HistoryQuery
from patchgui.console.rows import RunSummary
from patchgui.ui.runs.page import RunsPage
from patchgui.ui.task_scope import TaskScope
from tests.bench.heartbeat import Heartbeat
from tests.ui.run.scenes import ScriptedService

_LOOK_S: Final = 0.002
_DRAWN_WITHIN_S: Final = 0.04
_LINES: Final = (
    "openssl lock",
    "status:failed no space",
    "node:db-0007 by:alice",
)


class _OnlyArchive(ScriptedService):
    """A ``RunsService`` with no connection open."""

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        self._archive = archive

    async def live(self) -> tuple[RunSummary, ...]:
        return ()

    def unanswered(self) -> tuple[str, ...]:
        return ()

    def open_connections(self) -> frozenset[str]:
        return frozenset()

    def notice(self) -> str:
        return ""

    async def search(self, query: HistoryQuery, cursor: str = "", limit: int = 200) -> HistoryPage:
        return await self._archive.search(query, cursor, limit)


@dataclass
class Typed:
    """What was measured, in milliseconds."""

    letters_ms: list[float] = field(default_factory=list)
    gaps_ms: list[float] = field(default_factory=list)


class _Painted(QObject):
    """Takes note of when what it watches has been drawn by Qt itself."""

    last_at = 0.0

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.last_at = time.perf_counter()
        return super().eventFilter(watched, event)


async def type_searches(archive: Archive, scope: TaskScope) -> Typed:
    """Type each line letter by letter, and wait for what each letter finds."""
    page = RunsPage(_OnlyArchive(archive), scope.child("page"))
    page.resize(1240, 850)
    page.show()
    await _until(lambda: page.runs.model.rowCount() > 0)
    painted = _Painted()
    page.list.table.viewport().installEventFilter(painted)
    typed, heartbeat = Typed(), Heartbeat()
    told: list[str] = []
    page.runs.searched.connect(lambda: told.append(page.runs.text))
    for line in _LINES:
        for letter in line:
            told.clear()
            began = time.perf_counter()
            QTest.keyClicks(page.list.line.box, letter)
            await _until(lambda: bool(told))
            told_at = painted.last_at = time.perf_counter()
            # What looks as before is not drawn again.
            await asyncio.sleep(_DRAWN_WITHIN_S)
            typed.letters_ms.append((max(told_at, painted.last_at) - began) * 1000)
        page.list.line.clear()
        told.clear()
        await _until(lambda: bool(told))
    heartbeat.stop()
    typed.gaps_ms = heartbeat.gaps_ms
    page.hide()
    return typed


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - each turn of the loop is looked at
        # A loop that only turned would take the interpreter from the thread that searches, as no idle window does.
        await asyncio.sleep(_LOOK_S)
