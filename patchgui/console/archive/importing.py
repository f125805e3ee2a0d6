"""Completes the archive from what the endpoint remembers: runs that nobody watched to their end, and runs of others."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from patchgui.console.archive.feed import ArchiveFeed
from patchgui.console.events import ImportProgress
from patchgui.console.rows import RunSummary
from patchgui.console.store import RecordedRun
from patchgui.ssm.errors import ServiceError, Throttled
from patchgui.ssm.throttle import TokenBucket, at_leisure

_CALLS_PER_S = 4.0
"""A fifth of what watching may use: an import has all night."""
_BURST = 4
_RUN_S = 600.0
"""A run that is not imported within so long, such as one whose nodes never report an end, is left for next time."""


class Source(Protocol):
    """What an import asks of a session."""

    async def runs(self) -> tuple[RunSummary, ...]:
        """Return the runs that the endpoint lists."""
        ...

    async def recorded(self, run_id: str) -> RecordedRun | None:
        """Return a run as this console recorded its launch; None for one of somebody else."""
        ...

    async def look_through(self, run_id: str) -> None:
        """Look at a run that has ended, all of it, for the archive."""
        ...


class Importer:
    """Imports the runs of one session. What is refused is not asked for again by the same importer."""

    def __init__(self, source: Source, feed: ArchiveFeed, *, is_local: bool) -> None:
        self._source = source
        self._feed = feed
        # Our own agent is glad to answer, and a person waits for its sandbox.
        self._bucket = TokenBucket(None if is_local else _CALLS_PER_S, _BURST)
        self._given_up: set[str] = set()

    async def import_runs(self, tell: Callable[[ImportProgress], None]) -> None:
        """Import what the archive lacks, the runs of this console first; seal what was watched to its end.

        Cancelled at any moment it loses nothing: the next import goes on with what is not whole.

        Raises:
            PatchError: the endpoint or the archive cannot be used now.
        """
        with at_leisure(self._bucket):
            await self._feed.seal()
            missing = await self._missing()
            for done, run in enumerate(missing):
                tell(ImportProgress(done, len(missing)))
                await self._import(run)
            tell(ImportProgress(len(missing), len(missing)))

    async def _missing(self) -> list[RunSummary]:
        ended = [run for run in await self._source.runs() if run.is_final and run.run_id not in self._given_up]
        removed_until = await self._feed.archive.removed_until()
        if removed_until is not None:
            # Removed to make room, they must not come back while the endpoint still remembers them.
            ended = [run for run in ended if run.started_at is not None and run.started_at > removed_until]
        missing = [run for run in ended if not await self._feed.is_whole(run.run_id)]
        return sorted(missing, key=lambda run: not run.is_ours)

    async def _import(self, run: RunSummary) -> None:
        try:
            async with asyncio.timeout(_RUN_S):
                if run.command_ids:
                    await self._source.look_through(run.run_id)
                    await self._feed.seal()
                elif (record := await self._source.recorded(run.run_id)) is not None:
                    await self._feed.refused(record)
        except Throttled:
            raise
        except (ServiceError, TimeoutError):
            # Forgotten meanwhile, or not to be read with this profile.
            self._given_up.add(run.run_id)
