"""What the task editor asks of the console, and nothing more."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from patchgui.console.rows import DocumentDetail
    from patchgui.console.window_tasks import WindowTasks
    from patchgui.ssm.shapes import DocumentIdentifier

_Told = TypeVar("_Told")


class TaskService(Protocol):
    """The part of a connection that knows tasks of windows, and documents. Each coroutine raises ``PatchError``."""

    async def ask_window_tasks(self, question: "Callable[[WindowTasks], Awaitable[_Told]]") -> _Told:
        """Ask about the tasks of windows, or change one."""
        ...

    async def documents(self) -> "tuple[DocumentIdentifier, ...]":
        """Return the documents that a task may run."""
        ...

    async def document(self, name: str, version: str | None = None) -> "DocumentDetail":
        """Return one document; the name may pin a version."""
        ...
