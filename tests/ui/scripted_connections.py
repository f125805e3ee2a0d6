"""Connections that answer as a test tells them; the list is kept in a real file."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from patchgui.console.archive.archive import Archive
from patchgui.console.connection import Connection
from patchgui.console.connection_file import ConnectionFile, KeptConnections
from patchgui.console.probe import Probe
from patchgui.ssm.errors import PatchError
from patchgui.ssm.partitions import Region
from patchgui.ssm.profiles import Profile


class ScriptedConnections:
    """A ``ConnectionService``: what is an error in one of its fields is raised."""

    def __init__(self, folder: Path, connect: Callable[[Connection], Any]) -> None:
        self.file = ConnectionFile(folder / "connections.json")
        self.probe_answer: Probe | PatchError = Probe("123456789012", "arn:aws:iam::123456789012:user/jo", 21.0)
        self.sign_in_error: PatchError | None = None
        self.profiles_error: PatchError | None = None
        self.asked_again: list[str] = []
        self.closed: list[str] = []
        self.probed: list[Connection] = []
        self._connect = connect
        self._archive = Archive(folder / "archive.db")

    def archive(self) -> Archive:
        return self._archive

    def reopen_archive(self) -> None:
        """Go on with the file as it is now, as a window does that is opened anew."""
        self._archive = Archive(self._archive.path)

    async def connect(self, connection: Connection) -> Any:
        return self._connect(connection)

    def release(self, connection: Connection) -> Callable[[], Awaitable[None]]:
        async def close() -> None:
            self.closed.append(connection.id)

        return close

    async def sign_in(self, connection: Connection) -> None:
        if self.sign_in_error is not None:
            raise self.sign_in_error

    def ask_again(self, connection: Connection) -> None:
        self.asked_again.append(connection.id)

    async def probe(self, connection: Connection) -> Probe:
        self.probed.append(connection)
        if isinstance(self.probe_answer, PatchError):
            raise self.probe_answer
        return self.probe_answer

    async def kept(self) -> KeptConnections:
        return self.file.read()

    async def keep(self, connection: Connection, before: str = "") -> KeptConnections:
        return self.file.replace(before, connection) if before else self.file.add(connection)

    async def forget(self, connection: Connection) -> KeptConnections:
        return self.file.remove(connection.id)

    async def profiles(self) -> tuple[Profile, ...]:
        if self.profiles_error is not None:
            raise self.profiles_error
        return (
            Profile("", "instance metadata"),
            Profile("prod", "role with MFA, from access key", "eu-central-1", needs_code=True),
            Profile("staging", "single sign-on", "us-gov-west-1", "aws sso login --profile staging"),
        )

    async def regions(self) -> tuple[Region, ...]:
        return (
            Region("eu-central-1", "Europe (Frankfurt)", "AWS Standard"),
            Region("us-gov-west-1", "AWS GovCloud (US-West)", "AWS GovCloud (US)"),
        )
