"""The sessions of the window: one for each connection that is open, kept until it is closed.

Nothing heavy is imported before the first connection is made: the window is painted first.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from patchgui.console.connection import Connection
from patchgui.place import Place, connection_file

if TYPE_CHECKING:
    from patchgui.connect import Door
    from patchgui.console.archive.archive import Archive
    from patchgui.console.connection_file import KeptConnections
    from patchgui.console.probe import Probe
    from patchgui.console.session import ConsoleSession
    from patchgui.ssm.credentials import CodeRequest
    from patchgui.ssm.partitions import Region
    from patchgui.ssm.profiles import Profile

_Result = TypeVar("_Result")
AskFor = Callable[[Connection, "CodeRequest"], str]
"""Asks the operator for the code that a connection needs, and waits; called in a thread."""


class Sessions:
    """Opens connections and keeps them. Everything that it is asked is a coroutine that raises ``PatchError``.

    A session that was replaced stays open to the end of its connection: a watch may hold it.
    """

    def __init__(self, place: Place, ask: AskFor) -> None:
        self._place = place
        self._ask = ask
        self._doors: dict[str, Door] = {}
        self._sessions: dict[str, ConsoleSession] = {}
        self._open: dict[str, AsyncExitStack] = {}
        self._archive: Archive | None = None

    async def connect(self, connection: Connection) -> "ConsoleSession":
        """Return a session that answers, starting the agent when there is none."""
        session = self._sessions.get(connection.id)
        if session is not None and await self._is_back(connection, session):
            return session
        from patchgui.connect import enter
        from patchgui.console.archive.entries import Launched

        door = await self._door_of(connection)
        stack = self._open.setdefault(connection.id, AsyncExitStack())
        entered = enter(door, self.archive(), Launched.WINDOW)
        self._sessions[connection.id] = await stack.enter_async_context(entered)
        return self._sessions[connection.id]

    def archive(self) -> "Archive":
        """Return the archive of all connections; its file is opened when it is first asked something."""
        from patchgui.connect import archive_file
        from patchgui.console.archive.archive import Archive

        if self._archive is None:
            self._archive = Archive(archive_file(self._place))
        return self._archive

    def release(self, connection: Connection) -> Callable[[], Awaitable[None]]:
        """Let go of one connection at once, and return what closes it. What runs there goes on."""
        self._doors.pop(connection.id, None)
        self._sessions.pop(connection.id, None)
        return self._open.pop(connection.id, AsyncExitStack()).aclose

    async def aclose(self) -> None:
        """Close clients and stores, and the archive last."""
        while self._open:
            _, stack = self._open.popitem()
            await stack.aclose()
        if self._archive is not None:
            archive, self._archive = self._archive, None
            await archive.aclose()

    async def sign_in(self, connection: Connection) -> None:
        """Return once the connection has credentials. Nobody is asked for a code who said no a moment ago.

        Raises:
            PatchError: it has none.
        """
        door = self._doors.get(connection.id)
        if door is not None:
            await door.endpoint.credentials.current()

    def ask_again(self, connection: Connection) -> None:
        """Let the operator be asked for a code again: they want to try once more."""
        door = self._doors.get(connection.id)
        if door is not None:
            door.endpoint.credentials.ask_again()

    async def probe(self, connection: Connection) -> "Probe":
        """Try a connection, open or not. Raises ``PatchError`` when the agent behind it cannot be started."""
        from patchgui.console.probe import probe
        from patchgui.ssm.client import SsmClient

        door = await self._door_of(connection)
        client = SsmClient(door.endpoint)
        try:
            return await probe(client)
        finally:
            await client.aclose()

    # -- the list ------------------------------------------------------------------------------------------------------

    async def kept(self) -> "KeptConnections":
        """Return the connections that the operator has set up."""
        return await _in_thread(connection_file().read)

    async def keep(self, connection: Connection, before: str = "") -> "KeptConnections":
        """Keep a connection, in the place of the one with the id ``before`` where that is given."""
        file = connection_file()
        work = partial(file.replace, before, connection) if before else partial(file.add, connection)
        return await _in_thread(work)

    async def forget(self, connection: Connection) -> "KeptConnections":
        """Take a connection off the list."""
        return await _in_thread(partial(connection_file().remove, connection.id))

    async def profiles(self) -> "tuple[Profile, ...]":
        """Return the profiles of the AWS tools on this machine."""
        from patchgui.ssm.credential_trouble import translated
        from patchgui.ssm.profiles import profiles

        with translated(None):
            return await _in_thread(profiles)

    async def regions(self) -> "tuple[Region, ...]":
        """Return the regions of AWS."""
        from patchgui.ssm.partitions import regions

        return await _in_thread(regions)

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _door_of(self, connection: Connection) -> "Door":
        """Return the door that is known, so that a code which was entered for a test is not asked for again."""
        known = self._doors.get(connection.id)
        if known is not None and not connection.is_builtin:
            return known
        from patchgui.connect import find_door

        door = await find_door(self._place_of(connection), partial(self._ask, connection))
        self._doors[connection.id] = door
        return door

    def _place_of(self, connection: Connection) -> Place:
        given = self._place.connection.id == connection.id
        return Place(connection, self._place.state_dir if given else None)

    async def _is_back(self, connection: Connection, session: "ConsoleSession") -> bool:
        """Start the agent again where it was; return whether the session finds it there."""
        if not connection.is_builtin:
            return True
        from patchgui.connect import find_door

        revive = self._doors[connection.id].revive
        assert revive is not None
        await revive()
        door = await find_door(self._place_of(connection))
        return door.connection.endpoint_url == session.connection.endpoint_url


async def _in_thread(work: Callable[[], _Result]) -> _Result:
    import asyncio

    return await asyncio.to_thread(work)
