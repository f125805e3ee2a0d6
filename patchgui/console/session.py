"""One connection at work: nodes, documents, launching, watching. Coroutines only; knows nothing of Qt."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

from patchgui.console import documents, nodes, summaries
from patchgui.console.archive.feed import ArchiveFeed
from patchgui.console.archive.importing import Importer
from patchgui.console.archive.recorder import Recorder
from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.events import ImportProgress, RunEnded, RunEvent
from patchgui.console.hooks import Targets, forecast_plan, matching
from patchgui.console.lacks import Lacks
from patchgui.console.launcher import Launcher, settle
from patchgui.console.output import OutputReader
from patchgui.console.plans import plan_of_commands
from patchgui.console.reboots import PendingReboot, PendingReboots, take_back
from patchgui.console.rows import DocumentDetail, NodeRow, RunRecord, RunSummary, StepOutput
from patchgui.console.store import RecordedRun, RunStore
from patchgui.console.sweep import fetch_commands
from patchgui.console.watcher import Watcher
from patchgui.console.window_tasks import WindowTasks
from patchgui.console.windows import Windows
from patchgui.patching.forecast import Forecast
from patchgui.patching.plan import PatchPlan, find_run
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import AccessDenied, Conflict, NotFound, PatchError
from patchgui.ssm.meter import Meter
from patchgui.ssm.shapes import CancelCommandRequest, Command, DocumentIdentifier, ListCommandsRequest

_LOCAL_POLL_S = 0.3
_RESET_LOOKS = 30
_AWS_POLL_S = 2.0
_AWS_SLOW_POLL_S = 5.0
_SLOW_FROM_NODES = 50
_LOCAL_PING_S = 0.5
_AWS_PING_S = 15.0
_IMPORT_AFTER_S = 2.0
"""What a person wants to see first is asked for first."""
_IMPORT_EVERY_S = 900.0
_MAX_COMMAND_PAGES = 10
"""Pages of commands on the Runs page: 500 commands; older runs of this console come from its own record."""


class ConsoleSession:
    """Everything the console can do on one connection.

    Every coroutine raises ``PatchError`` (``str()`` fit for an operator, ``hint``) and nothing else that is expected.
    The client and the store belong to the caller, who closes them; ``feed`` archives what happens. ``revive`` is asked
    to bring the endpoint back when it cannot be reached: the embedded agent can be started again, AWS cannot.
    """

    def __init__(
        self,
        connection: Connection,
        client: SsmClient,
        store: RunStore,
        *,
        feed: ArchiveFeed | None = None,
        revive: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.connection = connection
        self._client = client
        self._store = store
        self._feed = feed
        self._revive = revive
        self._outputs = OutputReader(client)
        self._reboots = PendingReboots(client)
        self._lacks = Lacks()
        self.windows = Windows(client)
        self.window_tasks = WindowTasks(client)
        self._importer = Importer(self, feed, is_local=connection.kind.is_local) if feed is not None else None
        self._known: Mapping[str, NodeRow] = {}
        # The same, or as much as was read of it by now: enough for the names of a run that is opened meanwhile.
        self._listed: Mapping[str, NodeRow] = {}
        self._command_of: dict[str, dict[str, str]] = {}
        self._from_archive: set[str] = set()

    @property
    def meter(self) -> Meter:
        """How many calls this connection makes and how many were throttled."""
        return self._client.meter

    async def nodes(self) -> AsyncIterator[tuple[NodeRow, ...]]:
        """Yield the managed nodes as they come; a row takes the place of an earlier one of the same node."""
        known: dict[str, NodeRow] = {}
        self._listed = self._known or known
        async for page in nodes.node_rows(self._client, self._lacks):
            known.update({row.instance_id: row for row in page})
            yield page
        self._known = self._listed = known

    def lacks(self) -> tuple[str, ...]:
        """Sentences on what is not shown because the profile may not read it; each names the permission."""
        return self._lacks.sentences()

    async def documents(self) -> tuple[DocumentIdentifier, ...]:
        """Return all Command documents that may be hooks: own, shared and Amazon's."""
        return await documents.command_documents(self._client)

    async def document(self, name: str, version: str | None = None) -> DocumentDetail:
        """Return one document; ``name`` may pin a version as ``Name:3``. Raises NotFound."""
        return await documents.fetch_document(self._client, name, version)

    async def forecast(self, plan: PatchPlan) -> Forecast:
        """Return what the plan will do: checks hooks, and nodes where they are few, against the endpoint."""
        return await forecast_plan(self._client, plan, self._known)

    async def resolve(self, targets: Targets) -> tuple[str, ...]:
        """Return the ids of the nodes that these targets stand for now (key to values, as ``tag:Role`` to ``web``)."""
        return tuple(await matching(self._client, targets))

    async def resource_groups(self) -> tuple[str, ...]:
        """Return the names of the resource groups that may be targets; an agent has none."""
        return () if self.connection.kind.is_local else await self._client.resource_groups.names()

    async def launch(self, plan: PatchPlan, tell: Callable[[str], None] = lambda _: None) -> RunRecord:
        """Start the run, once: recorded before sending, looked up before anything is sent again.

        ``tell`` takes a sentence where starting takes long. ``trouble`` of the record is a sentence to show when only a
        part of the run could be started. Cancelled in the middle, it leaves what was sent to :meth:`watch` to find.
        """
        recorded = partial(self._feed.launching, plan=plan, known=self._known) if self._feed is not None else None
        launcher = Launcher(self._client, self._store, self.connection.id, tell=tell, recorded=recorded)
        return await launcher.launch(plan)

    async def plan(self, run_id: str) -> PatchPlan:
        """Return what a run was to do, to send it again.

        Raises:
            Conflict: it does what no plan says, or nothing is known of its commands any more.
        """
        record = await self._store.run(run_id)
        if record is not None:
            return PatchPlan.model_validate_json(record.plan_json)
        commands = await fetch_commands(self._client, await self._command_ids(run_id, None))
        if not commands:
            raise Conflict("SSM has forgotten what this run was to do: after 30 days it keeps no command.")
        return plan_of_commands(commands)

    async def runs(self) -> tuple[RunSummary, ...]:
        """Return the runs, newest first: what the endpoint knows, joined with this console's own record."""
        commands: list[Command] = []
        pages = 0
        async for page in self._client.pages(self._client.list_commands, ListCommandsRequest()):
            commands.extend(page.commands)
            pages += 1
            if pages == _MAX_COMMAND_PAGES:
                break
        return summaries.summarise(commands, await self._store.runs(self.connection.id))

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        """Tell everything about a run until it has ended.

        Cancelling the task only detaches: nodes are left alone, and a later call picks up again.

        Raises:
            NotFound: the endpoint knows no command of this run.
        """
        if self._feed is not None and await self._feed.is_whole(run_id):
            self._from_archive.add(run_id)
            await self._feed.runs.watch(run_id, emit)
            return
        record = await self._store.run(run_id)
        if self._feed is None:
            ended = await self._follow(run_id, record, emit, None)
        else:
            async with self._feed.recorded(run_id, record, emit) as recorder:
                ended = await self._follow(run_id, record, recorder.take, recorder)
        await self._store.end(run_id, ended.status, ended.headline, ended.ended_at)

    async def _follow(
        self, run_id: str, record: RecordedRun | None, emit: Callable[[RunEvent], None], recorder: Recorder | None
    ) -> RunEnded:
        poll_s, ping_s = self._pace(record)
        watcher = Watcher(
            self._client,
            run_id,
            await self._command_ids(run_id, record),
            emit,
            record=record,
            poll_s=poll_s,
            ping_s=ping_s,
            revive=self._revive,
            known=self._listed,
            witness=recorder,
        )
        try:
            ended = await watcher.follow()
        finally:
            self._command_of[run_id] = watcher.command_of
        if recorder is not None:
            recorder.finish(watcher.view(), watcher.invocations)
        return ended

    async def cancel(self, run_id: str) -> None:
        """Ask SSM to cancel every command of the run; what runs on a node may go on there for a moment."""
        ended = 0
        command_ids = await self._command_ids(run_id, await self._store.run(run_id))
        for command in await fetch_commands(self._client, command_ids):
            if command.status.is_final:
                ended += 1
                continue
            await self._client.cancel_command(CancelCommandRequest(command_id=command.command_id))
        if ended == len(command_ids):
            raise Conflict("The run has already ended: there is nothing to cancel.")

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node so far."""
        if self._feed is None or run_id not in self._from_archive:
            return await self._told_output(run_id, instance_id, step)
        kept = await self._feed.runs.output(run_id, instance_id, step)
        if not kept.is_cut:
            return kept
        try:
            return await self._told_output(run_id, instance_id, step)
        except PatchError:
            # Forgotten there, or not to be reached: what is archived is all there is.
            return kept

    async def _told_output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        known = self._command_of.get(run_id, {}).get(instance_id)
        if known is not None:
            try:
                return await self._outputs.read(known, instance_id, step)
            except NotFound:
                # The service learns of an invocation a moment after it has taken the command.
                return StepOutput()
        record = await self._store.run(run_id)
        for command_id in await self._command_ids(run_id, record):
            try:
                found = await self._outputs.read(command_id, instance_id, step)
            except NotFound:
                continue
            self._command_of.setdefault(run_id, {})[instance_id] = command_id
            return found
        return StepOutput()

    async def pending_reboots(self) -> tuple[PendingReboot, ...]:
        """Return the reboots that were put off and have not happened yet, the next one first.

        Where the profile may not read them there are none, and :meth:`lacks` says so.
        """
        what = "Reboots that were put off are not shown"
        try:
            found = await self._reboots.read()
        except AccessDenied as denied:
            self._lacks.note(what, denied)
            return ()
        self._lacks.forget(what)
        return found

    async def remove_reboot(self, reboot: PendingReboot) -> None:
        """Take a reboot back that has not happened yet.

        Raises:
            NotFound: it, or a part of it, is gone already; the rest was taken back.
        """
        gone: NotFound | None = None
        for association_id in reboot.association_ids:
            try:
                await take_back(self._client, association_id)
            except NotFound as error:
                gone = error
        if gone is not None:
            raise gone

    async def recorded(self, run_id: str) -> RecordedRun | None:
        """Return a run as this console recorded its launch; None for one of somebody else."""
        return await self._store.run(run_id)

    async def look_through(self, run_id: str) -> None:
        """Look at a run that has ended, all of it, for the archive."""
        await self.watch(run_id, _to_nobody)
        self._command_of.pop(run_id, None)

    async def import_runs(self, tell: Callable[[ImportProgress], None]) -> None:
        """Complete the archive once: seal what has ended, import what is remembered. Cancel it at any moment."""
        if self._importer is not None:
            await self._importer.import_runs(tell)

    async def seal_archive(self) -> None:
        """Make the runs whole in the archive that were watched to their end. Raises ``PatchError`` where it cannot."""
        if self._feed is not None:
            await self._feed.seal()

    async def keep_archive(self, tell: Callable[[ImportProgress], None]) -> None:
        """Complete the archive now, after each run that ends, and from time to time, until it is cancelled."""
        if self._feed is None:
            return
        await self._feed.woken(_IMPORT_AFTER_S)
        while True:
            with contextlib.suppress(PatchError):
                # Whatever is wrong with the connection shows elsewhere; what is not whole waits for the next time.
                await self.import_runs(tell)
            await self._feed.woken(_IMPORT_EVERY_S)

    async def identity(self) -> str:
        """Return who is signed in, as an ARN."""
        return (await self._client.get_caller_identity()).arn

    async def reset_sandbox(self) -> None:
        """Bring the sandbox nodes back to their unpatched state and wait for them.

        Raises:
            Conflict: this connection has no sandbox, or something runs in it.
        """
        if self.connection.kind is not ConnectionKind.SANDBOX:
            raise Conflict(
                f"{self.connection.label} is not the sandbox: nothing was reset.",
                hint="Only the embedded agent's sandbox nodes can be brought back to their unpatched state.",
            )
        await self._client.ask_agent("ResetSandbox")
        # A node that does not come back is no failure of the reset: the forecast names it.
        for _ in range(_RESET_LOOKS):
            rows = {row.instance_id: row async for page in self.nodes() for row in page}
            if all(row.is_online for row in rows.values()):
                return
            await asyncio.sleep(_LOCAL_POLL_S)

    def _pace(self, record: RecordedRun | None) -> tuple[float, float]:
        if self.connection.kind.is_local:
            return _LOCAL_POLL_S, _LOCAL_PING_S
        count = PatchPlan.model_validate_json(record.plan_json).node_count if record else 0
        return (_AWS_SLOW_POLL_S if count > _SLOW_FROM_NODES else _AWS_POLL_S), _AWS_PING_S

    async def _command_ids(self, run_id: str, record: RecordedRun | None) -> list[str]:
        """Return the run's commands: from the record, else from the comments that SSM keeps, else the id itself."""
        if record is not None:
            record = await settle(self._client, self._store, record)
            ids = [command.command_id for command in record.commands if command.command_id]
            if ids:
                return ids
        if _is_command_id(run_id):
            return [run_id]
        found: dict[int, str] = {}
        async for page in self._client.pages(self._client.list_commands, ListCommandsRequest()):
            for command in page.commands:
                mark = find_run(command.comment)
                if mark and mark[0] == run_id:
                    found[mark[1]] = command.command_id
        if not found:
            raise NotFound(f"There is no run {run_id}.", code="InvalidCommandId", hint="List the runs: patchgui runs.")
        return [found[number] for number in sorted(found)]


def _to_nobody(_event: RunEvent) -> None:
    """Nobody looks: the run is opened for the archive alone."""


def _is_command_id(run_id: str) -> bool:
    return len(run_id) == 36 and run_id.count("-") == 4
