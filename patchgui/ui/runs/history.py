"""The runs of the archive and of the open connections: each question goes to the one that can answer it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from patchgui.console.archive.archived_runs import ArchivedRuns
from patchgui.console.rows import RunSummary, StepOutput
from patchgui.ssm.errors import Conflict, NotFound, StoreError
from patchgui.ui.runs.every_run import EveryRun
from patchgui.ui.runs.merge import as_last_seen

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive
    from patchgui.console.archive.entries import ArchivedRun, HistoryPage, HistoryQuery
    from patchgui.console.connection import Connection
    from patchgui.console.events import RunEvent
    from patchgui.console.rows import NodeRow, RunRecord
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan


class History:
    """A ``RunsService``: what has ended is read from the archive, what goes on is watched where it runs."""

    def __init__(self, every_run: EveryRun, archive: "Archive") -> None:
        self._every_run, self._archive = every_run, archive
        self._archived_runs = ArchivedRuns(archive)
        self._frozen: dict[str, str] = {}
        """The runs that were opened from the archive, and the ids of their connections."""

    async def live(self) -> tuple[RunSummary, ...]:
        """Return the runs that the open connections know, newest first."""
        return await self._every_run.runs()

    async def search(self, query: "HistoryQuery", cursor: str = "", limit: int = 200) -> "HistoryPage":
        """Return archived runs, newest first, from where ``cursor`` points."""
        return await self._archive.search(query, cursor, limit)

    def open_connections(self) -> frozenset[str]:
        """Return the ids of the connections that are open."""
        return self._every_run.open_connections()

    def notice(self) -> str:
        """Return a sentence for the operator when a damaged archive had to be set aside; else empty."""
        return self._archive.notice

    def unanswered(self) -> tuple[str, ...]:
        """Return the labels of the connections that gave no answer to the last question."""
        return self._every_run.unanswered()

    async def watch(self, run_id: str, emit: "Callable[[RunEvent], None]") -> None:
        """Tell everything about a run until it has ended, or all that is archived of it."""
        entry = await self._archived(run_id)
        if entry is None or self._is_watched_live(entry):
            self._frozen.pop(run_id, None)
            await self._every_run.watch(run_id, emit)
        else:
            await self._show_archived(entry, emit)

    def tags(self, run_id: str) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of the nodes of the run's connection; one that is not open knows none."""
        home = self._frozen.get(run_id)
        is_known = home is None or self._every_run.reach(run_id, home)
        return self._every_run.tags(run_id) if is_known else {}

    async def cancel(self, run_id: str) -> None:
        """Cancel every command of the run."""
        await self._every_run.cancel(run_id)

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node so far."""
        if run_id in self._frozen:
            return await self._archived_runs.output(run_id, instance_id, step)
        return await self._every_run.output(run_id, instance_id, step)

    # -- a run once more: where it ran ---------------------------------------------------------------------------------

    def connection_of(self, run_id: str) -> "Connection | None":
        """Return the open connection that a run is on; None where it is not open."""
        home = self._frozen.get(run_id)
        is_open = home is None or self._every_run.reach(run_id, home)
        return self._every_run.connection_of(run_id) if is_open else None

    def rows_of(self, run_id: str, instance_ids: Sequence[str]) -> "tuple[NodeRow, ...]":
        """Return what is known of these nodes now; nodes that have not been listed are left out."""
        return self._every_run.rows_of(run_id, instance_ids)

    async def plan_of(self, run_id: str) -> "PatchPlan":
        """Return what a run was to do; what its connection has forgotten the archive may know."""
        try:
            return await self._every_run.plan_of(run_id)
        except (Conflict, NotFound):
            plan = await self._archive.plan(run_id)
            if not plan:
                raise
            from patchgui.patching.plan import PatchPlan

            return PatchPlan.model_validate_json(plan)

    async def foretell_again(self, run_id: str, plan: "PatchPlan") -> "Forecast":
        """Return what a plan will do where that run was."""
        return await self._every_run.foretell_again(run_id, plan)

    async def launch_again(self, run_id: str, plan: "PatchPlan", tell: "Callable[[str], None]") -> "RunRecord":
        """Start a plan, once, where that run was; ``tell`` takes a sentence where that takes long."""
        return await self._every_run.launch_again(run_id, plan, tell)

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _archived(self, run_id: str) -> "ArchivedRun | None":
        try:
            return await self._archive.run(run_id)
        except (NotFound, StoreError):
            # It was started a moment ago, or the archive cannot be read now: its connection knows it.
            return None

    def _is_watched_live(self, entry: "ArchivedRun") -> bool:
        """Return whether a run is to be looked at where it runs: it goes on, or the archive lacks a part of it."""
        is_done = entry.is_whole and entry.summary.is_final
        return not is_done and self._every_run.reach(entry.run_id, entry.origin.connection.id)

    async def _show_archived(self, entry: "ArchivedRun", emit: "Callable[[RunEvent], None]") -> None:
        self._frozen[entry.run_id] = entry.origin.connection.id
        await self._archived_runs.watch(entry.run_id, partial(_emit_frozen, entry, emit))


def _emit_frozen(entry: "ArchivedRun", emit: "Callable[[RunEvent], None]", event: "RunEvent") -> None:
    """Say of a run that is opened that it is archived, and where it ran."""
    from patchgui.console.events import RunOpened

    if isinstance(event, RunOpened):
        told = event.run.summary
        summary = replace(as_last_seen(entry), retry_of=told.retry_of, retried_by=told.retried_by)
        event = RunOpened(replace(event.run, summary=summary), archived=entry)
    emit(event)
