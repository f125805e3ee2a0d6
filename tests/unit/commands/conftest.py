"""The service of commands over scripted workers: no process, no socket, a clock that stands still."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.commands import schema as commands_schema
from patchgui.agent.commands.service import CommandService
from patchgui.agent.documents import DocumentStore, NewVersion
from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.nodes import NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.store import schema as store_schema
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore
from patchgui.ssm.shapes import DocumentFormat, DocumentType, SendCommandRequest

NODES = {f"mi-{number:017x}": f"node-{number}" for number in range(1, 6)}
IDS = list(NODES)
SHELL = "aws:runShellScript"


@dataclass(frozen=True)
class FakeNode:
    """A node that is only a name."""

    instance_id: str
    name: str
    folder: Path
    platform_type: str = "Linux"
    computer_name: str = "host"
    platform_name: str = "Debian GNU/Linux"
    platform_version: str = "12"
    ip_address: str = "127.0.0.1"
    reboot_delay_s: float = 0.0
    restarts_by_supervisor: bool = True

    @property
    def initial_tags(self) -> Mapping[str, str]:
        return {"Role": "web" if self.name in {"node-1", "node-2"} else "db", "Name": self.name}

    @property
    def socket(self) -> Path:
        return self.folder / "worker.sock"

    def worker_command(self, boot_id: str) -> list[str]:
        raise NotImplementedError

    def worker_environment(self) -> dict[str, str]:
        raise NotImplementedError

    async def reboot(self) -> None:
        raise NotImplementedError


@dataclass
class Clock:
    now: datetime = datetime(2026, 7, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Worker:
    """One node's worker, as far as the service sees it; the test decides what it reports."""

    service: CommandService
    instance_id: str
    clock: Clock
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def connect(self) -> None:
        self.service.connected(self.instance_id, self.sent.append)

    def disconnect(self) -> None:
        self.service.disconnected(self.instance_id)

    def commands(self) -> list[str]:
        return [message["command"]["command_id"] for message in self.sent if message["type"] == "command"]

    def report(self, command_id: str, kind: str, **members: Any) -> None:
        number = self.numbers[command_id] = self.numbers.get(command_id, 0) + 1
        self.resend(command_id, {"n": number, "at": self.clock().timestamp(), "type": kind, **members})

    def resend(self, command_id: str, record: Mapping[str, Any]) -> None:
        message = {"type": "report", "command": command_id, "record": record}
        self.service.received([(self.instance_id, [json.loads(json.dumps(message))])])

    def accept(self, command_id: str) -> None:
        self.report(command_id, "accepted")
        self.report(command_id, "started")

    def step(self, command_id: str, name: str, status: StepStatus = StepStatus.SUCCESS, **members: Any) -> None:
        self.report(command_id, "step_started", step=name, action=SHELL)
        self.report(command_id, "step_ended", result=StepResult(name, SHELL, status, **members).to_json())

    def end(self, command_id: str, status: str = "Success", reason: str = "") -> None:
        self.report(command_id, "ended", status=status, reason=reason)

    def run(self, command_id: str, status: str = "Success") -> None:
        """Do all of a command of one step."""
        self.accept(command_id)
        self.step(command_id, "one", StepStatus(status))
        self.end(command_id, status)


class Desk:
    """The service with its surroundings."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self.node_names = dict(NODES)
        self._open()
        self.create("One", "one")

    def _open(self) -> None:
        migrations = {"agent": store_schema.MIGRATIONS, "commands": commands_schema.MIGRATIONS}
        self.database = Database(self._folder / "state.db", migrations)
        tags = TagStore(self.database)
        self.nodes = NodeRegistry(self.database, tags, self.clock)
        for instance_id, name in self.node_names.items():
            platform = "Windows" if name == "node-5" else "Linux"
            self.nodes.add(FakeNode(instance_id, name, self._folder / name, platform))
        self.documents = DocumentStore(self.database, tags, self.clock, "000000000000")
        self.patches = PatchStore(self.database, self.nodes, "local")
        self.service = CommandService(self.database, self.documents, self.nodes, self.patches, self.clock)
        self.workers = {instance_id: Worker(self.service, instance_id, self.clock) for instance_id in NODES}

    def unwatched_documents(self) -> DocumentStore:
        """Return the documents as an agent has them that is killed right after it has written a change."""
        return DocumentStore(self.database, TagStore(self.database), self.clock, "000000000000")

    def restart(self) -> None:
        """Have the agent killed and another one take up its state file; the workers keep what they know."""
        workers = self.workers
        self.database.close()
        self._open()
        for instance_id, worker in workers.items():
            worker.service = self.service
            self.workers[instance_id] = worker
        self.service.take_up()

    def create(self, name: str, *steps: str, **document: Any) -> None:
        main = [{"name": step, "action": SHELL, "inputs": {"runCommand": ["true"]}} for step in steps]
        content = {"schemaVersion": "2.2", "mainSteps": main, **document}
        self.documents.create(name, NewVersion(json.dumps(content), DocumentFormat.JSON), DocumentType.COMMAND, {})

    def send(self, *instance_ids: str, document: str = "One", **members: Any) -> str:
        where = {"InstanceIds": instance_ids} if instance_ids else {}
        request = {"DocumentName": document, **where, **members}
        return self.service.send(SendCommandRequest.from_wire(request))

    def connect(self, *instance_ids: str) -> list[Worker]:
        workers = [self.workers[instance_id] for instance_id in instance_ids]
        for worker in workers:
            worker.connect()
        return workers

    def command(self, command_id: str) -> tuple[str, str]:
        row = self.service.repository.command(command_id)
        assert row is not None
        return row["status"], row["status_details"]

    def counts(self, command_id: str) -> tuple[int, int, int, int]:
        row = self.service.repository.command(command_id)
        assert row is not None
        return row["target_count"], row["completed_count"], row["error_count"], row["delivery_timed_out_count"]

    def on(self, command_id: str, instance_id: str) -> tuple[str, str]:
        row = self.service.repository.invocation(command_id, instance_id)
        assert row is not None
        return row["status"], row["status_details"]

    def steps(self, command_id: str, instance_id: str) -> dict[str, dict[str, Any]]:
        return {row["name"]: dict(row) for row in self.service.repository.steps(command_id, instance_id)}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.close()
