"""The service of windows: what the API and `main` use of this package."""

from datetime import UTC, datetime

from patchgui.agent.clock import Clock
from patchgui.agent.commands.sending import CommandSender
from patchgui.agent.commands.service import KEEP_S
from patchgui.agent.moments import MomentWatch
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore
from patchgui.agent.windows.executions import ExecutionRepository
from patchgui.agent.windows.planning import Nodes
from patchgui.agent.windows.registry import WindowRegistry
from patchgui.agent.windows.repository import WindowRepository
from patchgui.agent.windows.runner import WindowRunner


class WindowService:
    """Windows from CreateMaintenanceWindow to the end of their executions; ``nodes`` are those that they may reach."""

    def __init__(self, database: Database, tags: TagStore, nodes: Nodes, commands: CommandSender, clock: Clock) -> None:
        repository = WindowRepository(database)
        self.executions = ExecutionRepository(database)
        self.nodes = nodes
        self._clock = clock
        self._runner = WindowRunner(repository, self.executions, commands, nodes, clock)
        self._watch = MomentWatch(
            "maintenance windows", next_at=self._runner.next_at, run_due=self._runner.run_due, clock=clock
        )
        self.registry = WindowRegistry(repository, tags, clock, changed=self._watch.moved)

    @property
    def is_waiting(self) -> bool:
        """Whether a window is still to open, or is open: an agent that stopped would miss its moment."""
        return self._runner.next_at() is not None or bool(self.executions.open())

    def start(self) -> None:
        """Go on with what was under way, open what is overdue, and from now on every window at its moment.

        Executions are remembered for as long as commands are.
        """
        self.executions.prune(self.now().timestamp() - KEEP_S)
        self._watch.start()

    async def stop(self) -> None:
        """Open nothing any more; commands that were sent go on."""
        await self._watch.stop()

    def run_due(self) -> None:
        """Open the windows whose moment has come, and take every execution as far as it goes for now."""
        self._runner.run_due()

    def command_ended(self) -> None:
        """Take note, some time soon, that a command may have ended."""
        self._watch.moved()

    def cancel(self, execution_id: str) -> None:
        """Stop an execution.

        Raises:
            Refusal: DoesNotExistException.
        """
        self._runner.cancel(execution_id)
        self._watch.moved()

    def now(self) -> datetime:
        """Return the moment that windows go by."""
        return self._clock().astimezone(UTC)
