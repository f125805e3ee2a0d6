"""Archives a run while it is watched: everything that is seen, in batches, and never in the watch's way."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from patchgui.console import summaries
from patchgui.console.archive.entries import ArchivedRun, Origin, PatchStateChange
from patchgui.console.archive.redaction import Redactor
from patchgui.console.archive.sealing import SeenRun
from patchgui.console.archive.told import Key, comment_of, ended_outputs, kept_commands, redactor_of
from patchgui.console.events import ArchiveRecovered, ArchiveTrouble, NodesChanged, RunEnded, RunEvent, RunOpened
from patchgui.console.rows import RunView, StepOutput
from patchgui.patching.progress import NodeProgress
from patchgui.ssm.errors import NotFound, PatchError
from patchgui.ssm.shapes import Command, CommandInvocation

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive

_BATCH_S = 0.25
_NODES_AT_ONCE = 100
_OUTPUTS_AT_ONCE = 200
"""So much is handed over in one go, so that readers of the archive get their turn in between."""
_RETRY_S = (2.0, 5.0, 15.0, 30.0)
_LAST_WORDS_S = 3.0
"""So long a watch that is left waits for what is not archived yet; an import makes up for the rest."""

_Item = TypeVar("_Item")


@dataclass(slots=True)
class _Pending:
    """What was seen and is not archived yet; of each node and step only the newest."""

    view: RunView | None = None
    nodes: dict[str, NodeProgress] = field(default_factory=dict)
    invocations: dict[str, CommandInvocation] = field(default_factory=dict)
    before: Sequence[PatchStateChange] = ()
    ended: RunEnded | None = None


class Recorder:
    """Stands between a watch and whoever is told: ``take`` passes each event on at once, and keeps it for the archive.

    Enter it for as long as the watch lasts. What the archive cannot take is told once as an ``ArchiveTrouble``, kept,
    and tried again; the watch goes on meanwhile.
    """

    def __init__(
        self, archive: "Archive", run_id: str, origin: Origin, plan_json: str, emit: Callable[[RunEvent], None]
    ) -> None:
        self._archive = archive
        self._run_id = run_id
        self._origin = origin
        self._plan_json = plan_json
        self._emit = emit
        self._pending = _Pending()
        self._has_more = asyncio.Event()
        self._is_begun = False
        self._is_in_trouble = False
        self._has_lost = False
        self._view: RunView | None = None
        self._written: dict[Key, int] = {}
        self._names: dict[str, str] = {}
        self._platforms: Mapping[str, str] = {}
        self._without_platform: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self.commands: Sequence[Command] = ()
        self.redactor = Redactor()
        self.seen: SeenRun | None = None
        """The run as it was last seen, once it has ended."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._work(), name=f"archive:{self._run_id}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        try:
            # Whoever leaves a run that goes on does not want to wait; whoever saw its end wants it kept.
            async with asyncio.timeout(_LAST_WORDS_S if kind is not None else None):
                await self._write()
        except PatchError as failed:
            self._tell(failed)
        except TimeoutError:
            pass

    def make_up_for(self, error: PatchError, before: Sequence[PatchStateChange]) -> None:
        """Tell that a run could not be archived when it was launched, and take the patch states before it now."""
        self._tell(error)
        self._pending.before = before

    def saw(self, commands: Sequence[Command], invocations: Sequence[CommandInvocation]) -> None:
        """Take what SSM told, for the outputs in it."""
        if not self.commands:
            self.redactor = redactor_of(commands)
        self.commands = commands
        self._pending.invocations.update({each.instance_id: each for each in invocations})
        self._has_more.set()

    def take(self, event: RunEvent) -> None:
        """Pass an event on, then keep it."""
        self._emit(event)
        match event:
            case RunOpened(run=run):
                self._pending.view = self._view = run
                self._platforms = run.platforms
                self._keep(run.nodes)
            case NodesChanged(nodes=nodes):
                self._keep(nodes)
            case RunEnded():
                self._pending.ended = event
        self._has_more.set()

    def finish(self, view: RunView, invocations: tuple[CommandInvocation, ...]) -> None:
        """Keep the run as it was last seen, now that it has ended."""
        self.seen = SeenRun(view, tuple(self.commands), invocations, self.redactor)
        self._pending.view = view
        if self._has_lost:
            self._keep_all(self.seen)
        # Nodes that a tag chose are known only once they begin; so is their platform.
        self._platforms = view.platforms
        self._keep([each for each in view.nodes if each.instance_id in self._without_platform & view.platforms.keys()])

    def _keep_all(self, seen: SeenRun) -> None:
        self._keep(seen.view.nodes)
        self._pending.invocations.update({each.instance_id: each for each in seen.invocations})

    @property
    def is_written(self) -> bool:
        """Whether everything that was seen is archived."""
        pending = self._pending
        return not (pending.view or pending.nodes or pending.invocations or pending.before or pending.ended)

    def _keep(self, nodes: Sequence[NodeProgress]) -> None:
        self._pending.nodes.update({node.instance_id: node for node in nodes})

    async def _work(self) -> None:
        failures = 0
        while True:
            await self._has_more.wait()
            await asyncio.sleep(_BATCH_S)
            self._has_more.clear()
            try:
                await self._write()
            except PatchError as error:
                self._tell(error)
                await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
                failures += 1
                self._has_more.set()
                continue
            failures = 0
            if self._is_in_trouble:
                self._is_in_trouble = False
                self._emit(ArchiveRecovered())

    def _tell(self, error: PatchError) -> None:
        if not self._is_in_trouble:
            self._is_in_trouble = True
            self._emit(ArchiveTrouble(str(error), error.hint))

    async def _write(self) -> None:
        """Archive what is pending; what could not be archived stays pending."""
        try:
            await self._write_parts()
        except NotFound:
            # A damaged file was set aside, or another was restored: the run begins anew in the one that is there.
            self._is_begun, self._has_lost = False, True
            self._written.clear()
            self._pending.view = self._pending.view or self._view
            if self.seen is not None:
                self._keep_all(self.seen)
            await self._write_parts()

    async def _write_parts(self) -> None:
        pending = self._pending
        if pending.view is not None:
            await self._begin(pending.view)
            pending.view = None
        if not self._is_begun:
            return
        await _drain(pending.nodes, self._take_nodes)
        await _drain(pending.invocations, self._take_outputs)
        if pending.before:
            await self._archive.take_patch_states(self._run_id, pending.before)
            pending.before = ()
        if pending.ended is not None:
            await self._archive.end(self._run_id, self._as_kept(pending.ended))
            pending.ended = None

    async def _begin(self, view: RunView) -> None:
        if self._is_begun:
            await self._archive.run(self._run_id)  # told anew only where it is still there: the rest would be missing
        else:
            await self._learn_what_is_known()
        summary = replace(view.summary, connection=self._origin.connection)
        comment = comment_of(self.commands, self.redactor)
        run = ArchivedRun(summary, self._origin, comment, retry_of=summary.retry_of)
        commands = kept_commands(self.commands, self.redactor)
        await self._archive.begin(run, self._plan_json, commands, view.pipeline)
        self._is_begun = True

    def _as_kept(self, ended: RunEnded) -> RunEnded:
        """Return an end as the nodes tell it, whenever they are asked: not with the moment of whoever looked."""
        seen = self.seen.view.nodes if self.seen is not None else ()
        nodes = sorted((self._named(node) for node in seen), key=lambda node: node.name)
        headline = summaries.headline(nodes) if nodes else ended.headline
        ended_at = max((node.ended_at for node in nodes if node.ended_at), default=None)
        return replace(ended, ended_at=ended_at, headline=self.redactor.text(headline))

    async def _learn_what_is_known(self) -> None:
        """Keep what an earlier watch knew: who started the run, and what its nodes were called then."""
        try:
            known = await self._archive.run(self._run_id)
        except NotFound:
            return
        self._origin = _merged(known.origin, self._origin)
        self._names = {each.instance_id: each.name for each in (await self._archive.open(self._run_id)).nodes}

    async def _take_nodes(self, nodes: Sequence[NodeProgress]) -> None:
        named = [self._named(node) for node in nodes]
        clean = await asyncio.to_thread(lambda: [self.redactor.node(node) for node in named])
        await self._archive.take(self._run_id, clean, self._platforms)
        self._without_platform.update(each.instance_id for each in nodes if each.instance_id not in self._platforms)

    def _named(self, node: NodeProgress) -> NodeProgress:
        known = self._names.get(node.instance_id, node.instance_id)
        return node if known == node.instance_id else replace(node, name=known)

    async def _take_outputs(self, invocations: Sequence[CommandInvocation]) -> None:
        new = [
            (invocation.instance_id, step, output)
            for invocation in invocations
            for step, output in ended_outputs(invocation)
            if self._written.get((invocation.instance_id, step)) != hash(output)
        ]
        for at in range(0, len(new), _OUTPUTS_AT_ONCE):
            part = new[at : at + _OUTPUTS_AT_ONCE]
            await self._archive.take_outputs(self._run_id, await asyncio.to_thread(self._clean, part))
            self._written.update({(instance_id, step): hash(output) for instance_id, step, output in part})

    def _clean(self, outputs: Sequence[tuple[str, str, StepOutput]]) -> list[tuple[str, str, StepOutput]]:
        return [(instance_id, step, self.redactor.output(output)) for instance_id, step, output in outputs]


async def _drain(pending: dict[str, _Item], take: Callable[[list[_Item]], Awaitable[None]]) -> None:
    """Hand over what is pending, part by part, and be idle for as long as that took: a window draws meanwhile."""
    loop = asyncio.get_running_loop()
    while pending:
        began_s = loop.time()
        some = {each: pending.pop(each) for each in list(islice(pending, _NODES_AT_ONCE))}
        try:
            await take(list(some.values()))
        except BaseException:
            for each, item in some.items():
                pending.setdefault(each, item)
            raise
        if pending:
            await asyncio.sleep(loop.time() - began_s)


def _merged(known: Origin, seen: Origin) -> Origin:
    """Return where a run comes from: what was known first counts, what is new is added."""
    return Origin(
        known.connection,
        known.launched,
        known.account or seen.account,
        known.started_by or (seen.started_by if known.launched is seen.launched else ""),
        known.host,
        known.os_user,
    )
