"""The agent's API in this process: a real state file, nodes that are only described, a clock of the test's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.types import ASGIApp, Message

from patchgui.agent.api.app import Api, application, operations
from patchgui.agent.api.signature import KeyPair, SignatureCheck
from patchgui.agent.associations import schema as associations_schema
from patchgui.agent.associations.service import AssociationService
from patchgui.agent.clock import Clock
from patchgui.agent.commands import schema as commands_schema
from patchgui.agent.commands.service import CommandService
from patchgui.agent.context import AgentContext
from patchgui.agent.documents import DocumentStore
from patchgui.agent.nodes import Node, NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.settings import AgentSettings
from patchgui.agent.store import schema as store_schema
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore
from patchgui.agent.windows import schema as windows_schema
from patchgui.agent.windows.service import WindowService

KEYS = KeyPair("AKIAEXAMPLEEXAMPLE42", "a secret that only tests know")
HOST = "127.0.0.1:4242"
MIGRATIONS = {
    "agent": store_schema.MIGRATIONS,
    "commands": commands_schema.MIGRATIONS,
    "associations": associations_schema.MIGRATIONS,
    "windows": windows_schema.MIGRATIONS,
}
JSON_TYPE = "application/x-amz-json-1.1"
FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


class FakeClock:
    """Time that stands still until a test moves it: real time at first, for botocore signs with that."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Move on, or back, by a ``timedelta``."""
        self.now += timedelta(**by)


@dataclass(frozen=True)
class DescribedNode:
    """A node without a worker."""

    instance_id: str
    name: str
    platform_type: str = "Linux"
    platform_name: str = "Debian GNU/Linux"
    platform_version: str = "12"
    ip_address: str = "127.0.0.1"
    initial_tags: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/nonexistent")
    socket: Path = Path("/nonexistent/worker.sock")
    reboot_delay_s: float = 0.0
    restarts_by_supervisor: bool = True

    @property
    def computer_name(self) -> str:
        return self.name

    def worker_command(self, boot_id: str) -> list[str]:
        raise AssertionError(f"no worker is started in these tests ({boot_id})")

    def worker_environment(self) -> dict[str, str]:
        return {}

    async def reboot(self) -> None:
        raise AssertionError("no node is restarted in these tests")


class StillFleet:
    """A fleet whose nodes are there; it remembers how often it was reset."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.resets = 0

    async def prepare(self) -> Sequence[Node]:
        return self.nodes

    async def reset(self) -> None:
        self.resets += 1


WEB_1 = DescribedNode("mi-00000000000000001", "web-1", initial_tags={"Role": "web", "PatchGroup": "front"})
WEB_2 = DescribedNode("mi-00000000000000002", "web-2", initial_tags={"Role": "web", "Patch Group": "back"})
DB_1 = DescribedNode("mi-00000000000000003", "db-1", initial_tags={"Role": "db"})


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self.json["__type"])

    @property
    def message(self) -> str:
        """The text of an error."""
        return str(self.json.get("message", self.json.get("Message", "")))


@dataclass
class Harness:
    """An agent without processes."""

    context: AgentContext
    app: ASGIApp
    api: Api[AgentContext]
    clock: FakeClock

    async def call(self, operation: str, prefix: str = "AmazonSSM.", **members: Any) -> Answer:
        """Send one signed call of the JSON protocol."""
        headers = {"content-type": JSON_TYPE, "x-amz-target": prefix + operation}
        return await self.post(signed(json.dumps(members), headers), json.dumps(members).encode())

    async def ok(self, operation: str, **members: Any) -> dict[str, Any]:
        """Send one call and return what it answers; it must not be refused."""
        answer = await self.call(operation, **members)
        assert answer.status == 200, answer.body
        return answer.json

    async def post(self, headers: Mapping[str, str], body: bytes, *, method: str = "POST", path: str = "/") -> Answer:
        """Send one request as it is."""
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        raw = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], raw, b"".join(message.get("body", b"") for message in sent[1:]))


def signed(
    body: str,
    headers: Mapping[str, str],
    *,
    keys: KeyPair = KEYS,
    region: str = "local",
    service: str = "ssm",
    query: str = "",
) -> dict[str, str]:
    """Return the headers of a request as botocore signs it."""
    request = AWSRequest("POST", f"http://{HOST}/{query}", dict(headers), data=body)
    SigV4Auth(Credentials(keys.access_key, keys.secret_key), service, region).add_auth(request)
    return {"Host": HOST, **dict(request.headers.items())}


@contextmanager
def open_harness(
    folder: Path, nodes: Sequence[Node] = (WEB_1, WEB_2, DB_1), *, signed_by: Clock | None = None
) -> Iterator[Harness]:
    """Yield an agent on a state folder; ``signed_by`` is what signatures go by, where the test moves its clock far."""
    clock = FakeClock()
    database = Database(folder / "state.db", MIGRATIONS)
    try:
        settings = AgentSettings(folder)
        tags = TagStore(database)
        registry = NodeRegistry(database, tags, clock)
        for node in nodes:
            registry.add(node)
        documents = DocumentStore(database, tags, clock, settings.account_id)
        patches = PatchStore(database, registry, settings.region)
        commands = CommandService(database, documents, registry, patches, clock)
        fleet = StillFleet(nodes)
        associations = AssociationService(database, documents, registry, commands, clock)
        windows = WindowService(database, tags, registry, commands, clock)
        commands.watch(windows.command_ended)
        context = AgentContext(
            *(settings, clock, database, documents, registry, tags, patches),
            *(fleet, commands, associations, windows),
        )
        api = Api(context, SignatureCheck(KEYS, settings.region, signed_by or clock), KEYS.access_key, operations())
        yield Harness(context, application(api), api, clock)
    finally:
        database.close()
