"""Opens a connection for window and terminal: the embedded agent, or whatever endpoint and profile were named."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import platformdirs

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.session import ConsoleSession
from patchgui.console.store import RunStore
from patchgui.local_agent import ensure_agent
from patchgui.place import Place
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_file, from_profile
from patchgui.ssm.endpoint import Endpoint


@asynccontextmanager
async def open_session(place: Place) -> AsyncIterator[ConsoleSession]:
    """Open a session and close it again; starts the embedded agent where it is meant and not running.

    Raises:
        PatchError: it cannot be opened.
    """
    if place.is_embedded:
        door = await ensure_agent(place.state_dir, place.nodes)
        connection = door.connection()
        endpoint = Endpoint(door.region, door.endpoint_url, from_file(door.credentials_file, door.profile))
        port = int(door.endpoint_url.rstrip("/").rpartition(":")[2])
    else:
        connection, endpoint, port = *_remote(place), 0

    async def revive() -> None:
        await ensure_agent(place.state_dir, place.nodes, port=port)

    client = SsmClient(endpoint)
    try:
        async with RunStore(_record(place)) as store:
            yield ConsoleSession(connection, client, store, revive=revive if place.is_embedded else None)
    finally:
        await client.aclose()


def _remote(place: Place) -> tuple[Connection, Endpoint]:
    region = place.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = Endpoint(region, place.endpoint_url, from_profile(place.profile))
    connection = Connection(
        id=f"aws-{place.profile or 'default'}-{region}-{place.endpoint_url or ''}",
        label=" · ".join(part for part in (place.profile, region) if part),
        # What listens on loopback is an agent of ours as a rule: it may be asked as often.
        kind=ConnectionKind.SANDBOX if endpoint.is_loopback else ConnectionKind.AWS,
        region=region,
        endpoint_url=place.endpoint_url,
        profile=place.profile,
    )
    return connection, endpoint


def _record(place: Place) -> Path:
    """Return where runs are recorded: with the user's data, or beside a state folder that was named."""
    if place.is_embedded and place.state_dir is not None:
        return place.state_dir / "runs.db"
    return platformdirs.user_data_path("patchgui") / "runs.db"
