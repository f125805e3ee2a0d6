"""The one place in the window where tasks are made.

A task without an owner gets lost, doubled or collected; its failure shows up
when somebody happens to look. A :class:`TaskScope` holds each of its tasks by
name, reports a failure at once and takes cancellation as silence. Scopes nest:
application, window, presenter; who opens a scope closes it.
"""

from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Costs a tenth of the start-up, and nothing runs before the first paint.
    import asyncio

ReportFailure = Callable[[str, Exception], None]
"""Told the task's name and what it raised, on the loop's own thread."""


class Again(Enum):
    """What a second start under a running name does."""

    IGNORE = auto()
    REPLACE = auto()


class TaskScope:
    """Owns tasks by name, and the scopes opened from it."""

    def __init__(self, name: str, report: ReportFailure) -> None:
        self.name = name
        self._report = report
        self._named: dict[str, asyncio.Task[None]] = {}
        self._held: set[asyncio.Task[None]] = set()
        self._children: list[TaskScope] = []
        self._closing = False

    @property
    def is_closing(self) -> bool:
        """Whether the scope has stopped taking work."""
        return self._closing

    @property
    def has_ended(self) -> bool:
        """Whether the scope was closed, and all of its work is over."""
        return self._closing and not self._held

    def child(self, name: str) -> "TaskScope":
        """Open a scope that this one closes with itself; failures take the same way."""
        scope = TaskScope(f"{self.name}.{name}", self._report)
        scope._closing = self._closing
        # Those that were closed on their own, such as those of a connection, are not kept for ever.
        self._children = [each for each in self._children if not each.has_ended]
        self._children.append(scope)
        return scope

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]], again: Again = Again.IGNORE) -> bool:
        """Run ``work()`` as the task ``name``; return whether it was started.

        A running task of that name makes the call a no-op, or is cancelled
        first, as ``again`` says. A closing scope starts nothing.
        """
        # One that is over has its callback still to come: it stands in nobody's way.
        running = self._named[name] if self.is_running(name) else None
        if self._closing or (running is not None and again is Again.IGNORE):
            return False
        if running is not None:
            running.cancel()
        import asyncio

        task = asyncio.get_running_loop().create_task(work(), name=f"{self.name}.{name}")
        self._named[name] = task
        self._held.add(task)
        task.add_done_callback(self._on_done)
        return True

    def is_running(self, name: str) -> bool:
        """Return whether the task ``name`` is at work."""
        return name in self._named and not self._named[name].done()

    def cancel(self, name: str) -> None:
        """Cancel the task ``name``; nothing happens when there is none."""
        task = self._named.pop(name, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Take no more work, cancel what runs here and below, and wait until all of it has ended."""
        import asyncio

        self._closing = True
        for scope in self._children:
            await scope.close()
        self._children.clear()
        me = asyncio.current_task()
        ending = [task for task in self._held if task is not me]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _on_done(self, task: "asyncio.Task[None]") -> None:
        self._held.discard(task)
        name = task.get_name().removeprefix(f"{self.name}.")
        if self._named.get(name) is task:
            del self._named[name]
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception):
            self._report(name, error)
        elif error is not None:
            raise error
