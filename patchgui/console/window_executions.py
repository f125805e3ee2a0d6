"""What became of maintenance windows: executions, the tasks of one, and the commands that each task sent."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from patchgui.console.together import together
from patchgui.console.window_calendar import moments_before
from patchgui.ssm.client import SsmClient
from patchgui.ssm.shapes.maintenance_windows import (
    DescribeMaintenanceWindowExecutionsRequest,
    DescribeMaintenanceWindowExecutionTaskInvocationsRequest,
    DescribeMaintenanceWindowExecutionTasksRequest,
    MaintenanceWindowExecution,
    MaintenanceWindowExecutionStatus,
    MaintenanceWindowExecutionTaskIdentity,
    MaintenanceWindowExecutionTaskInvocationIdentity,
    MaintenanceWindowIdentity,
)

PAGE: Final = 10
"""So many executions come at a time: the least that the service takes."""
_AT_ONCE: Final = 5
MOVING = frozenset(
    {
        MaintenanceWindowExecutionStatus.PENDING,
        MaintenanceWindowExecutionStatus.IN_PROGRESS,
        MaintenanceWindowExecutionStatus.CANCELLING,
    }
)
"""The statuses of what has not ended."""


class ExecutionPage(NamedTuple):
    """Some executions, newest first; ``next_token`` asks for older ones, empty where there are none."""

    executions: tuple[MaintenanceWindowExecution, ...]
    next_token: str = ""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """A task of an execution, and what it started."""

    task: MaintenanceWindowExecutionTaskIdentity
    invocations: tuple[MaintenanceWindowExecutionTaskInvocationIdentity, ...]


class WindowExecutions:
    """The executions of a connection's windows. Every coroutine raises ``PatchError`` and nothing else."""

    def __init__(self, client: SsmClient) -> None:
        self._client = client

    async def page(self, window_id: str, token: str = "") -> ExecutionPage:
        """Return the newest executions of a window, or with the token of a page those before it."""
        told = await self._client.windows.describe_maintenance_window_executions(
            DescribeMaintenanceWindowExecutionsRequest(window_id=window_id, max_results=PAGE, next_token=token or None)
        )
        return ExecutionPage(told.window_executions, told.next_token or "")

    async def outcome(self, execution_id: str) -> tuple[TaskOutcome, ...]:
        """Return the tasks of an execution with what each of them started."""
        calls = self._client.windows
        tasks: list[MaintenanceWindowExecutionTaskIdentity] = []
        asked = DescribeMaintenanceWindowExecutionTasksRequest(window_execution_id=execution_id)
        async for page in self._client.pages(calls.describe_maintenance_window_execution_tasks, asked):
            tasks.extend(page.window_execution_task_identities)
        return tuple([TaskOutcome(task, await self._invocations(execution_id, task)) for task in tasks])

    async def _invocations(
        self, execution_id: str, task: MaintenanceWindowExecutionTaskIdentity
    ) -> tuple[MaintenanceWindowExecutionTaskInvocationIdentity, ...]:
        call = self._client.windows.describe_maintenance_window_execution_task_invocations
        asked = DescribeMaintenanceWindowExecutionTaskInvocationsRequest(
            window_execution_id=execution_id, task_id=task.task_execution_id or ""
        )
        found: list[MaintenanceWindowExecutionTaskInvocationIdentity] = []
        async for page in self._client.pages(call, asked):
            found.extend(page.window_execution_task_invocation_identities)
        return tuple(found)

    async def open_now(self, windows: Iterable[MaintenanceWindowIdentity], now: datetime) -> frozenset[str]:
        """Return the ids of the windows of which an execution runs.

        Only those are asked about whose schedule says that they may be open: the list of windows does not tell.
        """
        asked = [each.window_id for each in windows if each.window_id and _may_be_open(each, now)]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def is_open(window_id: str) -> bool:
            async with gate:
                newest = (await self.page(window_id)).executions
            return any(each.status in MOVING for each in newest)

        told = await together(is_open(window_id) for window_id in asked)
        return frozenset(window_id for window_id, opened in zip(asked, told, strict=True) if opened)


def _may_be_open(window: MaintenanceWindowIdentity, now: datetime) -> bool:
    # What runs when a window closes may go on for as long again.
    open_for = timedelta(hours=2 * (window.duration or 1))
    last = next(iter(moments_before(window, now)), None)
    return last is not None and now - last <= open_for
