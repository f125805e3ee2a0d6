"""What an operator does to windows: each act once at a time, told when it is done, refused where it arose."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from patchgui.patching.wording import listed
from patchgui.ssm.errors import AccessDenied, PatchError
from patchgui.ui.errors import Trouble
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.windows.lacking import lack_words, short_trouble
from patchgui.ui.windows.service import WindowsService

if TYPE_CHECKING:
    from patchgui.console.window_changes import NewTarget
    from patchgui.console.window_draft import WindowDraft
    from patchgui.console.windows import Windows

CREATE, CHANGE, DELETE, CANCEL = "create", "change", "delete", "cancel"
REGISTER, DEREGISTER, REMOVE_TASK = "register", "deregister", "remove-task"


class Done(NamedTuple):
    """Something was done: the words for it, and how to undo it, where that is possible."""

    text: str
    hint: str = ""
    undo: Callable[[], None] | None = None


class Refused(NamedTuple):
    """An act failed: which kind it is, and why."""

    kind: str
    trouble: Trouble


class WindowActs(QObject):
    """Changes windows and says what came of it. ``scope`` is the caller's to close."""

    done = Signal(object)
    """A :class:`Done`."""
    refused = Signal(object)
    """A :class:`Refused`."""
    changed = Signal()
    """The windows are not any more as they were listed."""
    saved = Signal(str)
    """The id of a window whose form was kept."""
    lacks_changed = Signal()
    """Another permission is known to be missing."""

    def __init__(self, service: WindowsService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._lacks: dict[str, str] = {}

    def lack(self, kind: str) -> str:
        """Return the sentence on the permission that a kind of act needs and the profile lacks; empty for none."""
        return self._lacks.get(kind, "")

    def set_enabled(self, window_id: str, name: str, *, enabled: bool) -> None:
        """Let a window open, or not; the message about it offers the way back."""
        undo = partial(self.set_enabled, window_id, name, enabled=not enabled)
        told = Done(f"“{name}” is {'enabled' if enabled else 'disabled'}.", "", undo)
        self._act(CHANGE, lambda windows: windows.changes.set_enabled(window_id, enabled=enabled), told)

    def create(self, draft: "WindowDraft") -> None:
        """Make a window."""

        async def make(windows: "Windows") -> None:
            window_id = await windows.changes.create(draft)
            self.saved.emit(window_id)

        self._act(CREATE, make, Done(f"“{draft.name}” was made.", "Give it targets and tasks next."))

    def update(self, window_id: str, before: "WindowDraft", after: "WindowDraft") -> None:
        """Change the settings of a window; the message about it offers the way back."""

        async def change(windows: "Windows") -> None:
            await windows.changes.update(window_id, before, after)
            self.saved.emit(window_id)

        changes = after.differences(before)
        undo = partial(self.update, window_id, after, before)
        self._act(CHANGE, change, Done(f"“{after.name}” was changed.", f"Changed: {listed(changes)}.", undo))

    def delete(self, window_id: str, name: str) -> None:
        """Take a window away."""
        self._act(DELETE, lambda windows: windows.changes.delete(window_id), Done(f"“{name}” was deleted."))

    def register(self, window_id: str, target: "NewTarget") -> None:
        """Register targets with a window."""

        async def add(windows: "Windows") -> None:
            await windows.changes.register_target(window_id, target)
            self.saved.emit(window_id)

        self._act(REGISTER, add, Done("The target is registered.", "Tasks of the window may name it now."))

    def deregister(self, window_id: str, target_id: str) -> None:
        """Take registered targets away."""
        told = Done("The target is no longer registered.")
        self._act(DEREGISTER, lambda windows: windows.changes.deregister_target(window_id, target_id), told)

    def cancel(self, execution_id: str) -> None:
        """Stop an execution."""
        told = Done("The execution is being cancelled.", "What runs on a node may take a moment to end.")
        self._act(CANCEL, lambda windows: windows.changes.cancel_execution(execution_id), told)

    def remove_task(self, window_id: str, task_id: str, name: str) -> None:
        """Take a task out of a window."""

        async def remove() -> None:
            await self._service.ask_window_tasks(lambda tasks: tasks.remove(window_id, task_id))

        self._scope.start(REMOVE_TASK, partial(self._do, REMOVE_TASK, remove, Done(f"“{name}” was removed.")))

    def _act(self, kind: str, work: "Callable[[Windows], Awaitable[None]]", told: Done) -> None:
        async def ask() -> None:
            await self._service.ask_windows(work)

        self._scope.start(kind, partial(self._do, kind, ask, told))

    async def _do(self, kind: str, work: Callable[[], Awaitable[None]], told: Done) -> None:
        try:
            await work()
        except PatchError as error:
            if isinstance(error, AccessDenied):
                self._lacks[kind] = f"This {lack_words(error)}"
                self.lacks_changed.emit()
            self.refused.emit(Refused(kind, short_trouble(error, "Not done")))
            self.changed.emit()
            return
        self.done.emit(told)
        self.changed.emit()
