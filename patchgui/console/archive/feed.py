"""What one connection gives to the archive: runs that it launches, runs that are watched, runs that it remembers."""

import asyncio
import contextlib
import getpass
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from patchgui.console import summaries
from patchgui.console.archive.archived_runs import ArchivedRuns
from patchgui.console.archive.entries import ArchivedRun, Launched, Origin, PatchStateChange
from patchgui.console.archive.patch_states import states_before
from patchgui.console.archive.recorder import Recorder
from patchgui.console.archive.sealing import Sealer, SeenRun
from patchgui.console.connection import Connection, account_of
from patchgui.console.events import RunEnded, RunEvent
from patchgui.console.rows import NodeRow
from patchgui.console.store import RecordedRun
from patchgui.patching.phases import Pipeline
from patchgui.patching.plan import PatchPlan
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import PatchError, ServiceError, StoreBusy, Throttled

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive

_IDENTITY_S = 3.0
_BEGIN_S = 3.0
"""So long at most a launch waits to learn who is signed in, and for its entry in the archive."""


class ArchiveFeed:
    """Feeds the archive from one session. Trouble with the archive keeps no run from being launched or watched."""

    def __init__(
        self,
        archive: "Archive",
        client: SsmClient,
        connection: Connection,
        launched: Launched,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.archive = archive
        self.runs = ArchivedRuns(archive)
        self._client = client
        self._connection = connection
        self._launched = launched
        self._sealer = Sealer(archive, client, sleep=sleep)
        self._arn = ""
        self._launches: set[str] = set()
        self._not_taken: dict[str, tuple[PatchError, Sequence[PatchStateChange]]] = {}
        self._waiting: dict[str, SeenRun] = {}
        self._woken = asyncio.Event()

    async def launching(self, record: RecordedRun, plan: PatchPlan, known: Mapping[str, NodeRow]) -> None:
        """Archive a run that is about to be sent: who starts it, its plan, and how patches stand before it."""
        self._launches.add(record.run_id)
        _, before = await asyncio.gather(self._learn_identity(), states_before(self._client, plan, known))
        try:
            async with asyncio.timeout(_BEGIN_S):
                await self._begin(record)
                await self.archive.take_patch_states(record.run_id, before)
        except PatchError as error:
            # Said when the run is watched: nothing keeps a run from being launched that is only about its record.
            self._not_taken[record.run_id] = (error, before)
        except TimeoutError:
            busy = StoreBusy("The archive of runs is busy.", hint="It is written as soon as that is over.")
            self._not_taken[record.run_id] = (busy, before)

    async def refused(self, record: RecordedRun) -> None:
        """Archive that nothing of a run was started, and why.

        Raises:
            PatchError: the archive cannot take it.
        """
        await self._begin(record)
        await self.archive.end(record.run_id, RunEnded(record.status, record.ended_at, record.headline))
        await self.archive.seal(record.run_id)

    @asynccontextmanager
    async def recorded(
        self, run_id: str, record: RecordedRun | None, emit: Callable[[RunEvent], None]
    ) -> AsyncIterator[Recorder]:
        """Archive a run for as long as it is watched; the recorder passes on to ``emit`` what it is told."""
        origin = self._origin(record)
        recorder = Recorder(self.archive, run_id, origin, record.plan_json if record else "", emit)
        if run_id in self._not_taken:
            recorder.make_up_for(*self._not_taken.pop(run_id))
        async with recorder:
            yield recorder
        # What did not get into the archive is not made whole: an import begins with such a run from the start.
        if recorder.seen is not None and recorder.is_written:
            self._waiting[run_id] = recorder.seen
            self._woken.set()

    async def seal(self) -> None:
        """Make the runs whole that have ended.

        Raises:
            PatchError: that cannot be done now; the runs wait for the next time.
        """
        while self._waiting:
            run_id, run = next(iter(self._waiting.items()))
            try:
                await self._sealer.seal(run)
            except Throttled:
                raise
            except ServiceError:
                # Refused for good, or removed from the archive meanwhile: it must not hold up the others.
                self._waiting.pop(run_id, None)
                raise
            self._waiting.pop(run_id, None)

    async def woken(self, at_most_s: float) -> None:
        """Wait until a run has ended that is not whole, or so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._woken.wait()
        self._woken.clear()

    async def is_whole(self, run_id: str) -> bool:
        """Whether everything of a run is archived; an archive that cannot be read has nothing."""
        try:
            return (await self.archive.run(run_id)).is_whole
        except PatchError:
            return False

    async def _begin(self, record: RecordedRun) -> None:
        """Archive a run as its plan describes it, before any command of it is known."""
        summary = replace(summaries.remembered(record), status=record.status, connection=self._connection)
        run = ArchivedRun(summary, self._origin(record), retry_of=summary.retry_of)
        await self.archive.begin(run, record.plan_json, (), Pipeline(()))

    async def _learn_identity(self) -> None:
        """Find out who is signed in, where that is to be had soon; a closed network may keep STS away."""
        if not self._arn:
            with contextlib.suppress(PatchError, TimeoutError):
                async with asyncio.timeout(_IDENTITY_S):
                    self._arn = (await self._client.get_caller_identity()).arn

    def _origin(self, record: RecordedRun | None) -> Origin:
        """Return where a run comes from: sent by this session, by another console of this user, or by somebody else."""
        if record is None:
            return Origin(self._connection)
        here = Origin(self._connection, host=socket.gethostname(), os_user=_os_user())
        if record.run_id not in self._launches:
            return here
        return replace(here, launched=self._launched, account=account_of(self._arn), started_by=self._arn)


def _os_user() -> str:
    """Return the name of this process's user; a container may run as one that has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
