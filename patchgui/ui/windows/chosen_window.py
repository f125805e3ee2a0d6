"""The window that the list stands on: its settings, targets, tasks and executions, each read by itself.

A profile may read one of them and not another: what fails says so in its own place.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import Trouble
from patchgui.ui.task_scope import Again, TaskScope
from patchgui.ui.windows.lacking import short_trouble
from patchgui.ui.windows.service import WindowsService

if TYPE_CHECKING:
    from patchgui.console.window_executions import TaskOutcome
    from patchgui.console.windows import Windows
    from patchgui.ssm.shapes.maintenance_windows import (
        GetMaintenanceWindowResult,
        GetMaintenanceWindowTaskResult,
        MaintenanceWindowExecution,
        MaintenanceWindowTarget,
    )

_Value = TypeVar("_Value")
_MOVING_S: Final = 1.5


@dataclass(frozen=True)
class Part(Generic[_Value]):
    """One part of a window: still being read while it has neither a value nor a trouble; old where it has both."""

    value: _Value | None = None
    trouble: Trouble | None = None


class ChosenWindow(QObject):
    """Reads one window at a time. ``scope`` is the caller's to close."""

    changed = Signal()
    """A part is another one now."""
    outcome_changed = Signal(str)
    """The id of an execution of which more, or something else, is known."""

    def __init__(self, service: WindowsService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._expanded: set[str] = set()
        self._forget("")

    def _forget(self, window_id: str) -> None:
        self.window_id = window_id
        self.window: Part[GetMaintenanceWindowResult] = Part()
        self.targets: Part[tuple[MaintenanceWindowTarget, ...]] = Part()
        self.tasks: Part[tuple[GetMaintenanceWindowTaskResult, ...]] = Part()
        self.executions: Part[tuple[MaintenanceWindowExecution, ...]] = Part()
        self.older_token = ""
        self.outcomes: dict[str, Part[tuple[TaskOutcome, ...]]] = {}
        self._expanded.clear()

    def choose(self, window_id: str) -> None:
        """Read another window."""
        if window_id == self.window_id:
            return
        for name in ("window", "targets", "tasks", "executions", "older", "follow"):
            self._scope.cancel(name)
        self._forget(window_id)
        self.changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Read all of the window again."""
        if not self.window_id:
            return
        self._read("window", lambda windows: windows.window(self.window_id))
        self._read("targets", lambda windows: windows.targets(self.window_id))
        self._read("tasks", lambda windows: windows.tasks(self.window_id))
        self._scope.start("executions", self._read_executions)

    def load_older(self) -> None:
        """Read the executions before those that are known."""
        self._scope.start("older", self._read_older)

    def expand(self, execution_id: str) -> None:
        """Read what became of an execution's tasks, and go on reading while it runs."""
        self._expanded.add(execution_id)
        self._scope.start(f"outcome:{execution_id}", partial(self._read_outcome, execution_id))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _read(self, part: str, question: "Callable[[Windows], Awaitable[object]]") -> None:
        self._scope.start(part, partial(self._read_part, part, question), Again.REPLACE)

    async def _read_part(self, part: str, question: "Callable[[Windows], Awaitable[object]]") -> None:
        before: Part[object] = getattr(self, part)
        try:
            now: Part[object] = Part(await self._service.ask_windows(question))
        except PatchError as error:
            now = Part(before.value, short_trouble(error, "Not shown"))
        if now != before:
            setattr(self, part, now)
            self.changed.emit()

    async def _read_executions(self) -> None:
        window_id = self.window_id
        try:
            page = await self._service.ask_windows(lambda windows: windows.executions.page(window_id))
        except PatchError as error:
            self.executions = Part(self.executions.value, short_trouble(error, "Not shown"))
            self.changed.emit()
            return
        newest = {each.window_execution_id for each in page.executions}
        older = [each for each in self.executions.value or () if each.window_execution_id not in newest]
        is_first = self.executions.value is None
        if is_first or not older:
            self.older_token = page.next_token
        now = Part((*page.executions, *older))
        if now != self.executions:
            moved = set(now.value or ()) ^ set(self.executions.value or ())
            self.executions = now
            self.changed.emit()
            for execution_id in {each.window_execution_id or "" for each in moved} & self._expanded:
                self.expand(execution_id)
        self._follow()

    def _follow(self) -> None:
        from patchgui.console.window_executions import MOVING

        if any(each.status in MOVING for each in self.executions.value or ()):
            self._scope.start("follow", self._look_again)

    async def _look_again(self) -> None:
        import asyncio

        from patchgui.console.window_executions import MOVING

        while any(each.status in MOVING for each in self.executions.value or ()):
            await asyncio.sleep(_MOVING_S)
            await self._read_executions()
            for each in self.executions.value or ():
                if each.status in MOVING and each.window_execution_id in self._expanded:
                    self.expand(each.window_execution_id)

    async def _read_older(self) -> None:
        window_id, token = self.window_id, self.older_token
        try:
            page = await self._service.ask_windows(lambda windows: windows.executions.page(window_id, token))
        except PatchError as error:
            self.executions = Part(self.executions.value, short_trouble(error, "Not shown"))
        else:
            known = self.executions.value or ()
            ids = {each.window_execution_id for each in known}
            more = tuple(each for each in page.executions if each.window_execution_id not in ids)
            self.executions = Part((*known, *more))
            self.older_token = page.next_token
        self.changed.emit()

    async def _read_outcome(self, execution_id: str) -> None:
        before = self.outcomes.get(execution_id, Part())
        try:
            now = Part(await self._service.ask_windows(lambda windows: windows.executions.outcome(execution_id)))
        except PatchError as error:
            now = Part(before.value, short_trouble(error, "Not shown"))
        if now != before:
            self.outcomes[execution_id] = now
            self.outcome_changed.emit(execution_id)
