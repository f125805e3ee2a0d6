"""Asks SSM where a run stands, in as few calls as will do: counters first, then only what moves."""

import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence

from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import NotFound
from patchgui.ssm.shapes import (
    Command,
    CommandFilter,
    CommandFilterKey,
    CommandInvocation,
    CommandInvocationStatus,
    ListCommandInvocationsRequest,
    ListCommandInvocationsResult,
    ListCommandsRequest,
)

_PAGE = 50
"""Invocations on a page: up to here one call shows the whole command, so nothing is gained by asking for less."""
_SINGLE_LOOKS = 5
"""Nodes that left the running ones are looked up one by one up to here; for more a whole sweep is cheaper."""
_WHOLE_EVERY = 12
"""A small command that others are looked at with is seen whole once in so many looks: a node may also be Delayed."""
_MORE_PAGES = 2


class CommandSweep:
    """One command of a run: what was last seen of it and of its nodes."""

    def __init__(self, client: SsmClient, command: Command) -> None:
        self._client = client
        self.command = command
        self.invocations: dict[str, CommandInvocation] = {each: unsent(command, each) for each in command.instance_ids}
        self._counters: tuple[object, ...] = ()
        self._was_swept = False
        self._looks = 0

    @property
    def is_settled(self) -> bool:
        """Whether the command and all its nodes have ended and were seen to."""
        return (
            self._was_swept
            and self.command.status.is_final
            and all(invocation.status.is_final for invocation in self.invocations.values())
        )

    @property
    def was_swept(self) -> bool:
        """Whether all its nodes were seen once."""
        return self._was_swept

    async def read(self) -> AsyncIterator[Sequence[str]]:
        """See all its nodes for the first time; yield the ids of each page, with the last one those in none."""
        self._counters, self._looks = _counters(self.command), self._looks + 1
        missing = dict.fromkeys(self.invocations)
        async for page in self._pages():
            self._changed(page.command_invocations)
            found = [each.instance_id for each in page.command_invocations]
            for each in found:
                missing.pop(each, None)
            self._was_swept = not page.next_token
            yield found if page.next_token else [*found, *missing]

    async def refresh(
        self, command: Command, running: Sequence[CommandInvocation] | None = None
    ) -> list[CommandInvocation]:
        """Take the command's newest counters, fetch what may have moved, and return the invocations that did.

        ``running`` are the command's running nodes where they are known already, see `fetch_running`.
        """
        counters = _counters(command)
        moved, self.command = counters != self._counters, command
        self._looks += 1
        asks_whole = self._looks % _WHOLE_EVERY == 0 if running is not None else self._is_small
        if not self._was_swept or asks_whole or command.status.is_final:
            found = await self._fetch()
            self._was_swept = True
        else:
            found = await self._fetch_moving(running, moved=moved)
        # Only now: what a look that broke off has missed is still to be looked for.
        self._counters = counters
        return self._changed(found)

    @property
    def _is_small(self) -> bool:
        return max(len(self.invocations), self.command.target_count) <= _PAGE

    async def _fetch_moving(self, known: Sequence[CommandInvocation] | None, *, moved: bool) -> list[CommandInvocation]:
        """Fetch the running nodes, and those that ran at the last look and no longer do."""
        running = CommandInvocationStatus.IN_PROGRESS
        found = list(known) if known is not None else await self._fetch(status=running)
        seen = {invocation.instance_id for invocation in found}
        left = [i.instance_id for i in self.invocations.values() if i.status == running and i.instance_id not in seen]
        if len(left) > (0 if self._is_small else _SINGLE_LOOKS):
            return await self._fetch()
        for instance_id in left:
            found.extend(await self._fetch(instance_id=instance_id))
        # A node may have gone from pending to its end between two looks: only the counters betray it.
        ended = {i.instance_id for i in self.invocations.values() if i.status.is_final}
        ended |= {i.instance_id for i in found if i.status.is_final}
        if moved and self.command.completed_count > len(ended):
            return await self._fetch()
        return found

    async def _fetch(
        self, *, status: CommandInvocationStatus | None = None, instance_id: str | None = None
    ) -> list[CommandInvocation]:
        pages = self._pages(status=status, instance_id=instance_id)
        return [invocation async for page in pages for invocation in page.command_invocations]

    def _pages(
        self, *, status: CommandInvocationStatus | None = None, instance_id: str | None = None
    ) -> AsyncIterator[ListCommandInvocationsResult]:
        filters = (CommandFilter(key=CommandFilterKey.STATUS, value=status.value),) if status else None
        request = ListCommandInvocationsRequest(
            command_id=self.command.command_id, instance_id=instance_id, filters=filters, details=True
        )
        return self._client.pages(self._client.list_command_invocations, request)

    def _changed(self, found: Iterable[CommandInvocation]) -> list[CommandInvocation]:
        changed = [each for each in found if self.invocations.get(each.instance_id) != each]
        self.invocations.update({each.instance_id: each for each in changed})
        return changed


def _counters(command: Command) -> tuple[object, ...]:
    return (command.status, command.completed_count, command.error_count, command.delivery_timed_out_count)


async def fetch_running(
    client: SsmClient, command_ids: Sequence[str], since: str
) -> dict[str, list[CommandInvocation]] | None:
    """Return the running nodes of several commands, by command, from one list of all that runs since ``since``.

    None where so much else runs that asking for each command is cheaper.
    """
    filters = (
        CommandFilter(key=CommandFilterKey.INVOKED_AFTER, value=since),
        CommandFilter(key=CommandFilterKey.STATUS, value=CommandInvocationStatus.IN_PROGRESS.value),
    )
    found: dict[str, list[CommandInvocation]] = {command_id: [] for command_id in command_ids}
    pages = 0
    request = ListCommandInvocationsRequest(filters=filters, details=True)
    async for page in client.pages(client.list_command_invocations, request):
        pages += 1
        for invocation in page.command_invocations:
            if invocation.command_id in found:
                found[invocation.command_id].append(invocation)
        if pages > len(command_ids) + _MORE_PAGES and page.next_token:
            return None
    return found


def unsent(command: Command, instance_id: str) -> CommandInvocation:
    """Return a node that SSM lists in the command but not yet among its invocations."""
    return CommandInvocation(
        command_id=command.command_id,
        instance_id=instance_id,
        document_name=command.document_name,
        requested_date_time=command.requested_date_time,
        status=CommandInvocationStatus.PENDING,
        status_details="Pending",
    )


async def fetch_commands(client: SsmClient, command_ids: Sequence[str], since: str = "") -> list[Command]:
    """Return the commands by id, in that order; those that SSM has forgotten are left out.

    Several commands are found in one list of everything since ``since`` (ISO 8601), which is one call for 50.
    """
    if len(command_ids) == 1 or not since:
        found: list[Command] = []
        for command_id in command_ids:
            # AWS refuses an id that it has forgotten, or does not know yet.
            with contextlib.suppress(NotFound):
                found.extend((await client.list_commands(ListCommandsRequest(command_id=command_id))).commands)
        return found
    wanted = dict.fromkeys(command_ids)
    seen: dict[str, Command] = {}
    after = CommandFilter(key=CommandFilterKey.INVOKED_AFTER, value=since)
    async for page in client.pages(client.list_commands, ListCommandsRequest(filters=(after,))):
        seen.update({command.command_id: command for command in page.commands if command.command_id in wanted})
        if len(seen) == len(wanted):
            break
    return [seen[command_id] for command_id in wanted if command_id in seen]
