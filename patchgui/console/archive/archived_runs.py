"""Runs as the archive has them: opened and read without any connection, as a live run is seen."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from patchgui.console.events import RunEnded, RunEvent, RunOpened
from patchgui.console.rows import StepOutput
from patchgui.ssm.errors import Conflict, NotFound

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive


class ArchivedRuns:
    """What a run view and the terminal ask of a run, answered from the archive alone."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        """Tell a run as it was last seen.

        Raises:
            NotFound: the archive has no such run.
        """
        run = await self._archive.run(run_id)
        view = await self._archive.open(run_id)
        retried_by = await self._archive.retries(run_id)
        # Which connection it is from is said where runs of several connections are shown.
        summary = replace(view.summary, connection=None, retry_of=run.retry_of, retried_by=retried_by)
        emit(RunOpened(replace(view, summary=summary)))
        if run.summary.is_final:
            emit(RunEnded(run.summary.status, run.summary.ended_at, run.headline))

    async def cancel(self, run_id: str) -> None:
        """Refuse: what is in the archive has ended, or is stopped where it runs.

        Raises:
            Conflict: always.
        """
        raise Conflict(
            f"Run {run_id} is shown from the archive: there is nothing to cancel.",
            hint="A run that still goes on is cancelled on its own connection.",
        )

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node; a step of which nothing is archived wrote nothing."""
        try:
            return await self._archive.output(run_id, instance_id, step)
        except NotFound:
            return StepOutput(is_complete=True)
