"""What the window asks about connections, and nothing more."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from patchgui.console.connection import Connection

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive
    from patchgui.console.connection_file import KeptConnections
    from patchgui.console.probe import Probe
    from patchgui.console.session import ConsoleSession
    from patchgui.ssm.partitions import Region
    from patchgui.ssm.profiles import Profile


class ConnectionService(Protocol):
    """Opens connections, tries them and keeps their list. Each coroutine raises ``PatchError``."""

    async def connect(self, connection: Connection) -> "ConsoleSession":
        """Return a session that answers, starting the agent when there is none."""
        ...

    def archive(self) -> "Archive":
        """Return the archive of all connections; its file is opened when it is first asked something."""
        ...

    def release(self, connection: Connection) -> Callable[[], Awaitable[None]]:
        """Let go of one connection at once, and return what closes it. What runs there goes on."""
        ...

    async def sign_in(self, connection: Connection) -> None:
        """Return once the connection has credentials; raises what keeps it from having them."""
        ...

    def ask_again(self, connection: Connection) -> None:
        """Let the operator be asked for a code again."""
        ...

    async def probe(self, connection: Connection) -> "Probe":
        """Try a connection, open or not."""
        ...

    async def kept(self) -> "KeptConnections":
        """Return the connections that the operator has set up."""
        ...

    async def keep(self, connection: Connection, before: str = "") -> "KeptConnections":
        """Keep a connection, in the place of the one with the id ``before`` where that is given."""
        ...

    async def forget(self, connection: Connection) -> "KeptConnections":
        """Take a connection off the list."""
        ...

    async def profiles(self) -> "tuple[Profile, ...]":
        """Return the profiles of the AWS tools on this machine."""
        ...

    async def regions(self) -> "tuple[Region, ...]":
        """Return the regions of AWS."""
        ...
