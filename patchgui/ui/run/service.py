"""What the run view asks of the console, and nothing more: a test gives it a script instead."""

from collections.abc import Callable, Mapping
from typing import Protocol

from patchgui.console.events import RunEvent
from patchgui.console.rows import StepOutput
from patchgui.ui.run.again.service import AgainService


class RunService(AgainService, Protocol):
    """The part of a console session that follows one run. Each coroutine raises ``PatchError``."""

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        """Tell everything about a run until it has ended."""

    def tags(self, run_id: str) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of the nodes of the run's connection, by instance id, as far as they are known here."""
        ...

    async def cancel(self, run_id: str) -> None:
        """Cancel every command of the run."""

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node so far."""
        ...
