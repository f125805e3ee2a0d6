"""Maintenance windows as the console tells of them: the list, one window whole, and its coming runs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from patchgui.console.window_changes import WindowChanges
from patchgui.console.window_executions import WindowExecutions
from patchgui.console.window_words import moment_of
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import InvalidInput, NotFound
from patchgui.ssm.shapes.maintenance_windows import (
    DescribeMaintenanceWindowScheduleRequest,
    DescribeMaintenanceWindowsRequest,
    DescribeMaintenanceWindowTargetsRequest,
    DescribeMaintenanceWindowTasksRequest,
    GetMaintenanceWindowRequest,
    GetMaintenanceWindowResult,
    GetMaintenanceWindowTaskRequest,
    GetMaintenanceWindowTaskResult,
    MaintenanceWindowExecution,
    MaintenanceWindowIdentity,
    MaintenanceWindowTarget,
    ScheduledWindowExecution,
)

_WINDOW_ID = re.compile(r"^mw-[0-9a-f]{17}$")
_TASK_ID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


@dataclass(frozen=True, slots=True)
class WindowDetails:
    """One window whole; ``executions`` are the newest ones."""

    window: GetMaintenanceWindowResult
    targets: tuple[MaintenanceWindowTarget, ...]
    tasks: tuple[GetMaintenanceWindowTaskResult, ...]
    executions: tuple[MaintenanceWindowExecution, ...]


class Windows:
    """The windows of a connection. Every coroutine raises ``PatchError`` and nothing else that is expected."""

    def __init__(self, client: SsmClient) -> None:
        self._client = client
        self.executions = WindowExecutions(client)
        self.changes = WindowChanges(client)

    async def all(self) -> tuple[MaintenanceWindowIdentity, ...]:
        """Return all windows, by name."""
        found: list[MaintenanceWindowIdentity] = []
        call = self._client.windows.describe_maintenance_windows
        async for page in self._client.pages(call, DescribeMaintenanceWindowsRequest()):
            found.extend(page.window_identities)
        return tuple(sorted(found, key=lambda each: (each.name or "", each.window_id or "")))

    async def details(self, name: str) -> WindowDetails:
        """Return a window whole, by its name or id.

        Raises:
            NotFound: there is none.
            InvalidInput: there are several of that name.
        """
        window_id = await self.id_of(name)
        window, targets = await self.window(window_id), await self.targets(window_id)
        newest = await self.executions.page(window_id)
        return WindowDetails(window, targets, await self.tasks(window_id), newest.executions)

    async def window(self, window_id: str) -> GetMaintenanceWindowResult:
        """Return the settings of a window. Raises NotFound."""
        return await self._client.windows.get_maintenance_window(GetMaintenanceWindowRequest(window_id=window_id))

    async def targets(self, window_id: str) -> tuple[MaintenanceWindowTarget, ...]:
        """Return the targets that are registered with a window."""
        call = self._client.windows.describe_maintenance_window_targets
        found: list[MaintenanceWindowTarget] = []
        async for page in self._client.pages(call, DescribeMaintenanceWindowTargetsRequest(window_id=window_id)):
            found.extend(page.targets)
        return tuple(found)

    async def coming_runs(self, name: str, count: int) -> tuple[ScheduledWindowExecution, ...]:
        """Return the next runs of a window, by its name or id, or with no name those of all windows.

        Raises:
            NotFound: there is no such window.
            InvalidInput: there are several of that name.
        """
        if name:
            ids = [await self.id_of(name)]
        else:
            ids = [each.window_id for each in await self.all() if each.window_id and each.enabled]
        found = [run for window_id in ids for run in await self._runs_of(window_id, count)]
        found.sort(key=lambda run: moment_of(run.execution_time) or datetime.max.replace(tzinfo=UTC))
        return tuple(found[:count])

    async def _runs_of(self, window_id: str, count: int) -> list[ScheduledWindowExecution]:
        found: list[ScheduledWindowExecution] = []
        asked = DescribeMaintenanceWindowScheduleRequest(window_id=window_id, max_results=count)
        async for page in self._client.pages(self._client.windows.describe_maintenance_window_schedule, asked):
            found.extend(page.scheduled_window_executions)
            if len(found) >= count:
                break
        return found[:count]

    async def tasks(self, window_id: str) -> tuple[GetMaintenanceWindowTaskResult, ...]:
        """Return a window's tasks whole, in the order in which they run."""
        calls = self._client.windows
        found: list[GetMaintenanceWindowTaskResult] = []
        asked = DescribeMaintenanceWindowTasksRequest(window_id=window_id)
        async for page in self._client.pages(calls.describe_maintenance_window_tasks, asked):
            for task in page.tasks:
                one = GetMaintenanceWindowTaskRequest(window_id=window_id, window_task_id=task.window_task_id or "")
                found.append(await calls.get_maintenance_window_task(one))
        return tuple(sorted(found, key=lambda task: task.priority or 0))

    async def id_of(self, name: str) -> str:
        """Return the id of a window, by its name or id.

        Raises:
            NotFound: there is none.
            InvalidInput: there are several of that name.
        """
        if _WINDOW_ID.match(name):
            return name
        windows = await self.all()
        return _only(name, "maintenance window", [(each.name, each.window_id) for each in windows])

    async def task_id_of(self, window_id: str, name: str) -> str:
        """Return the id of a window's task, by its name or id. Raises as :meth:`id_of`."""
        if _TASK_ID.match(name):
            return name
        found: list[tuple[str | None, str | None]] = []
        asked = DescribeMaintenanceWindowTasksRequest(window_id=window_id)
        async for page in self._client.pages(self._client.windows.describe_maintenance_window_tasks, asked):
            found.extend((task.name, task.window_task_id) for task in page.tasks)
        return _only(name, "task", found)


def _only(name: str, what: str, there: Sequence[tuple[str | None, str | None]]) -> str:
    """Return the id of the one thing of this name, of names with their ids."""
    found = [identity for called, identity in there if called == name and identity]
    if not found:
        names = ", ".join(sorted({called for called, _ in there if called}))
        raise NotFound(f"There is no {what} “{name}”.", hint=f"There are: {names}." if names else "There is none yet.")
    if len(found) > 1:
        hint = f"Give one's id: {', '.join(found)}."
        raise InvalidInput(f"{len(found)} {what}s are called “{name}”.", hint=hint)
    return found[0]
