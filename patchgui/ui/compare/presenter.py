"""Reads two runs from the archive and compares them; touches no widget."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, HistoryPage, HistoryQuery
from patchgui.console.archive.query import parse
from patchgui.console.comparing import compared_run
from patchgui.console.rows import RunView
from patchgui.patching.comparison import Comparison, compare
from patchgui.ssm.errors import PatchError
from patchgui.ui.task_scope import Again, TaskScope

_CANDIDATES: Final = 100


class CompareSource(Protocol):
    """The part of the archive that two runs are read from. Each coroutine raises ``PatchError``."""

    async def run(self, run_id: str) -> ArchivedRun:
        """Return the entry of a run."""
        ...

    async def open(self, run_id: str) -> RunView:
        """Return a run with all its nodes."""
        ...

    async def commands(self, run_id: str) -> tuple[ArchivedCommand, ...]:
        """Return the commands of a run."""
        ...

    async def search(self, query: HistoryQuery, cursor: str = "", limit: int = 200) -> HistoryPage:
        """Return the runs that match, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs and what tells them apart."""

    first: ArchivedRun
    second: ArchivedRun
    found: Comparison


class ComparePresenter(QObject):
    """Knows which two runs are compared."""

    shown = Signal(object)
    """The :class:`Compared` that was asked for last."""
    failed = Signal(object)
    """The ``PatchError`` that kept one of the runs away."""
    candidates_found = Signal(object)
    """A tuple of ``ArchivedRun``: what :meth:`find` found, newest first."""
    candidates_failed = Signal(object)
    """The ``PatchError`` that kept it from finding any."""

    def __init__(self, source: CompareSource, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source, self._scope = source, scope
        self.runs = ("", "")
        """The ids of the two runs, first and second."""

    def open(self, first: str, second: str) -> None:
        """Compare two runs."""
        self.runs = (first, second)
        self._scope.start("compare", self._compare, Again.REPLACE)

    def swap(self) -> None:
        """Let the runs trade places."""
        self.open(self.runs[1], self.runs[0])

    def again(self) -> None:
        """Read both runs once more."""
        self.open(*self.runs)

    def find(self, text: str) -> None:
        """Look for runs to compare with, by words and operators as in the history."""
        self._scope.start("candidates", partial(self._find, text), Again.REPLACE)

    async def _find(self, text: str) -> None:
        try:
            page = await self._source.search(parse(text), limit=_CANDIDATES)
        except PatchError as error:
            self.candidates_failed.emit(error)
        else:
            self.candidates_found.emit(page.runs)

    async def _compare(self) -> None:
        try:
            entries = [await self._source.run(run_id) for run_id in self.runs]
            views = [await self._source.open(run_id) for run_id in self.runs]
            commands = [await self._source.commands(run_id) for run_id in self.runs]
        except PatchError as error:
            self.failed.emit(error)
            return
        sides = [compared_run(*parts) for parts in zip(entries, views, commands, strict=True)]
        # Ten thousand nodes take a while: not in the loop that draws.
        found = await asyncio.to_thread(compare, *sides)
        self.shown.emit(Compared(entries[0], entries[1], found))
