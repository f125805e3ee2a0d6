"""A console session that may not be there yet, or any more.

The window is on screen before there is a connection. Whoever asks in the
meantime waits here; a connection that failed is tried again when somebody
next asks, and one whose agent went away is made anew. What comes of each
question tells how the connection stands.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import (
    ClockSkew,
    CredentialError,
    CredentialsExpired,
    PatchError,
    ServiceError,
    StoreError,
    Unreachable,
)
from patchgui.ui.errors import Trouble, trouble_of
from patchgui.ui.link_state import LinkState
from patchgui.ui.task_scope import TaskScope

if TYPE_CHECKING:
    import asyncio

    from patchgui.console.events import RunEvent
    from patchgui.console.reboots import PendingReboot
    from patchgui.console.rows import DocumentDetail, NodeRow, RunRecord, RunSummary, StepOutput
    from patchgui.console.session import ConsoleSession
    from patchgui.console.window_tasks import WindowTasks
    from patchgui.console.windows import Windows
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan
    from patchgui.ssm.shapes import DocumentIdentifier

_Told = TypeVar("_Told")
Connect = Callable[[], Awaitable["ConsoleSession"]]
"""Makes a session, starting the agent when there is none. Raises ``PatchError``."""


class SessionGate(QObject):
    """Gives every page of one connection the same session, and tells how the connection stands."""

    connecting = Signal()
    """A connection is being made."""
    connected = Signal(object)
    """The ``ConsoleSession`` that answers from now on: the first time, and after each trouble."""
    not_archived = Signal(object)
    """The ``Trouble`` that keeps a run out of the archive while it is watched."""
    lost = Signal(object)
    """The ``Trouble`` that keeps the connection away; told once until it has gone or changed."""

    def __init__(self, connect: Connect, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connect = connect
        self._scope = scope
        self._session: ConsoleSession | None = None
        self._attempt: asyncio.Future[ConsoleSession] | None = None
        self.state = LinkState.CLOSED
        self.trouble: Trouble | None = None

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
            if self.trouble is None:
                self.state = LinkState.CONNECTING
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
            self._lose(error)
            return
        except BaseException:
            self._attempt = None
            attempt.cancel()
            raise
        self._session, self._attempt = session, None
        attempt.set_result(session)
        if session.connection.is_builtin:
            # Our own agent has answered already; AWS has not been asked anything yet.
            self._find(session)

    @contextmanager
    def _judged(self, session: "ConsoleSession") -> Iterator[None]:
        """Learn from what comes of a question how the connection stands."""
        try:
            yield
        except ServiceError:
            # It answered, although not as was hoped.
            self._find(session)
            raise
        except StoreError:
            raise
        except PatchError as error:
            self._lose(error)
            raise
        self._find(session)

    def _find(self, session: "ConsoleSession") -> None:
        if self.state is not LinkState.CONNECTED and session is self._session:
            self.state, self.trouble = LinkState.CONNECTED, None
            self.connected.emit(session)

    def _lose(self, error: PatchError) -> None:
        if isinstance(error, Unreachable) and self._session is not None and self._session.connection.kind.is_local:
            self._session = None
        trouble = trouble_of(error)
        self.state = state_after(error)
        if trouble != self.trouble:
            self.trouble = trouble
            self.lost.emit(trouble)

    # -- what pages ask ------------------------------------------------------------------------------------------------

    async def nodes(self) -> "AsyncIterator[tuple[NodeRow, ...]]":
        """Yield the managed nodes as they come; a row takes the place of an earlier one of the same node."""
        session = await self.session()
        with self._judged(session):
            async for page in session.nodes():
                self._find(session)
                yield page

    def lacks(self) -> tuple[str, ...]:
        """Return sentences on what is not shown because the profile may not read it."""
        return self._session.lacks() if self._session is not None else ()

    async def resource_groups(self) -> tuple[str, ...]:
        """Return the names of the resource groups that may be targets."""
        return await (await self.session()).resource_groups()

    async def resolve(self, targets: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
        """Return the ids of the nodes that targets stand for now."""
        return await (await self.session()).resolve(targets)

    async def pending_reboots(self) -> "tuple[PendingReboot, ...]":
        """Return the reboots that were put off and have not happened yet, the next one first."""
        return await (await self.session()).pending_reboots()

    async def remove_reboot(self, reboot: "PendingReboot") -> None:
        """Take a reboot back that has not happened yet."""
        await (await self.session()).remove_reboot(reboot)

    async def documents(self) -> "tuple[DocumentIdentifier, ...]":
        """Return the documents that may be hooks."""
        session = await self.session()
        with self._judged(session):
            return await session.documents()

    async def document(self, name: str, version: str | None = None) -> "DocumentDetail":
        """Return one document; the name may pin a version."""
        session = await self.session()
        with self._judged(session):
            return await session.document(name, version)

    async def forecast(self, plan: "PatchPlan") -> "Forecast":
        """Return what the plan will do."""
        session = await self.session()
        with self._judged(session):
            return await session.forecast(plan)

    async def launch(self, plan: "PatchPlan", tell: "Callable[[str], None]") -> "RunRecord":
        """Start the run, once; ``tell`` takes a sentence where that takes long."""
        session = await self.session()
        with self._judged(session):
            return await session.launch(plan, tell)

    async def plan(self, run_id: str) -> "PatchPlan":
        """Return what a run was to do."""
        session = await self.session()
        with self._judged(session):
            return await session.plan(run_id)

    async def runs(self) -> "tuple[RunSummary, ...]":
        """Return the runs, newest first."""
        session = await self.session()
        with self._judged(session):
            return await session.runs()

    async def watch(self, run_id: str, emit: "Callable[[RunEvent], None]") -> None:
        """Tell everything about a run until it has ended."""
        await (await self.session()).watch(run_id, partial(self._pass_on, emit))

    def _pass_on(self, emit: "Callable[[RunEvent], None]", event: "RunEvent") -> None:
        from patchgui.console.events import ArchiveTrouble

        if isinstance(event, ArchiveTrouble):
            self.not_archived.emit(Trouble(event.text, event.hint))
        emit(event)

    async def cancel(self, run_id: str) -> None:
        """Cancel every command of the run."""
        session = await self.session()
        with self._judged(session):
            await session.cancel(run_id)

    async def output(self, run_id: str, instance_id: str, step: str) -> "StepOutput":
        """Return what a step wrote on a node so far."""
        session = await self.session()
        with self._judged(session):
            return await session.output(run_id, instance_id, step)

    async def ask_windows(self, question: "Callable[[Windows], Awaitable[_Told]]") -> _Told:
        """Ask the maintenance windows something, or change them."""
        session = await self.session()
        with self._judged(session):
            return await question(session.windows)

    async def ask_window_tasks(self, question: "Callable[[WindowTasks], Awaitable[_Told]]") -> _Told:
        """Ask about the tasks of maintenance windows, or change one."""
        session = await self.session()
        with self._judged(session):
            return await question(session.window_tasks)

    async def identity(self) -> str:
        """Return who is signed in, as an ARN."""
        return await (await self.session()).identity()

    async def reset_sandbox(self) -> None:
        """Bring the sandbox nodes back to their unpatched state."""
        await (await self.session()).reset_sandbox()


def state_after(error: PatchError) -> LinkState:
    """Return how a connection stands after an error that no service answered with."""
    if isinstance(error, CredentialsExpired):
        return LinkState.SIGN_IN_ENDED
    is_signed_out = isinstance(error, CredentialError) and not isinstance(error, ClockSkew)
    return LinkState.SIGNED_OUT if is_signed_out else LinkState.TROUBLE
