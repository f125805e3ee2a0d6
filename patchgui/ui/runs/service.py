"""What the Runs page asks of the console, and nothing more."""

from typing import Protocol

from patchgui.console.rows import RunSummary
from patchgui.ui.run.service import RunService


class RunsService(RunService, Protocol):
    """The part of a console session that lists runs and follows one. Each coroutine raises ``PatchError``."""

    async def runs(self) -> tuple[RunSummary, ...]:
        """Return the runs, newest first."""
        ...
