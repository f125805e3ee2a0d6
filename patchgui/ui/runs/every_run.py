"""The runs of every open connection as one list; each question about a run goes to the connection that it runs on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from patchgui.console.rows import RunSummary, StepOutput
from patchgui.ssm.errors import NotFound, PatchError
from patchgui.ui.runs.run_row import is_active
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.workspace import Workspace
from patchgui.ui.workspaces import Workspaces

if TYPE_CHECKING:
    import asyncio

    from patchgui.console.connection import Connection
    from patchgui.console.events import RunEvent
    from patchgui.console.rows import NodeRow, RunRecord
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan

_TOGETHER_S: Final = 2.0
"""How long a list waits for a connection that is slow; its runs of before are shown meanwhile."""
_QUIET_S: Final = 9.0
"""A connection on which nothing runs is not asked more often than that, whatever runs elsewhere."""


class _Listed:
    """What one connection answered last, and when."""

    def __init__(self) -> None:
        self.runs: tuple[RunSummary, ...] = ()
        self.error: PatchError | None = None
        self.at_s = float("-inf")

    def is_due(self, now_s: float) -> bool:
        return self.error is not None or any(map(is_active, self.runs)) or now_s - self.at_s >= _QUIET_S


class EveryRun(QObject):
    """A ``RunsService`` over all open workspaces. ``scope`` is the caller's to close."""

    told = Signal(object)
    """The runs of all open connections, each time they have been asked for."""

    def __init__(self, workspaces: Workspaces, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspaces = workspaces
        self._scope = scope
        self._listed: dict[str, _Listed] = {}
        self._home: dict[str, str] = {}
        self._answered: asyncio.Future[None] | None = None
        workspaces.closed.connect(self._on_closed)

    def note(self, run_id: str, workspace: Workspace) -> None:
        """Remember where a run was started: it may be opened before it has been listed."""
        self._home[run_id] = workspace.connection.id
        if workspace.connection.id in self._listed:
            self._listed[workspace.connection.id].at_s = float("-inf")

    def is_at(self, run_id: str, workspace: Workspace) -> bool:
        """Return whether a run is known to be on a workspace's connection."""
        return self._home.get(run_id) == workspace.connection.id

    def reach(self, run_id: str, connection_id: str) -> bool:
        """Return whether the connection of a run is open; questions about the run go there from now on."""
        is_open = self._workspaces.of(connection_id) is not None
        if is_open:
            self._home[run_id] = connection_id
        return is_open

    async def runs(self) -> tuple[RunSummary, ...]:
        """Return the runs of all open connections, newest first. Raises ``PatchError`` when none of them answers."""
        import asyncio

        loop = asyncio.get_running_loop()
        workspaces = self._workspaces.all()
        for workspace in workspaces:
            listed = self._listed.setdefault(workspace.connection.id, _Listed())
            if listed.is_due(loop.time()):
                self._scope.start(_task_of(workspace), partial(self._list, workspace, listed))
        try:
            async with asyncio.timeout(_TOGETHER_S):
                while any(self._scope.is_running(_task_of(each)) for each in workspaces):
                    self._answered = loop.create_future()
                    await self._answered
        except TimeoutError:
            pass
        merged = self._merged(workspaces)
        # Where there is but one connection, nobody has to be told which.
        self.told.emit(merged if len(workspaces) > 1 else tuple(replace(run, connection=None) for run in merged))
        return merged

    def open_connections(self) -> frozenset[str]:
        """Return the ids of the connections that are open."""
        return frozenset(each.connection.id for each in self._workspaces.all())

    def unanswered(self) -> tuple[str, ...]:
        """Return the labels of the connections that gave no answer to the last question."""
        listed = [(each.connection, self._listed.get(each.connection.id)) for each in self._workspaces.all()]
        return tuple(connection.label for connection, last in listed if last is not None and last.error is not None)

    async def watch(self, run_id: str, emit: "Callable[[RunEvent], None]") -> None:
        """Tell everything about a run until it has ended."""
        workspace = self._workspace_of(run_id)
        await workspace.gate.watch(run_id, partial(self._emit_dressed, workspace, emit))

    def tags(self, run_id: str) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of the nodes of the run's connection; a connection that was closed knows none any more."""
        try:
            workspace = self._workspace_of(run_id)
        except NotFound:
            return {}
        return {row.instance_id: row.tags for row in workspace.patch_now.model.rows}

    async def cancel(self, run_id: str) -> None:
        """Cancel every command of the run."""
        await self._workspace_of(run_id).gate.cancel(run_id)

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node so far."""
        return await self._workspace_of(run_id).gate.output(run_id, instance_id, step)

    # -- a run once more: on the connection that it is on -------------------------------------------------------------

    def connection_of(self, run_id: str) -> "Connection | None":
        """Return the open connection that a run is on; None where it is not open."""
        workspace = self._workspaces.of(self._home.get(run_id, self._workspaces.now.connection.id))
        return workspace.connection if workspace is not None else None

    def rows_of(self, run_id: str, instance_ids: Sequence[str]) -> "tuple[NodeRow, ...]":
        """Return what is known of these nodes now; nodes that have not been listed are left out."""
        wanted = frozenset(instance_ids)
        rows = self._workspace_of(run_id).patch_now.model.rows
        return tuple(row for row in rows if row.instance_id in wanted)

    async def plan_of(self, run_id: str) -> "PatchPlan":
        """Return what a run was to do."""
        return await self._workspace_of(run_id).gate.plan(run_id)

    async def foretell_again(self, run_id: str, plan: "PatchPlan") -> "Forecast":
        """Return what a plan will do where that run is."""
        return await self._workspace_of(run_id).gate.forecast(plan)

    async def launch_again(self, run_id: str, plan: "PatchPlan", tell: "Callable[[str], None]") -> "RunRecord":
        """Start a plan, once, where that run is; ``tell`` takes a sentence where that takes long."""
        workspace = self._workspace_of(run_id)
        record = await workspace.gate.launch(plan, tell)
        self.note(record.run_id, workspace)
        return record

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _list(self, workspace: Workspace, listed: _Listed) -> None:
        import asyncio

        try:
            listed.runs = await workspace.gate.runs()
            listed.error, listed.at_s = None, asyncio.get_running_loop().time()
        except PatchError as error:
            listed.error = error
        finally:
            # The task is over when the loop turns next.
            asyncio.get_running_loop().call_soon(self._tell_answered)

    def _tell_answered(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    def _merged(self, workspaces: Sequence[Workspace]) -> tuple[RunSummary, ...]:
        answers = {each.connection.id: self._listed[each.connection.id] for each in workspaces}
        errors = [each.error for each in answers.values() if each.error is not None]
        now = self._listed.get(self._workspaces.now.connection.id, _Listed())
        if errors and len(errors) == len(answers):
            raise now.error or errors[0]
        found = [
            replace(run, connection=workspace.connection)
            for workspace in workspaces
            for run in answers[workspace.connection.id].runs
        ]
        for workspace in workspaces:
            self._home.update({run.run_id: workspace.connection.id for run in answers[workspace.connection.id].runs})
        # Those without a moment are about to be sent: they are the newest.
        found.sort(key=lambda run: run.started_at.timestamp() if run.started_at else float("inf"), reverse=True)
        return tuple(found)

    def _emit_dressed(self, workspace: Workspace, emit: "Callable[[RunEvent], None]", event: "RunEvent") -> None:
        from patchgui.console.events import RunOpened

        if isinstance(event, RunOpened) and len(self._workspaces.all()) > 1:
            summary = replace(event.run.summary, connection=workspace.connection)
            event = RunOpened(replace(event.run, summary=summary))
        emit(event)

    def _workspace_of(self, run_id: str) -> Workspace:
        home = self._home.get(run_id)
        if home is None:
            return self._workspaces.now
        found = self._workspaces.of(home)
        if found is None:
            raise NotFound(
                "The connection of this run has been closed.",
                hint="Open it again on the Connections page: the run is where it was.",
            )
        return found

    def _on_closed(self, workspace: Workspace) -> None:
        # Its session is closed next: nothing may be asked of it any more.
        self._scope.cancel(_task_of(workspace))
        self._listed.pop(workspace.connection.id, None)


def _task_of(workspace: Workspace) -> str:
    return f"runs:{workspace.connection.id}"
