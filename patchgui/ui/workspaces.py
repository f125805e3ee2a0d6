"""The connections that are open in the window, and the one that is worked on now."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from patchgui.console.connection import Connection
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.workspace import Workspace

if TYPE_CHECKING:
    from patchgui.ui.connections.service import ConnectionService


class Workspaces(QObject):
    """Opens and closes workspaces. One of them is always the one that is worked on."""

    opened = Signal(object)
    """The ``Workspace`` that is new."""
    switched = Signal(object)
    """The ``Workspace`` that is worked on from now on."""
    closed = Signal(object)
    """The ``Workspace`` that is being closed: nothing of it may be shown any more."""

    def __init__(
        self, first: Connection, service: "ConnectionService", scope: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._open: dict[str, Workspace] = {}
        self.now = self._make(first)

    def all(self) -> tuple[Workspace, ...]:
        """Return those that are open, in the order in which they were opened."""
        return tuple(self._open.values())

    def of(self, connection_id: str) -> Workspace | None:
        """Return the workspace of a connection, if it is open."""
        return self._open.get(connection_id)

    def switch(self, connection: Connection) -> None:
        """Work on a connection, opening it where it is not open yet."""
        workspace = self._open.get(connection.id)
        if workspace is None:
            workspace = self._make(connection)
            self.opened.emit(workspace)
            workspace.start()
        if workspace is not self.now:
            self.now = workspace
            self.switched.emit(workspace)

    def close(self, workspace: Workspace) -> bool:
        """Close one; what runs there goes on. The last one stays. Return whether it was closed."""
        if len(self._open) == 1 or self._open.get(workspace.connection.id) is not workspace:
            return False
        del self._open[workspace.connection.id]
        if workspace is self.now:
            self.now = next(iter(self._open.values()))
            self.switched.emit(self.now)
        self.closed.emit(workspace)
        self._scope.start(f"close:{workspace.connection.id}", partial(self._close, workspace))
        return True

    def _make(self, connection: Connection) -> Workspace:
        workspace = Workspace(connection, self._service, self._scope.child(f"at:{connection.id}"), self)
        self._open[connection.id] = workspace
        return workspace

    async def _close(self, workspace: Workspace) -> None:
        await workspace.aclose()
        workspace.deleteLater()
