"""What the Runs page asks of the console, and nothing more."""

from typing import TYPE_CHECKING, Protocol

from patchgui.console.rows import RunSummary
from patchgui.ui.run.service import RunService

if TYPE_CHECKING:
    from patchgui.console.archive.entries import HistoryPage, HistoryQuery


class RunsService(RunService, Protocol):
    """Finds runs in the archive, lists those of open connections, follows one. Each coroutine raises ``PatchError``."""

    async def live(self) -> tuple[RunSummary, ...]:
        """Return the runs that the open connections know, newest first."""
        ...

    def open_connections(self) -> frozenset[str]:
        """Return the ids of the connections that are open."""
        ...

    def notice(self) -> str:
        """Return a sentence for the operator when a damaged archive had to be set aside; else empty."""
        ...

    def unanswered(self) -> tuple[str, ...]:
        """Return the labels of the connections that gave no answer to the last question."""
        ...

    async def search(self, query: "HistoryQuery", cursor: str = "", limit: int = 200) -> "HistoryPage":
        """Return archived runs, newest first, from where ``cursor`` points."""
        ...
