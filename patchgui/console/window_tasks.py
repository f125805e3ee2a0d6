"""Tasks of maintenance windows: read whole, changed against what is there at that moment, and put back as they were."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from patchgui.console.once import once
from patchgui.patching.window_tasks.draft import FieldChange, TaskDraft, difference, register_members, update_members
from patchgui.patching.window_tasks.fields import TASK_TYPE, WINDOW_ID, Fields, fields_of
from patchgui.patching.window_tasks.merge import Meanwhile, compare
from patchgui.ssm.client import SsmClient
from patchgui.ssm.shapes.maintenance_windows import (
    DeregisterTaskFromMaintenanceWindowRequest,
    DescribeMaintenanceWindowTargetsRequest,
    GetMaintenanceWindowRequest,
    GetMaintenanceWindowResult,
    MaintenanceWindowTarget,
)

_SETTLING_S = (0.2, 1.0)
"""Waits before a task is read once more that does not show a change yet which was accepted."""
_HINT = "It is not sent again. Open the task once the connection is back: it shows what was saved."


@dataclass(frozen=True, slots=True)
class Saved:
    """A task that was saved: as it was just before, as it is now, and what the service made otherwise than asked."""

    task_id: str
    before: Fields
    after: Fields
    unkept: tuple[FieldChange, ...] = ()

    @property
    def is_added(self) -> bool:
        """Whether there was no such task before."""
        return not self.before

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """What saving changed."""
        return difference(self.before, self.after)

    def undo(self) -> TaskDraft:
        """Return the draft that makes the task again what it was before."""
        return TaskDraft(self.after, self.before)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a task stands in: its window, and the targets that are registered there."""

    window: GetMaintenanceWindowResult
    targets: tuple[MaintenanceWindowTarget, ...]


class WindowTasks:
    """The tasks of a connection's windows. Every coroutine raises ``PatchError`` and nothing else that is expected."""

    def __init__(self, client: SsmClient, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep

    async def read(self, window_id: str, task_id: str) -> TaskDraft:
        """Return a task as a draft that changes nothing yet. Raises NotFound."""
        return TaskDraft.of(await self._members(window_id, task_id))

    async def surroundings(self, window_id: str) -> Surroundings:
        """Return a task's window with its registered targets. Raises NotFound."""
        calls = self._client.windows
        window = await calls.get_maintenance_window(GetMaintenanceWindowRequest(window_id=window_id))
        targets: list[MaintenanceWindowTarget] = []
        asked = DescribeMaintenanceWindowTargetsRequest(window_id=window_id)
        async for page in self._client.pages(calls.describe_maintenance_window_targets, asked):
            targets.extend(page.targets)
        return Surroundings(window, tuple(targets))

    @staticmethod
    def new(window_id: str) -> TaskDraft:
        """Return the draft of a new task of a window."""
        return TaskDraft({}, {WINDOW_ID: window_id, TASK_TYPE: "RUN_COMMAND", ("Priority",): 1})

    async def save(self, draft: TaskDraft) -> Saved | Meanwhile:
        """Save a draft, where the task is still what the draft began with; else say what it became, and save nothing.

        A lost answer is looked up, not sent again as if nothing had been: what is there then decides.

        Raises:
            NotFound: the task or its window is gone.
            InvalidInput: a value is outside the service's limits.
        """
        if draft.is_new:
            return await self._register(draft)
        members = update_members(draft)

        async def look() -> Saved | Meanwhile | None:
            meanwhile = await self._meanwhile(draft)
            if not difference(draft.mine, meanwhile.theirs):
                return Saved(draft.task_id, draft.base, meanwhile.theirs)
            return meanwhile if meanwhile.changes else None

        async def send() -> Saved | Meanwhile:
            # It may be as wanted already: an earlier saving whose answer never came.
            there = await look()
            if there is None:
                await self._client.windows.update_task_members(members)
                there = await self._settled(draft)
            return there

        return await once(send, look, self._sleep, "the task was saved", _HINT)

    async def remove(self, window_id: str, task_id: str) -> None:
        """Take a task out of its window. Raises NotFound."""
        request = DeregisterTaskFromMaintenanceWindowRequest(window_id=window_id, window_task_id=task_id)
        await self._client.windows.deregister_task_from_maintenance_window(request)

    async def _register(self, draft: TaskDraft) -> Saved:
        # The token makes a second call the same as the first: the service adds one task.
        members = register_members(draft) | {"ClientToken": str(uuid4())}

        async def send() -> str:
            return await self._client.windows.register_task_members(members)

        task_id = await once(send, send, self._sleep, "the task was added", _HINT)
        after = fields_of(await self._members(draft.window_id, task_id))
        return Saved(task_id, {}, after)

    async def _settled(self, draft: TaskDraft) -> Saved:
        """Return what was saved, as soon as the service shows it."""
        after = (await self._meanwhile(draft)).theirs
        for wait_s in _SETTLING_S:
            if not difference(draft.mine, after):
                break
            await self._sleep(wait_s)
            after = (await self._meanwhile(draft)).theirs
        return Saved(draft.task_id, draft.base, after, difference(draft.mine, after))

    async def _meanwhile(self, draft: TaskDraft) -> Meanwhile:
        return compare(draft, fields_of(await self._members(draft.window_id, draft.task_id)))

    async def _members(self, window_id: str, task_id: str) -> dict[str, object]:
        return await self._client.windows.task_members(window_id, task_id)
