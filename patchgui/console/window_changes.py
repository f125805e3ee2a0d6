"""Changing maintenance windows: made once, changed only as far as somebody changed something, and never over others."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from patchgui.console.window_draft import WindowDraft
from patchgui.patching.wording import counted, listed
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import Conflict, PatchError
from patchgui.ssm.shapes import Target
from patchgui.ssm.shapes.maintenance_windows import (
    CancelMaintenanceWindowExecutionRequest,
    CreateMaintenanceWindowRequest,
    DeleteMaintenanceWindowRequest,
    DeregisterTargetFromMaintenanceWindowRequest,
    GetMaintenanceWindowRequest,
    MaintenanceWindowResourceType,
    RegisterTargetWithMaintenanceWindowRequest,
    UpdateMaintenanceWindowRequest,
)

_SENDS: Final = 4
_WAITS_S: Final = (0.5, 1.0, 2.0)
_CLEARABLE = ("description", "schedule_timezone", "schedule_offset", "start_date", "end_date")


class NewTarget(NamedTuple):
    """Targets to register: nodes by id or by tag, or resource groups. ``pairs`` are keys with their values."""

    resource_type: MaintenanceWindowResourceType
    pairs: tuple[tuple[str, tuple[str, ...]], ...]
    name: str = ""
    description: str = ""
    owner: str = ""


class WindowChanges:
    """What changes the windows of a connection. Every coroutine raises ``PatchError`` and nothing else."""

    def __init__(self, client: SsmClient, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep

    async def create(self, draft: WindowDraft) -> str:
        """Make a window, once, and return its id: a lost answer is asked for again under the same token.

        Systems Manager makes windows enabled; where the draft says otherwise it is disabled at once.
        """
        members = draft.members()
        enabled = members.pop("enabled")
        request = CreateMaintenanceWindowRequest(**members, client_token=str(uuid.uuid4()))
        made = await self._surely(lambda: self._client.windows.create_maintenance_window(request))
        window_id = made.window_id or ""
        if not enabled:
            await self.set_enabled(window_id, enabled=False)
        return window_id

    async def set_enabled(self, window_id: str, *, enabled: bool) -> None:
        """Let a window open, or not."""
        await self._update(window_id, {"enabled": enabled})

    async def update(self, window_id: str, before: WindowDraft, after: WindowDraft) -> None:
        """Change what differs between two drafts, ``before`` being what was on screen.

        Raises:
            Conflict: somebody else has changed the window since.
        """
        now = await self._client.windows.get_maintenance_window(GetMaintenanceWindowRequest(window_id=window_id))
        others = WindowDraft.of(now).differences(before)
        if others:
            raise Conflict(
                f"“{before.name}” was changed meanwhile by somebody else: {listed(others)}.",
                hint="Cancel, look at it as it is now, and change it again. Nothing was saved.",
            )
        old, new = before.members(), after.members()
        if any(old[name] is not None and new[name] is None for name in _CLEARABLE):
            # Only a whole replacement takes away what is not named.
            given = {name: value for name, value in new.items() if value is not None}
            await self._update(window_id, given | {"replace": True})
            return
        changed = {name: value for name, value in new.items() if value != old[name]}
        if changed:
            await self._update(window_id, changed)

    async def delete(self, window_id: str) -> None:
        """Take a window away, with its targets and tasks."""
        await self._client.windows.delete_maintenance_window(DeleteMaintenanceWindowRequest(window_id=window_id))

    async def register_target(self, window_id: str, target: NewTarget) -> str:
        """Register targets, once, and return their id."""
        request = RegisterTargetWithMaintenanceWindowRequest(
            window_id=window_id,
            resource_type=target.resource_type,
            targets=tuple(Target(key=key, values=values) for key, values in target.pairs),
            name=target.name or None,
            description=target.description or None,
            owner_information=target.owner or None,
            client_token=str(uuid.uuid4()),
        )
        made = await self._surely(lambda: self._client.windows.register_target_with_maintenance_window(request))
        return made.window_target_id or ""

    async def deregister_target(self, window_id: str, target_id: str) -> None:
        """Take registered targets away.

        Raises:
            Conflict: a task of the window names them.
        """
        await self._client.windows.deregister_target_from_maintenance_window(
            DeregisterTargetFromMaintenanceWindowRequest(window_id=window_id, window_target_id=target_id, safe=True)
        )

    async def cancel_execution(self, execution_id: str) -> None:
        """Stop an execution: what has not begun does not begin, what runs is cancelled."""
        await self._client.windows.cancel_maintenance_window_execution(
            CancelMaintenanceWindowExecutionRequest(window_execution_id=execution_id)
        )

    async def _update(self, window_id: str, members: dict[str, Any]) -> None:
        await self._client.windows.update_maintenance_window(
            UpdateMaintenanceWindowRequest(window_id=window_id, **members)
        )

    async def _surely(self, send: Callable[[], Awaitable[Any]]) -> Any:
        """Make a call that carries a token until its outcome is known: the token makes a second one the first."""
        for wait_s in _WAITS_S:
            try:
                return await send()
            except PatchError as error:
                if error.is_outcome_known:
                    raise
            await self._sleep(wait_s)
        return await send()


def consequences(targets: int | None, tasks: int | None) -> str:
    """Return what deleting a window takes with it; None where it is not known how many."""
    some_targets = "All registered targets" if targets is None else counted(targets, "registered target")
    some_tasks = "all tasks" if tasks is None else counted(tasks, "task")
    return (
        f"{some_targets} and {some_tasks} go with it. "
        "What runs on nodes now goes on; the nodes themselves are not touched. It cannot be undone."
    )
