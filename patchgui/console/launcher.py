"""Launch once: record, put a reboot off, send; after a lost answer look before anything is sent again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from patchgui.console.once import once
from patchgui.console.reboots import put_off, take_back
from patchgui.console.rows import RunRecord
from patchgui.console.store import RecordedRun, RunStore, SendState
from patchgui.patching.plan import PatchPlan, run_comment
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import PatchError, Unreachable
from patchgui.ssm.shapes import Command, CommandFilter, CommandFilterKey, ListCommandsRequest, SendCommandRequest
from patchgui.ssm.validation import checked

_CLOCK_MARGIN = timedelta(minutes=15)
"""How far this machine's clock may differ from the service's when commands are looked up by their time."""


def new_run_id(now: datetime) -> str:
    """Return an id that sorts by time and can be read out: ``20261123-140211-4f9c2a1b``."""
    return f"{now:%Y%m%d-%H%M%S}-{uuid4().hex[:8]}"


class Launcher:
    """Sends the commands of a run, each exactly once. ``recorded`` is awaited in between: it must not raise."""

    def __init__(
        self,
        client: SsmClient,
        store: RunStore,
        connection_id: str,
        *,
        recorded: Callable[[RecordedRun], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._store = store
        self._connection_id = connection_id
        self._recorded = recorded
        self._sleep = sleep
        self._clock = clock
        self._tell = tell

    async def launch(self, plan: PatchPlan) -> RunRecord:
        """Send every command of the plan. Cancelling it in the middle sends nothing more, and takes nothing back.

        Raises:
            PatchError: nothing was started, or it is not known whether something was; the message says which. Where
                a part was started, the record comes back with ``trouble`` instead.
        """
        started_at = self._clock()
        run_id = new_run_id(started_at)
        with checked():
            requests = plan.command_requests(run_id)
        comments = {number: run_comment(run_id, number, len(requests)) for number in range(1, len(requests) + 1)}
        await self._store.add(
            run_id, self._connection_id, started_at, plan.model_dump_json(), comments, retry_of=plan.retry_of
        )
        await self._tell_recorded(run_id)
        reboots = await self._put_off(run_id, plan)
        accepted: list[str] = []
        for number, request in enumerate(requests, start=1):
            try:
                accepted.append(await self._send_once(run_id, number, request, started_at))
            except PatchError as error:
                if not accepted:
                    await self._give_up(run_id, error, reboots)
                    raise
                left = len(requests) - len(accepted)
                trouble = f"{len(accepted)} of {len(requests)} commands were started; {left} were not: {error}"
                return RunRecord(run_id, tuple(accepted), started_at, trouble)
        await self._store.end(run_id, "InProgress")
        return RunRecord(run_id, tuple(accepted), started_at)

    async def _tell_recorded(self, run_id: str) -> None:
        """Let the run be archived before anything of it is sent: how patches stand now is known only now."""
        record = await self._store.run(run_id) if self._recorded else None
        if record is not None and self._recorded is not None:
            await self._recorded(record)

    async def _put_off(self, run_id: str, plan: PatchPlan) -> list[str]:
        """Make the associations of a reboot that is put off, before anything is patched.

        A node that needs a reboot and gets none is worse than a reboot of a node that needs none: the document
        restarts no node that does not wait for it.
        """
        made: list[str] = []
        try:
            with checked():
                requests = plan.association_requests(run_id)
            for request in requests:
                made.append(await put_off(self._client, request, self._sleep, self._tell))  # noqa: PERF401 - kept on a failure
        except PatchError as error:
            await self._give_up(run_id, error, made)
            raise
        return made

    async def _give_up(self, run_id: str, error: PatchError, reboots: Sequence[str]) -> None:
        """Record that nothing was started; take the reboots back where that is certain."""
        if error.is_outcome_known:
            for association_id in reboots:
                with contextlib.suppress(PatchError):
                    await take_back(self._client, association_id)
        await self._store.end(run_id, "Failed" if error.is_outcome_known else "Unknown", str(error), self._clock())

    async def _send_once(self, run_id: str, number: int, request: SendCommandRequest, started_at: datetime) -> str:
        async def send() -> str:
            await self._store.mark(run_id, number, SendState.SENDING)
            return (await self._client.send_command(request)).command.command_id

        async def look() -> str | None:
            found = await find_by_comment(self._client, request.comment or "", started_at)
            return found.command_id if found else None

        try:
            command_id = await once(send, look, self._sleep, "the run was started", tell=self._tell)
        except PatchError as error:
            if error.is_outcome_known and not isinstance(error, Unreachable):
                await self._store.mark(run_id, number, SendState.REFUSED)
            raise
        await self._store.mark(run_id, number, SendState.SENT, command_id)
        return command_id


async def find_by_comment(client: SsmClient, comment: str, started_at: datetime) -> Command | None:
    """Return the command with exactly this comment, sent at about that time."""
    since = (started_at - _CLOCK_MARGIN).strftime("%Y-%m-%dT%H:%M:%SZ")
    request = ListCommandsRequest(filters=(CommandFilter(key=CommandFilterKey.INVOKED_AFTER, value=since),))
    async for page in client.pages(client.list_commands, request):
        for command in page.commands:
            if command.comment == comment:
                return command
    return None


async def settle(client: SsmClient, store: RunStore, run: RecordedRun) -> RecordedRun:
    """Find out what became of commands whose answer never came (a crash, a lost network); sends nothing."""
    for command in run.commands:
        if command.state is not SendState.SENDING or command.command_id:
            continue
        found = await find_by_comment(client, command.comment, run.started_at)
        if found is not None:
            await store.mark(run.run_id, command.number, SendState.SENT, found.command_id)
    return await store.run(run.run_id) or run
