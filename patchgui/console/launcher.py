"""Launch once: record, send, and after a lost answer look before anything is sent again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from patchgui.console.rows import RunRecord
from patchgui.console.store import RecordedRun, RunStore, SendState
from patchgui.patching.plan import PatchPlan, run_comment
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import PatchError, Unreachable
from patchgui.ssm.shapes import Command, CommandFilter, CommandFilterKey, ListCommandsRequest, SendCommandRequest
from patchgui.ssm.validation import checked

_LOOKS_S = (0.5, 1.0, 2.0, 4.0)
"""Waits before each look: a list of commands may lag behind what was accepted (eventual consistency)."""
_SENDS = 3
"""How often a command may be sent when each time it is certain that the one before was not accepted."""
_CLOCK_MARGIN = timedelta(minutes=15)
"""How far this machine's clock may differ from the service's when commands are looked up by their time."""


def new_run_id(now: datetime) -> str:
    """Return an id that sorts by time and can be read out: ``20261123-140211-4f9c2a1b``."""
    return f"{now:%Y%m%d-%H%M%S}-{uuid4().hex[:8]}"


class Launcher:
    """Sends the commands of a run, each exactly once."""

    def __init__(
        self,
        client: SsmClient,
        store: RunStore,
        connection_id: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._store = store
        self._connection_id = connection_id
        self._sleep = sleep
        self._clock = clock

    async def launch(self, plan: PatchPlan) -> RunRecord:
        """Send every command of the plan.

        Raises:
            PatchError: nothing was started, or it is not known whether something was; the message says which. Where
                a part was started, the record comes back with ``trouble`` instead.
        """
        started_at = self._clock()
        run_id = new_run_id(started_at)
        with checked():
            requests = plan.command_requests(run_id)
        comments = {number: run_comment(run_id, number, len(requests)) for number in range(1, len(requests) + 1)}
        await self._store.add(run_id, self._connection_id, started_at, plan.model_dump_json(), comments)
        accepted: list[str] = []
        for number, request in enumerate(requests, start=1):
            try:
                accepted.append(await self._send_once(run_id, number, request, started_at))
            except PatchError as error:
                if not accepted:
                    await self._give_up(run_id, error)
                    raise
                left = len(requests) - len(accepted)
                trouble = f"{len(accepted)} of {len(requests)} commands were started; {left} were not: {error}"
                return RunRecord(run_id, tuple(accepted), started_at, trouble)
        await self._store.end(run_id, "InProgress")
        return RunRecord(run_id, tuple(accepted), started_at)

    async def _give_up(self, run_id: str, error: PatchError) -> None:
        await self._store.end(run_id, "Failed" if error.is_outcome_known else "Unknown", str(error), self._clock())

    async def _send_once(self, run_id: str, number: int, request: SendCommandRequest, started_at: datetime) -> str:
        comment = request.comment or ""
        lost: PatchError | None = None
        for _ in range(_SENDS):
            await self._store.mark(run_id, number, SendState.SENDING)
            try:
                sent = await self._client.send_command(request)
            except PatchError as error:
                if error.is_outcome_known and not isinstance(error, Unreachable):
                    await self._store.mark(run_id, number, SendState.REFUSED)
                    raise
                lost = error
                if isinstance(error, Unreachable) and not error.was_sent:
                    await self._sleep(_LOOKS_S[0])
                    continue
                command_id = await self._look_up(comment, started_at, error)
                if command_id is not None:
                    await self._store.mark(run_id, number, SendState.SENT, command_id)
                    return command_id
                continue
            await self._store.mark(run_id, number, SendState.SENT, sent.command.command_id)
            return sent.command.command_id
        assert lost is not None
        raise lost

    async def _look_up(self, comment: str, started_at: datetime, lost: PatchError) -> str | None:
        """Return the command that was accepted although its answer got lost; None when there is certainly none."""
        seen = False
        for wait_s in _LOOKS_S:
            await self._sleep(wait_s)
            try:
                found = await find_by_comment(self._client, comment, started_at)
            except PatchError:
                continue
            seen = True
            if found is not None:
                return found.command_id
        if not seen:
            raise _Lost(lost)
        return None


class _Lost(PatchError):
    """No answer, and no way to find out: sending again might start the run twice."""

    def __init__(self, lost: PatchError) -> None:
        super().__init__(
            f"Whether the run was started is not known: {lost}",
            hint="It is not sent again. Open Runs once the connection is back: if it was started, it is there.",
            log_detail=lost.log_detail,
        )

    @property
    def is_outcome_known(self) -> bool:
        """False: that is what it says."""
        return False


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
