"""The archive for coroutines: what happened in every run, in one file beside the record of launches.

Reading, writing and looking after the file have a thread and a connection to it each, so that a search waits for no
batch and no backup. Several processes may use the file at once.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from patchgui.console.archive import keeping, searching
from patchgui.console.archive.durations import durations_of
from patchgui.console.archive.entries import (
    ArchivedCommand,
    ArchivedRun,
    ArchiveSize,
    Health,
    HistoryPage,
    HistoryQuery,
    PatchStateChange,
    Retention,
    RetentionPreview,
)
from patchgui.console.archive.file import ArchiveFile, OpenArchive
from patchgui.console.events import RunEnded
from patchgui.console.rows import RunView, StepOutput
from patchgui.patching.estimates import NodeDurations
from patchgui.patching.phases import Pipeline
from patchgui.patching.progress import NodeProgress

_NO_PHASES: Final = Pipeline(())
_Result = TypeVar("_Result")


class Archive:
    """All runs, over all connections. Every coroutine raises ``PatchError`` and nothing else that is expected.

    The file is made or brought up to date when it is first used. Close the archive last.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = ArchiveFile(path)
        self._reading = _Thread(self._file, "archive-read")
        self._writing = _Thread(self._file, "archive-write")
        self._keeping = _Thread(self._file, "archive-keep")
        self._clock = clock

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the file and end the threads; again is harmless."""
        self._keeping.interrupt()
        for each in (self._reading, self._keeping, self._writing):
            await each.aclose()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._file.path

    @property
    def notice(self) -> str:
        """A sentence for the operator when a damaged archive had to be set aside; else empty."""
        return self._file.notice

    # -- reading ------------------------------------------------------------------------------------------------------

    async def _read(self, work: Callable[[OpenArchive], _Result]) -> _Result:
        """Read one state of the file, whatever is written or removed meanwhile."""

        def at_once(file: OpenArchive) -> _Result:
            file.db.execute("BEGIN")
            try:
                return work(file)
            finally:
                file.db.execute("COMMIT")

        return await self._reading.do(at_once)

    async def search(self, query: HistoryQuery, cursor: str = "", limit: int = 200) -> HistoryPage:
        """Return the runs that match, newest first, from ``cursor`` of an earlier page on. Cancelling ends it."""
        return await self._reading.do_or_end(lambda file: searching.search(file.db, file.reader, query, cursor, limit))

    async def run(self, run_id: str) -> ArchivedRun:
        """Return the entry of one run. Raises NotFound."""
        return await self._read(lambda file: file.reader.entry(file.reader.number(run_id)))

    async def retries(self, run_id: str) -> tuple[str, ...]:
        """Return the ids of the runs that tried this one again, in the order in which they were started."""
        return await self._read(lambda file: file.reader.retries(run_id))

    async def plan(self, run_id: str) -> str:
        """Return the plan of a run as pydantic wrote it; empty for a run of somebody else. Raises NotFound."""
        return await self._read(lambda file: file.reader.plan(file.reader.number(run_id)))

    async def commands(self, run_id: str) -> tuple[ArchivedCommand, ...]:
        """Return the commands of a run. Raises NotFound."""
        return await self._read(lambda file: file.reader.commands(file.reader.number(run_id)))

    async def open(self, run_id: str) -> RunView:
        """Return a run as the run view shows it, by name of its nodes. Raises NotFound."""
        return await self._read(lambda file: file.reader.view(file.reader.number(run_id)))

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node. Raises NotFound where the archive has no output of it."""
        return await self._read(lambda file: file.reader.output(file.reader.number(run_id), instance_id, step))

    async def outputs(self, run_id: str) -> AsyncIterator[tuple[str, str, StepOutput]]:
        """Yield each output of a run with its instance id and step, by instance id. Raises NotFound."""
        parts = await self._read(lambda file: file.reader.outputs(file.reader.number(run_id)))
        while (part := await self._read(lambda _: next(parts, None))) is not None:
            for each in part:
                yield each

    async def patch_states(self, run_id: str) -> tuple[PatchStateChange, ...]:
        """Return the patch states of the nodes of a run, before and after it. Raises NotFound."""
        return await self._read(lambda file: file.reader.patch_states(file.reader.number(run_id)))

    async def durations(self, instance_ids: Sequence[str], document: str, operation: str) -> NodeDurations:
        """Return how long phases took in the last runs of this document and operation on these nodes."""
        return await self._keeping.do(
            lambda file: durations_of(file.db, file.reader, instance_ids, document, operation)
        )

    # -- writing ------------------------------------------------------------------------------------------------------

    async def begin(
        self,
        run: ArchivedRun,
        plan_json: str = "",
        commands: Sequence[ArchivedCommand] = (),
        pipeline: Pipeline = _NO_PHASES,
    ) -> None:
        """Add a run, or tell anew what is known of it. An end that is known stays; so do plan and phases not given."""
        await self._writing.do(lambda file: file.writer.begin(run, plan_json, commands, pipeline))

    async def take(
        self, run_id: str, nodes: Sequence[NodeProgress], platforms: Mapping[str, str] | None = None
    ) -> None:
        """Write where these nodes stand now, and what ``platforms`` they have (by instance id). Raises NotFound."""
        await self._writing.do(lambda file: file.writer.take(run_id, nodes, platforms or {}))

    async def take_output(self, run_id: str, instance_id: str, step: str, output: StepOutput) -> None:
        """Write what a step wrote on a node; a whole output is not replaced by a part. Raises NotFound."""
        await self.take_outputs(run_id, [(instance_id, step, output)])

    async def take_outputs(self, run_id: str, outputs: Sequence[tuple[str, str, StepOutput]]) -> None:
        """Write many outputs at the price of one, each with its instance id and step. Raises NotFound."""
        await self._writing.do(lambda file: file.writer.take_outputs(run_id, outputs))

    async def take_patch_states(self, run_id: str, changes: Sequence[PatchStateChange]) -> None:
        """Write patch states; a side that is None leaves what is known of it. Raises NotFound."""
        await self._writing.do(lambda file: file.writer.take_patch_states(run_id, changes))

    async def end(self, run_id: str, ended: RunEnded) -> None:
        """Write how a run ended; take its nodes before. Raises NotFound."""
        await self._writing.do(lambda file: file.writer.end(run_id, ended))

    async def seal(self, run_id: str) -> None:
        """Mark a run as whole: its end, outputs and patch states are here. Raises NotFound."""
        await self._writing.do(lambda file: file.writer.seal(run_id))

    # -- keeping ------------------------------------------------------------------------------------------------------

    async def size(self) -> ArchiveSize:
        """Return how large the archive is."""
        return await self._read(lambda file: keeping.size(file.db))

    async def check(self) -> Health:
        """Look at every page of the file; takes a while, and holds nobody up. Cancelling ends it."""
        return await self._keeping.do_or_end(lambda file: keeping.check(file.db))

    async def backup(self, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Copy the archive, as it stands now, to one file that is complete in itself; takes the place of an older copy.

        ``progress`` is told bytes done and bytes in all. Cancelling gives the copy up and leaves nothing of it behind.
        """
        stop, loop = threading.Event(), asyncio.get_running_loop()

        def told(done: int, total: int) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(progress, done, total)

        try:
            await self._keeping.do(lambda file: keeping.backup(file.db, path, stop, told))
        except asyncio.CancelledError:
            stop.set()
            raise

    async def restore(self, path: Path) -> Path:
        """Put a copy in the place of the archive; return where the present one is kept.

        Raises StoreCorrupt or StoreTooNew when the copy cannot be used; nothing is changed then.
        """
        return await self._keeping.do(lambda file: keeping.restore(file.db, self._file, path))

    async def preview(self, retention: Retention) -> RetentionPreview:
        """Tell what :meth:`apply` would remove now."""
        return await self._keeping.do(lambda file: keeping.preview(file.db, retention, self._clock()))

    async def removed_until(self) -> datetime | None:
        """Return up to which start runs were removed: what is older is not wanted again. None when none was."""
        return await self._reading.do(lambda file: keeping.removed_until(file.db))

    async def apply(self, retention: Retention) -> RetentionPreview:
        """Remove what is too old or too much, the oldest runs first; return what was removed.

        Cancelling ends it after the run that is being removed.
        """
        stop = threading.Event()
        try:
            return await self._keeping.do(lambda file: keeping.apply(file.db, retention, self._clock(), stop))
        except asyncio.CancelledError:
            stop.set()
            raise


class _Thread:
    """One thread with its own connection to the file."""

    def __init__(self, file: ArchiveFile, name: str) -> None:
        self._file = file
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._open: OpenArchive | None = None
        self._reads: object | None = None
        self._ending = threading.Lock()

    async def do(self, work: Callable[[OpenArchive], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._in_thread, work)

    def _in_thread(self, work: Callable[[OpenArchive], _Result]) -> _Result:
        if self._open is not None and self._open.generation != self._file.generation:
            self._open.close()
            self._open = None
        if self._open is None:
            self._open = self._file.open()
        with self._file.guarded(self._open):
            return work(self._open)

    async def do_or_end(self, work: Callable[[OpenArchive], _Result]) -> _Result:
        """Do what only reads; cancelling ends the query that runs, so that the next one need not wait for it."""
        mine = object()

        def in_thread() -> _Result:
            self._reads = mine
            try:
                return self._in_thread(work)
            finally:
                with self._ending:
                    self._reads = None

        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, in_thread)
        except asyncio.CancelledError:
            # Under the lock nothing else can have begun: a query of somebody else is never ended.
            with self._ending:
                if self._reads is mine:
                    self.interrupt()
            raise

    def interrupt(self) -> None:
        """End the query that runs now: somebody waits for the end."""
        if self._open is not None:
            self._open.db.interrupt()

    async def aclose(self) -> None:
        if self._open is not None:
            await asyncio.get_running_loop().run_in_executor(self._pool, self._open.close)
            self._open = None
        self._pool.shutdown(wait=False)
