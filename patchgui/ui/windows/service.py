"""What the Windows page asks of the console, and nothing more."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from patchgui.console.window_tasks import WindowTasks
    from patchgui.console.windows import Windows

_Told = TypeVar("_Told")


class WindowsService(Protocol):
    """The part of a connection that knows its maintenance windows."""

    async def ask_windows(self, question: "Callable[[Windows], Awaitable[_Told]]") -> _Told:
        """Ask the windows something, or change them. Raises ``PatchError``."""
        ...

    async def ask_window_tasks(self, question: "Callable[[WindowTasks], Awaitable[_Told]]") -> _Told:
        """Ask the tasks of windows something, or change them. Raises ``PatchError``."""
        ...

    async def resource_groups(self) -> tuple[str, ...]:
        """Return the names of the resource groups that may be targets. Raises ``PatchError``."""
        ...
