"""Knows every connection there is, open or not; opens, tries, keeps and forgets them. Touches no widget."""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from patchgui.console.connection import BUILTIN, Connection, account_of
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import Trouble, trouble_of
from patchgui.ui.link_state import LinkState
from patchgui.ui.task_scope import Again, TaskScope
from patchgui.ui.workspace import Workspace
from patchgui.ui.workspaces import Workspaces

if TYPE_CHECKING:
    from patchgui.console.connection_draft import ConnectionDraft
    from patchgui.console.connection_file import KeptConnections
    from patchgui.console.probe import Probe
    from patchgui.ssm.partitions import Region
    from patchgui.ssm.profiles import Profile
    from patchgui.ui.connections.service import ConnectionService


class Trial(NamedTuple):
    """What came of trying a connection; both empty while it is being tried."""

    probe: "Probe | None" = None
    trouble: Trouble | None = None

    @property
    def is_running(self) -> bool:
        """Whether the answer is still to come."""
        return self.probe is None and self.trouble is None


class ConnectionRow(NamedTuple):
    """One connection as the page shows it."""

    connection: Connection
    state: LinkState
    arn: str = ""
    trouble: Trouble | None = None
    is_current: bool = False
    is_kept: bool = False
    trial: Trial | None = None

    @property
    def is_open(self) -> bool:
        """Whether the window has it open."""
        return self.state is not LinkState.CLOSED

    @property
    def account(self) -> str:
        """The account that is signed in to, as far as that is known."""
        return account_of(self.arn)


class Choices(NamedTuple):
    """What the form offers: profiles and regions of this machine's AWS tools, or why they cannot be read."""

    profiles: "tuple[Profile, ...]" = ()
    regions: "tuple[Region, ...]" = ()
    trouble: Trouble | None = None


class ConnectionsPresenter(QObject):
    """Owns the list of connections; the workspaces belong to the window."""

    rows_changed = Signal()
    """Something about the connections is different."""
    choices_changed = Signal(object)
    """The :class:`Choices` of the form."""
    draft_tried = Signal(object)
    """The :class:`Trial` of what stands in the form."""
    saved = Signal(str)
    """The id of a connection that is on the disk now."""
    save_failed = Signal(object)
    """The ``Trouble`` that kept a connection from being written down."""
    noticed = Signal(object)
    """A ``Trouble`` about the list as a whole: it could not be read, or was damaged."""

    def __init__(
        self, service: "ConnectionService", workspaces: Workspaces, scope: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service, self._workspaces, self._scope = service, workspaces, scope
        self._kept: tuple[Connection, ...] = ()
        self._trials: dict[str, Trial] = {}
        self.rows: tuple[ConnectionRow, ...] = ()
        for workspace in workspaces.all():
            self._follow(workspace)
        workspaces.opened.connect(self._on_opened)
        workspaces.switched.connect(self._on_changed)
        workspaces.closed.connect(self._on_changed)
        self._rebuild()

    def connections(self) -> tuple[Connection, ...]:
        """Return all there are: those that are always there, those set up, and any that the command line named."""
        known = {each.id: each for each in (*BUILTIN, *self._kept)}
        for workspace in self._workspaces.all():
            known.setdefault(workspace.connection.id, workspace.connection)
        return tuple(known.values())

    def row(self, connection_id: str) -> ConnectionRow | None:
        """Return one of the rows."""
        return next((row for row in self.rows if row.connection.id == connection_id), None)

    # -- opening -------------------------------------------------------------------------------------------------------

    def open(self, connection_id: str) -> None:
        """Work on a connection from now on."""
        row = self.row(connection_id)
        if row is not None:
            self._workspaces.switch(row.connection)

    def close(self, connection_id: str) -> None:
        """Close an open connection; what runs there goes on."""
        workspace = self._workspaces.of(connection_id)
        if workspace is not None:
            self._workspaces.close(workspace)

    def try_again(self, connection_id: str) -> None:
        """Ask again for everything on an open connection, for a code too."""
        workspace = self._workspaces.of(connection_id)
        if workspace is not None:
            workspace.try_again()

    # -- trying --------------------------------------------------------------------------------------------------------

    def test(self, connection_id: str) -> None:
        """Try a connection."""
        row = self.row(connection_id)
        if row is not None and self._scope.start(f"test:{connection_id}", partial(self._test, row.connection)):
            self._set_trial(connection_id, Trial())

    async def _test(self, connection: Connection) -> None:
        self._service.ask_again(connection)
        self._set_trial(connection.id, await self._try(connection))

    def test_draft(self, draft: "ConnectionDraft") -> None:
        """Try what stands in the form, before it is kept."""
        self.draft_tried.emit(Trial())
        self._scope.start("test draft", partial(self._test_draft, draft.connection()), Again.REPLACE)

    async def _test_draft(self, connection: Connection) -> None:
        self.draft_tried.emit(await self._try(connection))

    async def _try(self, connection: Connection) -> Trial:
        try:
            return Trial(await self._service.probe(connection))
        except PatchError as error:
            return Trial(trouble=trouble_of(error))

    def _set_trial(self, connection_id: str, trial: Trial) -> None:
        self._trials[connection_id] = trial
        self._rebuild()

    # -- the list ------------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list from the disk."""
        self._scope.start("load", self._load)

    def load_choices(self) -> None:
        """Read which profiles and regions there are."""
        self._scope.start("choices", self._load_choices)

    def save(self, draft: "ConnectionDraft", before: str = "") -> None:
        """Keep what stands in the form, in the place of the connection with the id ``before`` where that is given."""
        self._scope.start("save", partial(self._save, draft.connection(), before))

    def remove(self, connection_id: str) -> None:
        """Close a connection where it is open, and take it off the list."""
        row = self.row(connection_id)
        if row is not None:
            self._scope.start("save", partial(self._remove, row.connection))

    async def _load(self) -> None:
        try:
            self._take(await self._service.kept())
        except PatchError as error:
            self.noticed.emit(trouble_of(error))

    async def _load_choices(self) -> None:
        try:
            found = Choices(await self._service.profiles(), await self._service.regions())
        except PatchError as error:
            found = Choices(regions=await self._service.regions(), trouble=trouble_of(error))
        self.choices_changed.emit(found)

    async def _save(self, connection: Connection, before: str) -> None:
        try:
            kept = await self._service.keep(connection, before)
        except PatchError as error:
            self.save_failed.emit(trouble_of(error))
            return
        if before and before != connection.id:
            self._move(before, connection)
        self._trials.pop(connection.id, None)
        self._take(kept)
        self.saved.emit(connection.id)

    async def _remove(self, connection: Connection) -> None:
        try:
            kept = await self._service.forget(connection)
        except PatchError as error:
            self.noticed.emit(trouble_of(error))
            return
        self._move(connection.id, BUILTIN[0])
        self._trials.pop(connection.id, None)
        self._take(kept)

    def _move(self, before: str, after: Connection) -> None:
        """Close what leads somewhere else now; where it was worked on, work on ``after``."""
        workspace = self._workspaces.of(before)
        if workspace is None:
            return
        if workspace is self._workspaces.now:
            self._workspaces.switch(after)
        self._workspaces.close(workspace)

    def _take(self, kept: "KeptConnections") -> None:
        self._kept = kept.connections
        for connection in kept.connections:
            workspace = self._workspaces.of(connection.id)
            if workspace is not None and workspace.connection != connection:
                workspace.dress(connection)
        if kept.notice:
            self.noticed.emit(Trouble(kept.notice))
        self._rebuild()

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _on_opened(self, workspace: Workspace) -> None:
        self._follow(workspace)
        self._rebuild()

    def _on_changed(self, _workspace: Workspace) -> None:
        self._rebuild()

    def _follow(self, workspace: Workspace) -> None:
        workspace.changed.connect(self._on_changed)

    def _rebuild(self) -> None:
        kept = {each.id for each in self._kept}
        rows = tuple(self._row_of(connection, is_kept=connection.id in kept) for connection in self.connections())
        if rows != self.rows:
            self.rows = rows
            self.rows_changed.emit()

    def _row_of(self, connection: Connection, *, is_kept: bool) -> ConnectionRow:
        trial = self._trials.get(connection.id)
        workspace = self._workspaces.of(connection.id)
        if workspace is None:
            arn = trial.probe.arn if trial is not None and trial.probe is not None else ""
            return ConnectionRow(connection, LinkState.CLOSED, arn, is_kept=is_kept, trial=trial)
        state = workspace.state if workspace.state is not LinkState.CLOSED else LinkState.CONNECTING
        is_current = workspace is self._workspaces.now
        return ConnectionRow(
            workspace.connection, state, workspace.arn, workspace.gate.trouble, is_current, is_kept, trial
        )
