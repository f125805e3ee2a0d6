"""A control plane with one node on this machine, in a process that can be killed at a chosen commit.

Run as ``python -m tests.soak.plane FOLDER``: sends FOLDER/document.json once, waits for its end, writes
FOLDER/result.json.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from patchgui.agent.clock import Clock, utc_now
from patchgui.agent.commands import schema as commands_schema
from patchgui.agent.commands.service import CommandService
from patchgui.agent.documents import DocumentStore, NewVersion
from patchgui.agent.nodes import NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.store import schema as store_schema
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore
from patchgui.ssm.errors import AgentError
from patchgui.ssm.shapes import DocumentFormat, DocumentType, SendCommandRequest
from tests.soak.documents import Scene

NODE_ID = "mi-00000000000000001"


@dataclass(frozen=True)
class HostNode:
    """A node whose worker runs on this machine as it is; a reboot ends the worker only."""

    folder: Path
    worker_program: tuple[str, ...] = ("-m", "patchgui.agent.worker")
    instance_id: str = NODE_ID
    name: str = "host-1"
    computer_name: str = "host-1"
    platform_type: str = "Linux"
    platform_name: str = "Debian GNU/Linux"
    platform_version: str = "12"
    ip_address: str = "127.0.0.1"
    reboot_delay_s: float = 0.0
    restarts_by_supervisor: bool = True
    more_options: Mapping[str, object] = field(default_factory=dict)

    @property
    def initial_tags(self) -> Mapping[str, str]:
        return {"Role": "web"}

    @property
    def socket(self) -> Path:
        return self.folder / "worker.sock"

    def worker_command(self, boot_id: str) -> list[str]:
        options = {
            "--node-dir": self.folder,
            "--socket": self.socket,
            "--instance-id": self.instance_id,
            "--region": "local",
            "--cwd": self.folder,
            "--boot-script": self.folder / "boot",
            "--patch-report": self.folder / "patch-report.json",
            "--idle-exit-s": 20,
            "--boot-id": boot_id,
            **self.more_options,
        }
        words = [str(word) for option in options.items() for word in option]
        return [sys.executable, *self.worker_program, *words]

    def worker_environment(self) -> dict[str, str]:
        folder = self.folder.parent
        return {**os.environ, "CRASH_FOLDER": str(folder), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}

    async def reboot(self) -> None:
        return


@dataclass(frozen=True)
class StubbornNode(HostNode):
    """A machine that restarts itself, and can't."""

    restarts_by_supervisor: bool = False

    async def reboot(self) -> None:
        raise AgentError("Restarting this machine needs root.")


class Plane:
    """The control plane of one folder."""

    def __init__(
        self, folder: Path, *, node_type: type[HostNode] = HostNode, clock: Clock = utc_now, **node: Any
    ) -> None:
        node_folder = folder / "node"
        node_folder.mkdir(parents=True, exist_ok=True)
        migrations = {"agent": store_schema.MIGRATIONS, "commands": commands_schema.MIGRATIONS}
        self.database = Database(folder / "state.db", migrations)
        tags = TagStore(self.database)
        self.nodes = NodeRegistry(self.database, tags, utc_now)
        self.node = node_type(node_folder, **node)
        self.nodes.add(self.node)
        self.documents = DocumentStore(self.database, tags, utc_now, "000000000000")
        patches = PatchStore(self.database, self.nodes, "local")
        self.commands = CommandService(self.database, self.documents, self.nodes, patches, clock)
        self._moved = asyncio.Event()
        changed = self.commands._changed

        def noticed() -> None:
            changed()
            self._moved.set()

        self.commands._changed = noticed  # type: ignore[method-assign]

    def create(self, name: str, content: Mapping[str, Any]) -> None:
        self.documents.create(name, NewVersion(json.dumps(content), DocumentFormat.JSON), DocumentType.COMMAND, {})

    def send(self, name: str, **members: Any) -> str:
        request = {"DocumentName": name, "InstanceIds": [NODE_ID], **members}
        return self.commands.send(SendCommandRequest.from_wire(request))

    async def launch(self, scene: Scene) -> str:
        """Create the documents of a scene, start the nodes' workers and send the command; return its id."""
        for name, content in {**scene.nested, "Scene": scene.content}.items():
            self.create(name, content)
        await self.commands.start()
        return self.send("Scene")

    def worker_pid(self) -> int | None:
        """Return the process id of the node's worker, None while there is no connection to one."""
        supervisors = list(self.commands._supervisors._running)
        connection = supervisors[0]._connection if supervisors else None
        return None if connection is None else connection.worker_pid

    def kill_worker(self) -> None:
        """Kill the node's worker, if there is one."""
        pid = self.worker_pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    async def ended(self, command_id: str) -> None:
        """Wait for a command's end."""
        await self.until(lambda: self.is_final(command_id))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition that a change of commands brings about."""
        while not condition():
            self._moved.clear()
            await self._moved.wait()

    def is_final(self, command_id: str) -> bool:
        row = self.commands.repository.command(command_id)
        return row is not None and bool(row["is_final"])

    def invocation(self, command_id: str) -> dict[str, Any]:
        row = self.commands.repository.invocation(command_id, NODE_ID)
        assert row is not None
        return dict(row)

    def steps(self, command_id: str) -> dict[str, dict[str, Any]]:
        rows = self.commands.repository.steps(command_id, NODE_ID)
        return {row["name"]: dict(row) for row in rows}

    async def close(self) -> None:
        await self.commands.stop()
        self.database.close()


def die_at_commit(folder: Path) -> None:
    """Have the process killed at the commit that FOLDER/plane-plan names: ``before 3`` or ``after 3``."""
    plan = folder / "plane-plan"
    moment, _, number = plan.read_text().partition(" ") if plan.exists() else ("", "", "0")
    write = Database.write
    commits = 0

    @contextmanager
    def counted(self: Database) -> Iterator[Connection]:
        nonlocal commits
        is_outermost = not self._is_writing
        commits += is_outermost
        is_due = is_outermost and commits == int(number)
        with write(self) as db:
            yield db
            if is_due and moment == "before":
                _die(plan)
        if is_due:
            _die(plan)

    Database.write = counted  # type: ignore[method-assign]


def _die(plan: Path) -> None:
    plan.unlink()
    os.kill(os.getpid(), signal.SIGKILL)


async def _run(folder: Path) -> None:
    # With plans for the lives of its workers, both sides die.
    is_crashing = (folder / "plan.json").exists()
    plane = Plane(
        folder, worker_program=("-m", "tests.soak.crashing_worker" if is_crashing else "patchgui.agent.worker")
    )
    die_at_commit(folder)
    document = json.loads((folder / "document.json").read_text())
    if not plane.database.rows("SELECT 1 FROM document"):
        plane.create("Crash", document)
    await plane.commands.start()
    rows = plane.database.rows("SELECT command_id FROM command")
    # As the console does: a command whose answer was lost is looked up before it may be sent again.
    command_id = rows[0]["command_id"] if rows else plane.send("Crash")
    await plane.ended(command_id)
    result = {"invocation": plane.invocation(command_id), "steps": plane.steps(command_id)}
    await plane.close()
    (folder / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
