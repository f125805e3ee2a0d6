"""Follows one run until it has ended, and tells every change as an event."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from patchgui.console import summaries
from patchgui.console.documents import fetch_content
from patchgui.console.events import (
    NodesChanged,
    RunChanged,
    RunEnded,
    RunEvent,
    RunOpened,
    WatchRecovered,
    WatchTrouble,
)
from patchgui.console.node_infos import NodeInfos, Platforms
from patchgui.console.nodes import describe, node_name
from patchgui.console.rows import NodeRow, RunCounts, RunSummary, RunView
from patchgui.console.store import RecordedRun
from patchgui.console.sweep import CommandSweep, fetch_commands, fetch_running
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline, derive_pipeline
from patchgui.patching.progress import NodeProgress
from patchgui.patching.truth import node_progress
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import (
    AccessDenied,
    CredentialError,
    NotFound,
    PatchError,
    ProtocolError,
    ServiceError,
    Throttled,
    TransportError,
)
from patchgui.ssm.shapes import Command, CommandInvocation

_PASSING = (TransportError, Throttled, CredentialError, ProtocolError)
"""Errors that end by themselves or once somebody signs in: the run goes on meanwhile, so the watch waits."""
_FAULT_FROM = 500
_AT_WORK = frozenset({"InProgress", "Cancelling"})
_RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_TOGETHER_FROM = 4
"""From so many commands on, their running nodes are asked for together."""
_CLOCK_MARGIN = timedelta(minutes=15)
_ALL_PINGED = 50
"""So many nodes are all asked about when a run is opened."""
_FRESH = timedelta(minutes=2)
"""So long after its launch a run may not be in every list yet (eventual consistency)."""


class Witness(Protocol):
    """Somebody who is shown what SSM told, before it is put into words. Must not take long, and must not raise."""

    def saw(self, commands: Sequence[Command], invocations: Sequence[CommandInvocation]) -> None:
        """Take the run's commands as they stand, and the nodes that changed, with what their steps wrote."""


class Watcher:
    """One watch over one run. ``poll_s`` is how long to wait between looks, ``ping_s`` between looks at the nodes.

    ``known`` are nodes as they were last listed; ``witness`` sees each change before it is told.
    """

    def __init__(
        self,
        client: SsmClient,
        run_id: str,
        command_ids: Iterable[str],
        emit: Callable[[RunEvent], None],
        *,
        record: RecordedRun | None = None,
        poll_s: float = 2.0,
        ping_s: float = 15.0,
        revive: Callable[[], Awaitable[None]] | None = None,
        known: Mapping[str, NodeRow] | None = None,
        witness: Witness | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._run_id = run_id
        self._command_ids = tuple(command_ids)
        self._emit = emit
        self._record = record
        self._poll_s = poll_s
        self._ping_s = ping_s
        self._revive = revive
        self._witness = witness
        self._sleep = sleep
        self._clock = clock
        self._sweeps: list[CommandSweep] = []
        self._pipeline = Pipeline(())
        self._infos = NodeInfos(known or {})
        self._platforms = Platforms(self._infos)
        self._pinged_at = datetime.fromtimestamp(0, UTC)
        self._shown: dict[str, NodeProgress] = {}
        self._counting = summaries.Counting(self._pipeline)
        self._told: tuple[str, RunCounts] | None = None
        self._untold: set[str] = set()
        self._is_open = False

    @property
    def command_of(self) -> dict[str, str]:
        """Which command runs on which node, by instance id."""
        return {each: sweep.command.command_id for sweep in self._sweeps for each in sweep.invocations}

    @property
    def commands(self) -> tuple[Command, ...]:
        """The run's commands as they were last seen."""
        return tuple(sweep.command for sweep in self._sweeps)

    @property
    def invocations(self) -> tuple[CommandInvocation, ...]:
        """The nodes as SSM last told of them, with what their steps wrote."""
        return tuple(each for sweep in self._sweeps for each in sweep.invocations.values())

    def view(self) -> RunView:
        """Return the whole run as it was last seen."""
        nodes = tuple(self._shown[each] for each in self._instance_ids() if each in self._shown)
        platforms = {each: self._platforms[each] for each in self._instance_ids() if each in self._infos}
        return RunView(self._summary(), self._pipeline, nodes, self._counts(), platforms)

    async def follow(self) -> RunEnded:
        """Emit everything until the run has ended; return the last event, which was emitted too.

        Raises:
            NotFound: SSM knows none of the run's commands.
            PatchError: the run may not be looked at.
        """
        await self._through_trouble(self._find)
        await self._through_trouble(self._read)
        while not all(sweep.is_settled for sweep in self._sweeps):
            await self._sleep(self._poll_s)
            await self._through_trouble(self._look)
        ended = self._ended()
        self._emit(ended)
        return ended

    async def _through_trouble(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, again and again while the endpoint cannot be asked; the operator is told meanwhile."""
        failures = 0
        while True:
            try:
                await work()
            except PatchError as error:
                if not _is_passing(error):
                    raise
                wait_s = _RETRY_S[min(failures, len(_RETRY_S) - 1)]
                if not isinstance(error, Throttled):
                    # Throttling is the service's way to say "later", and nothing that an operator could mend.
                    failures += 1
                    self._emit(WatchTrouble(str(error), error.hint, self._clock() + timedelta(seconds=wait_s)))
                await self._sleep(wait_s)
                await self._try_revive(error)
                continue
            if failures:
                self._emit(WatchRecovered())
            return

    async def _try_revive(self, error: PatchError) -> None:
        if self._revive is None or not isinstance(error, TransportError):
            return
        try:
            await self._revive()
        except PatchError as failed:
            self._emit(WatchTrouble(str(failed), failed.hint, self._clock()))

    async def _find(self) -> None:
        commands = await self._find_commands()
        if not commands:
            raise NotFound(
                "SSM does not know this run (any more).",
                code="InvalidCommandId",
                hint="AWS forgets a command after 30 days; a run that was never accepted has none.",
            )
        self._pipeline = await self._derive(
            commands[0].document_name, commands[0].document_version, commands[0].parameters
        )
        self._counting = summaries.Counting(self._pipeline)
        self._sweeps = [CommandSweep(self._client, command) for command in commands]

    async def _read(self) -> None:
        """Read all nodes; those of a large run, which has hundreds of pages, are told of as they come."""
        known = [each for sweep in self._sweeps if sweep.was_swept for each in sweep.invocations]
        waiting = [each for each in known if each not in self._shown]
        for sweep in self._sweeps:
            if sweep.was_swept:
                continue
            async for page in sweep.read():
                self._show_witness([sweep.invocations[each] for each in page])
                waiting += page
                if self._is_open or len(waiting) > _ALL_PINGED:
                    await self._show([each for each in waiting if each not in self._infos], waiting)
                    waiting = []
        was_open = self._is_open
        if waiting or not was_open:
            await self._show(waiting, waiting)
        if was_open:
            self._tell(set())

    async def _show(self, unknown: list[str], ids: Sequence[str]) -> None:
        """Tell of nodes for the first time. How each is is asked of few: of many, the list of nodes is new enough."""
        await self._ping(unknown)
        wanted = set(ids)
        nodes = self._progress(each for each in self._instance_ids() if each in wanted)
        self._keep(nodes)
        if self._is_open:
            self._emit(NodesChanged(nodes))
            return
        self._is_open = True
        self._emit(RunOpened(RunView(self._summary(), self._pipeline, nodes, self._counts(), self._platforms)))

    async def _find_commands(self) -> list[Command]:
        """Return the run's commands; those of a run that was just sent are waited for: lists lag behind."""
        fresh_until = self._record.started_at + _FRESH if self._record else self._clock()
        while True:
            found = await fetch_commands(self._client, self._command_ids, self._since())
            if len(found) == len(self._command_ids) or self._clock() >= fresh_until:
                return found
            await self._sleep(self._poll_s)

    async def _derive(self, name: str, version: str, parameters: object) -> Pipeline:
        try:
            content = await fetch_content(self._client, name, version)
        except (NotFound, AccessDenied):
            # Deleted meanwhile, or not ours to read: SSM's own steps still show.
            return Pipeline((PhaseSpec(Phase.STEPS, ()),))
        return derive_pipeline(content, parameters if isinstance(parameters, dict) else None)

    async def _look(self) -> None:
        moving = [sweep for sweep in self._sweeps if not sweep.is_settled]
        commands = await fetch_commands(self._client, [s.command.command_id for s in moving], self._since())
        newest = {command.command_id: command for command in commands}
        running = await self._running(moving)
        for sweep in moving:
            command = newest.get(sweep.command.command_id, sweep.command)
            known = running.get(sweep.command.command_id) if running is not None else None
            moved = await sweep.refresh(command, known)
            self._show_witness(moved)
            # A call that fails later in this look must not make these be forgotten.
            self._untold.update(each.instance_id for each in moved)
        changed = self._untold | await self._ping_running()
        self._untold.clear()
        self._tell(changed)

    def _show_witness(self, moved: Sequence[CommandInvocation]) -> None:
        if self._witness is not None:
            self._witness.saw(self.commands, moved)

    async def _running(self, moving: Sequence[CommandSweep]) -> dict[str, list[CommandInvocation]] | None:
        """Return the running nodes of several commands at the price of one; None where that is no gain."""
        since = self._since()
        if len(moving) < _TOGETHER_FROM or not since:
            return None
        return await fetch_running(self._client, [sweep.command.command_id for sweep in moving], since)

    async def _ping_running(self) -> set[str]:
        """Ask how the running nodes are; return those whose row changes with time: nodes that are away."""
        running = [each for s in self._sweeps for each, i in s.invocations.items() if i.status in _AT_WORK]
        due = self._clock() - self._pinged_at >= timedelta(seconds=self._ping_s)
        unknown = [each for each in self._instance_ids() if each not in self._infos]
        if running and due:
            before = {each: self._infos.get(each) for each in running}
            await self._ping([*running, *unknown])
            back = {each for each in running if before[each] != self._infos.get(each)}
        else:
            back = set()
        return back | {each for each in running if (node := self._shown.get(each)) and node.away_since}

    async def _ping(self, instance_ids: list[str]) -> None:
        with contextlib.suppress(AccessDenied):
            self._infos.update(await describe(self._client, instance_ids))
        self._pinged_at = self._clock()

    def _tell(self, changed: set[str]) -> None:
        nodes = tuple(node for node in self._progress(sorted(changed)) if self._shown.get(node.instance_id) != node)
        self._keep(nodes)
        if nodes:
            self._emit(NodesChanged(nodes))
        standing = (self._status(), self._counts())
        if standing != self._told:
            self._told = standing
            self._emit(RunChanged(*standing))

    def _keep(self, nodes: Iterable[NodeProgress]) -> None:
        for node in nodes:
            self._counting.replace(self._shown.get(node.instance_id), node)
            self._shown[node.instance_id] = node

    def _progress(self, instance_ids: Iterable[str]) -> tuple[NodeProgress, ...]:
        invocations = {each: i for sweep in self._sweeps for each, i in sweep.invocations.items()}
        now = self._clock()
        return tuple(
            node_progress(self._pipeline, invocations[each], self._infos.get(each), now, name=self._name(each))
            for each in instance_ids
            if each in invocations
        )

    def _ended(self) -> RunEnded:
        nodes = sorted(self._shown.values(), key=lambda node: node.name)
        ended_at = max((node.ended_at for node in nodes if node.ended_at), default=None)
        status = self._status()
        if status == "Success" and any(node.status != "Success" for node in nodes):
            # SSM calls a command a success while its errors stay within what was allowed.
            status = summaries.merged_status([node.status for node in nodes])
        return RunEnded(status, ended_at or self._clock(), summaries.headline(nodes))

    def _summary(self) -> RunSummary:
        found = summaries.summary(self._run_id, [sweep.command for sweep in self._sweeps], self._record)
        return replace(found, node_count=max(len(self._instance_ids()), found.node_count))

    def _status(self) -> str:
        return summaries.merged_status([str(sweep.command.status) for sweep in self._sweeps])

    def _counts(self) -> RunCounts:
        counts = self._counting.counts()
        # Nodes that were not read yet stand nowhere, but they are there.
        return replace(counts, total=max(counts.total, sum(sweep.command.target_count for sweep in self._sweeps)))

    def _instance_ids(self) -> list[str]:
        return [each for sweep in self._sweeps for each in sweep.invocations]

    def _name(self, instance_id: str) -> str:
        info = self._infos.get(instance_id)
        return node_name(info) if info else ""

    def _since(self) -> str:
        moments = [sweep.command.requested_date_time for sweep in self._sweeps]
        first = min((m for m in moments if m), default=self._record.started_at if self._record else None)
        return (first - _CLOCK_MARGIN).strftime("%Y-%m-%dT%H:%M:%SZ") if first else ""


def _is_passing(error: PatchError) -> bool:
    """Whether an error ends by itself: the service has trouble of its own, or somebody will sign in."""
    return isinstance(error, _PASSING) or (isinstance(error, ServiceError) and error.http_status >= _FAULT_FROM)
