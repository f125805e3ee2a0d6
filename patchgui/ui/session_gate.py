"""A console session that may not be there yet, or any more.

The window is on screen before there is a connection. Whoever asks in the
meantime waits here; a connection that failed is tried again when somebody
next asks, and one whose agent went away is made anew.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import PatchError, Unreachable
from patchgui.ui.errors import trouble_of
from patchgui.ui.task_scope import TaskScope

if TYPE_CHECKING:
    import asyncio

    from patchgui.console.events import RunEvent
    from patchgui.console.rows import DocumentDetail, NodeRow, RunRecord, RunSummary, StepOutput
    from patchgui.console.session import ConsoleSession
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan
    from patchgui.ssm.shapes import DocumentIdentifier

Connect = Callable[[], Awaitable["ConsoleSession"]]
"""Makes a session, starting the agent when there is none. Raises ``PatchError``."""


class SessionGate(QObject):
    """Gives every page the same session, and tells how the connection stands."""

    connecting = Signal()
    """A connection is being made."""
    connected = Signal(object)
    """The ``ConsoleSession`` that answers from now on."""
    lost = Signal(object)
    """The ``Trouble`` that keeps the connection away."""

    def __init__(self, connect: Connect, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connect = connect
        self._scope = scope
        self._session: ConsoleSession | None = None
        self._attempt: asyncio.Future[ConsoleSession] | None = None

    @property
    def session_now(self) -> "ConsoleSession | None":
        """The session, when there is one."""
        return self._session

    async def session(self) -> "ConsoleSession":
        """Return the session, making the connection when there is none. Raises ``PatchError``."""
        import asyncio

        if self._session is not None:
            return self._session
        if self._attempt is None:
            self._attempt = asyncio.get_running_loop().create_future()
            self.connecting.emit()
            self._scope.start("connect", self._make)
        # One of several that wait may be cancelled: the attempt goes on for the others.
        return await asyncio.shield(self._attempt)

    async def _make(self) -> None:
        attempt = self._attempt
        assert attempt is not None
        try:
            session = await self._connect()
        except PatchError as error:
            self._attempt = None
            attempt.set_exception(error)
            attempt.exception()  # Somebody may have stopped waiting; the signal has told it anyway.
            self.lost.emit(trouble_of(error))
            return
        except BaseException:
            self._attempt = None
            attempt.cancel()
            raise
        self._session, self._attempt = session, None
        attempt.set_result(session)
        self.connected.emit(session)

    def _lose(self, error: Unreachable) -> None:
        if self._session is not None and self._session.connection.kind.is_local:
            self._session = None
        self.lost.emit(trouble_of(error))

    # -- what pages ask ------------------------------------------------------------------------------------------------

    async def nodes(self) -> "AsyncIterator[tuple[NodeRow, ...]]":
        """Yield the managed nodes as they come; a row takes the place of an earlier one of the same node."""
        session = await self.session()
        try:
            async for page in session.nodes():
                yield page
        except Unreachable as error:
            self._lose(error)
            raise

    def lacks(self) -> tuple[str, ...]:
        """Return sentences on what is not shown because the profile may not read it."""
        return self._session.lacks() if self._session is not None else ()

    async def documents(self) -> "tuple[DocumentIdentifier, ...]":
        """Return the documents that may be hooks."""
        return await (await self.session()).documents()

    async def document(self, name: str, version: str | None = None) -> "DocumentDetail":
        """Return one document; the name may pin a version."""
        return await (await self.session()).document(name, version)

    async def forecast(self, plan: "PatchPlan") -> "Forecast":
        """Return what the plan will do."""
        return await (await self.session()).forecast(plan)

    async def launch(self, plan: "PatchPlan") -> "RunRecord":
        """Start the run, once."""
        return await (await self.session()).launch(plan)

    async def runs(self) -> "tuple[RunSummary, ...]":
        """Return the runs, newest first."""
        session = await self.session()
        try:
            return await session.runs()
        except Unreachable as error:
            self._lose(error)
            raise

    async def watch(self, run_id: str, emit: "Callable[[RunEvent], None]") -> None:
        """Tell everything about a run until it has ended."""
        await (await self.session()).watch(run_id, emit)

    async def cancel(self, run_id: str) -> None:
        """Cancel every command of the run."""
        await (await self.session()).cancel(run_id)

    async def output(self, run_id: str, instance_id: str, step: str) -> "StepOutput":
        """Return what a step wrote on a node so far."""
        return await (await self.session()).output(run_id, instance_id, step)

    async def reset_sandbox(self) -> None:
        """Bring the sandbox nodes back to their unpatched state."""
        await (await self.session()).reset_sandbox()
