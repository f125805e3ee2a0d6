"""One open connection in the window: its session, what is picked and chosen there, and how it stands."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from patchgui.console.connection import Connection, account_of
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import Trouble
from patchgui.ui.link_state import LinkState
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.patch_now.states import Loading
from patchgui.ui.session_gate import SessionGate
from patchgui.ui.task_scope import Again, TaskScope
from patchgui.ui.widgets.document_picker import DocumentOption

if TYPE_CHECKING:
    from patchgui.console.events import ImportProgress
    from patchgui.console.session import ConsoleSession
    from patchgui.ui.connections.service import ConnectionService

_SIGN_IN_LOOK_S = 2.0
_SIGN_IN_LOOK_MOST_S = 15.0


class Workspace(QObject):
    """Everything that belongs to one connection. Its scope is its own; closing it leaves its runs going."""

    changed = Signal(object)
    """This workspace: how its connection stands, who is signed in, or what it is called has changed."""
    recovered = Signal(object)
    """This workspace: it answers, for the first time or again."""
    importing = Signal(object)
    """This workspace: how far the import into the archive has come has changed."""
    noticed = Signal(object)
    """A ``Trouble`` with the archive, which keeps nothing from being done."""

    def __init__(
        self, connection: Connection, service: "ConnectionService", scope: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.connection = connection
        """The connection as it is listed: label and colour may change while it is open."""
        self.arn = ""
        """Who is signed in, as far as that is known."""
        self.import_text = ""
        """How far the import into the archive has come, in a few words; empty when none is under way."""
        self.documents: Sequence[DocumentOption] = ()
        self._service, self._scope = service, scope
        self.gate = SessionGate(partial(service.connect, connection), scope.child("gate"), self)
        self.patch_now = PatchNowPresenter(scope.child("patch_now"), self)
        self.gate.connecting.connect(self._on_connecting)
        self.gate.connected.connect(self._on_connected)
        self.gate.lost.connect(self._on_lost)
        self.gate.not_archived.connect(self.noticed)
        self.patch_now.documents_changed.connect(self._on_documents)

    @property
    def state(self) -> LinkState:
        """How the connection stands."""
        return self.gate.state

    @property
    def account(self) -> str:
        """The account that is signed in to, as far as that is known."""
        return account_of(self.arn)

    def start(self) -> None:
        """Connect, and read what is there."""
        self.patch_now.attach(self.gate)

    def dress(self, connection: Connection) -> None:
        """Take another label, colour or guard for the same place."""
        self.connection = connection
        self.changed.emit(self)

    def ask_again(self) -> None:
        """Let a code be asked for again, now that the operator wants to go on."""
        self._service.ask_again(self.connection)

    def try_again(self) -> None:
        """Ask again for everything, for a code too."""
        self.ask_again()
        self.patch_now.reload()

    async def aclose(self) -> None:
        """Detach from everything here, then close the connection."""
        close = self._service.release(self.connection)
        await self._scope.close()
        await close()

    def child_scope(self, name: str) -> TaskScope:
        """Open a scope for a page of this connection; it closes with the workspace."""
        return self._scope.child(name)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _on_connecting(self) -> None:
        self.changed.emit(self)

    def _on_connected(self, session: "ConsoleSession") -> None:
        self._scope.start("identity", self._learn_identity)
        self._scope.start("archive", partial(self._keep_archive, session), Again.REPLACE)
        self.changed.emit(self)
        self.recovered.emit(self)
        if self.patch_now.nodes_state.loading is Loading.FAILED:
            self.patch_now.reload()

    def _on_lost(self, _trouble: Trouble) -> None:
        if self.state.needs_sign_in:
            self._scope.start("sign-in", self._await_sign_in)
        self.changed.emit(self)

    def _on_documents(self, found: "Sequence[DocumentOption] | Trouble") -> None:
        if not isinstance(found, Trouble):
            self.documents = found

    async def _keep_archive(self, session: "ConsoleSession") -> None:
        try:
            await session.keep_archive(self._on_import)
        finally:
            self._show_import("")

    def _on_import(self, progress: "ImportProgress") -> None:
        self._show_import(progress.text)

    def _show_import(self, text: str) -> None:
        if text != self.import_text:
            self.import_text = text
            self.importing.emit(self)

    async def _learn_identity(self) -> None:
        try:
            self.arn = await self.gate.identity()
        except PatchError:
            # A closed network may let Systems Manager through and STS not: then nobody knows.
            self.arn = ""
        self.changed.emit(self)

    async def _await_sign_in(self) -> None:
        """Look again and again whether the operator has signed in on a terminal, and go on as soon as they have."""
        import asyncio

        wait_s = _SIGN_IN_LOOK_S
        while self.state.needs_sign_in:
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 1.3, _SIGN_IN_LOOK_MOST_S)
            try:
                await self._service.sign_in(self.connection)
            except PatchError:
                continue
            self.patch_now.reload()
