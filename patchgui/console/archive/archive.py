"""The archive for coroutines: what happened in every run, in one file beside the record of launches.

Reading and writing have a thread and a connection to the file each, so that a search waits for no batch. Several
processes may use the file at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from patchgui.console.archive import searching
from patchgui.console.archive.durations import durations_of
from patchgui.console.archive.entries import (
    ArchivedCommand,
    ArchivedRun,
    HistoryPage,
    HistoryQuery,
    PatchStateChange,
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

    def __init__(self, path: Path) -> None:
        self._file = ArchiveFile(path)
        self._reading = _Thread(self._file, "archive-read")
        self._writing = _Thread(self._file, "archive-write")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the file and end the threads; again is harmless."""
        await self._reading.aclose()
        await self._writing.aclose()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._file.path

    @property
    def notice(self) -> str:
        """A sentence for the operator when a damaged archive had to be set aside; else empty."""
        return self._file.notice

    # -- reading ------------------------------------------------------------------------------------------------------

    async def search(self, query: HistoryQuery, cursor: str = "", limit: int = 200) -> HistoryPage:
        """Return the runs that match, newest first, from ``cursor`` of an earlier page on."""
        return await self._reading.do(lambda file: searching.search(file.db, file.reader, query, cursor, limit))

    async def run(self, run_id: str) -> ArchivedRun:
        """Return the entry of one run. Raises NotFound."""
        return await self._reading.do(lambda file: file.reader.entry(file.reader.number(run_id)))

    async def plan(self, run_id: str) -> str:
        """Return the plan of a run as pydantic wrote it; empty for a run of somebody else. Raises NotFound."""
        return await self._reading.do(lambda file: file.reader.plan(file.reader.number(run_id)))

    async def commands(self, run_id: str) -> tuple[ArchivedCommand, ...]:
        """Return the commands of a run. Raises NotFound."""
        return await self._reading.do(lambda file: file.reader.commands(file.reader.number(run_id)))

    async def open(self, run_id: str) -> RunView:
        """Return a run as the run view shows it, by name of its nodes. Raises NotFound."""
        return await self._reading.do(lambda file: file.reader.view(file.reader.number(run_id)))

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node. Raises NotFound where the archive has no output of it."""
        return await self._reading.do(lambda file: file.reader.output(file.reader.number(run_id), instance_id, step))

    async def outputs(self, run_id: str) -> AsyncIterator[tuple[str, str, StepOutput]]:
        """Yield each output of a run with its instance id and step, by instance id. Raises NotFound."""
        parts = await self._reading.do(lambda file: file.reader.outputs(file.reader.number(run_id)))
        while (part := await self._reading.do(lambda _: next(parts, None))) is not None:
            for each in part:
                yield each

    async def patch_states(self, run_id: str) -> tuple[PatchStateChange, ...]:
        """Return the patch states of the nodes of a run, before and after it. Raises NotFound."""
        return await self._reading.do(lambda file: file.reader.patch_states(file.reader.number(run_id)))

    async def durations(self, instance_ids: Sequence[str], document: str, operation: str) -> NodeDurations:
        """Return how long phases took in the last runs of this document and operation on these nodes."""
        return await self._reading.do(
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


class _Thread:
    """One thread with its own connection to the file."""

    def __init__(self, file: ArchiveFile, name: str) -> None:
        self._file = file
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._open: OpenArchive | None = None

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

    async def aclose(self) -> None:
        if self._open is not None:
            await asyncio.get_running_loop().run_in_executor(self._pool, self._open.close)
            self._open = None
        self._pool.shutdown(wait=False)
