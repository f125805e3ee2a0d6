"""Opens a connection for window and terminal: the embedded agent, or whatever endpoint and profile were named."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import Launched
from patchgui.console.archive.feed import ArchiveFeed
from patchgui.console.connection import Connection, aws_connection
from patchgui.console.session import ConsoleSession
from patchgui.console.store import RunStore
from patchgui.local_agent import Nodes, ensure_agent
from patchgui.place import Place, dressed
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import AskCode, from_file, from_profile
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import PatchError
from patchgui.ssm.profiles import authorities_of, profile_called

_REGION = "us-east-1"
"""Where the AWS tools look when nothing names a region."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a connection leads, found and ready to be asked.

    ``revive`` starts the embedded agent again where it was; AWS cannot be started by us.
    """

    connection: Connection
    endpoint: Endpoint
    record: Path
    revive: Callable[[], Awaitable[None]] | None = None


async def find_door(place: Place, ask: AskCode | None = None) -> Door:
    """Find where the place leads; start the embedded agent where it is meant and not running. Asks AWS nothing yet.

    Raises:
        PatchError: the agent cannot be started, or what the connection names is not there.
    """
    if not place.is_embedded:
        connection = await _with_region(place.connection)
        credentials = from_profile(connection.profile, connection.region, ask)
        verify = await asyncio.to_thread(_authorities, connection.profile)
        endpoint = Endpoint(connection.region, connection.endpoint_url, credentials, verify)
        return Door(connection, endpoint, _record(place))
    nodes: Nodes = "sandbox" if place.connection.kind == "sandbox" else "this-machine"
    found = await ensure_agent(place.state_dir, nodes)
    port = int(found.endpoint_url.rstrip("/").rpartition(":")[2])

    async def revive() -> None:
        await ensure_agent(place.state_dir, nodes, port=port)

    credentials = from_file(found.credentials_file, found.profile)
    endpoint = Endpoint(found.region, found.endpoint_url, credentials)
    return Door(found.connection(), endpoint, _record(place), revive)


@asynccontextmanager
async def enter(door: Door, archive: Archive, launched: Launched) -> AsyncIterator[ConsoleSession]:
    """Work behind a door, and close client and record in the end; the archive belongs to the caller."""
    client = SsmClient(door.endpoint)
    try:
        async with RunStore(door.record) as store:
            feed = ArchiveFeed(archive, client, door.connection, launched)
            yield ConsoleSession(door.connection, client, store, feed=feed, revive=door.revive)
    finally:
        await client.aclose()


@asynccontextmanager
async def open_session(place: Place, ask: AskCode | None = None) -> AsyncIterator[ConsoleSession]:
    """Open a session and close it again; starts the embedded agent where it is meant and not running.

    Raises:
        PatchError: it cannot be opened.
    """
    door = await find_door(place, ask)
    async with Archive(archive_file(place)) as archive, enter(door, archive, Launched.TERMINAL) as session:
        yield session


async def _with_region(connection: Connection) -> Connection:
    """Return the connection with a region: where none was named, that of the profile, as the AWS tools do."""
    if connection.region:
        return connection
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    region = region or (await asyncio.to_thread(profile_called, connection.profile)).region or _REGION
    named = aws_connection(profile=connection.profile, region=region, endpoint_url=connection.endpoint_url)
    return await asyncio.to_thread(dressed, named)


def _authorities(profile: str | None) -> str | bool:
    """Return which certificates to trust, as the AWS tools do: a proxy of the company's may have its own.

    Raises:
        PatchError: the file is not there, or holds none.
    """
    named = authorities_of(profile)
    if named is None:
        return True
    try:
        ssl.create_default_context(cafile=Path(named).expanduser())
    except OSError as error:
        raise PatchError(
            f"The certificate authorities in {named} cannot be used: {error.strerror or error}.",
            hint="AWS_CA_BUNDLE, or ca_bundle of the profile in ~/.aws/config, names this file.",
        ) from error
    return str(Path(named).expanduser())


def archive_file(place: Place) -> Path:
    """Return where everything that happened is archived: beside the record of launches."""
    return _record(place).with_name("archive.db")


def _record(place: Place) -> Path:
    """Return where runs are recorded: with the user's data, or beside a state folder that was named."""
    if place.is_embedded and place.state_dir is not None:
        return place.state_dir / "runs.db"
    return platformdirs.user_data_path("patchgui") / "runs.db"
