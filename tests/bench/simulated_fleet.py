"""Two hundred nodes without sandboxes, for benchmarks: their agent, and the workers that it talks with.

``python -m tests.bench.simulated_fleet agent --state-dir DIR`` is the real agent over such nodes;
``python -m tests.bench.simulated_fleet workers DIR`` is all their workers in one process: they speak the worker's
protocol and, for each command, go through its steps in time, with output, running nothing.
"""

import asyncio
import base64
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patchgui.agent import main as agent_main
from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.settings import AgentSettings
from patchgui.agent.worker.link import short_path
from patchgui.agent.worker.messages import PROTOCOL, LineBuffer, encode
from patchgui.agent.worker.steps import StepOutline, outline

NODES = 200
STEP_S = 0.5
CHUNKS = 4
CHUNK = b"The quick brown fox jumps over the lazy dog, and writes a line of log about it each time.\n" * 6
"""What a step writes, ``CHUNKS`` times in its time."""


@dataclass(frozen=True)
class SimulatedNode:
    """A node whose worker is started by the benchmark."""

    number: int
    folder: Path
    platform_type: str = "Linux"
    platform_name: str = "Debian GNU/Linux"
    platform_version: str = "12"
    ip_address: str = "127.0.0.1"
    initial_tags: Mapping[str, str] = field(default_factory=lambda: {"Role": "web"})
    reboot_delay_s: float = 0.0
    restarts_by_supervisor: bool = True

    @property
    def instance_id(self) -> str:
        """The id: the number."""
        return f"mi-{self.number:017x}"

    @property
    def name(self) -> str:
        """The name: the number."""
        return f"node-{self.number:03}"

    @property
    def computer_name(self) -> str:
        """The host name: as the name."""
        return self.name

    @property
    def socket(self) -> Path:
        """Where its worker listens."""
        return self.folder / f"{self.number}.sock"

    def worker_command(self, boot_id: str) -> list[str]:
        """Refuse: its worker was there before the agent."""
        raise RuntimeError(f"the worker of {self.name} is gone")

    def worker_environment(self) -> dict[str, str]:
        """Return nothing: there is no worker to start."""
        return {}

    async def reboot(self) -> None:
        """Refuse: no command of the benchmark reboots."""
        raise RuntimeError("simulated nodes do not reboot")


def nodes(folder: Path) -> list[SimulatedNode]:
    """Return the nodes whose workers listen in a folder."""
    return [SimulatedNode(number, folder) for number in range(1, NODES + 1)]


class _SimulatedFleet:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def prepare(self) -> Sequence[SimulatedNode]:
        return nodes(self._folder)

    async def reset(self) -> None:
        raise RuntimeError("simulated nodes have no first state")


class _Worker:
    """One node's worker on one connection."""

    def __init__(self, node: SimulatedNode, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._node = node
        self._reader = reader
        self._writer = writer
        self._numbers: dict[str, int] = {}
        self._random = random.Random(node.number)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Greet, then do what is asked until the agent is gone."""
        self._send("hello", protocol=PROTOCOL, instance_id=self._node.instance_id, boot_id="1", pid=1, journals={})
        lines = LineBuffer()
        while data := await self._reader.read(1 << 16):
            for message in lines.feed(data):
                if message["type"] == "ping":
                    self._send("pong")
                elif message["type"] == "command":
                    task = asyncio.create_task(self._run(message["command"]))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def _run(self, command: Mapping[str, Any]) -> None:
        command_id = str(command["command_id"])
        self._report(command_id, "accepted")
        self._report(command_id, "started", boot_id="1", session=1)
        for step in outline(command["content"]):
            await self._step(command_id, step)
        self._report(command_id, "ended", status="Success", reason="")

    async def _step(self, command_id: str, step: StepOutline) -> None:
        self._report(command_id, "step_started", step=step.name, action=step.action, started_at=time.time())
        # Steps take as long as they please: two hundred machines do not work in step.
        pause_s = STEP_S / CHUNKS * self._random.uniform(0.5, 1.5)
        for index in range(CHUNKS):
            await asyncio.sleep(pause_s)
            data = base64.b64encode(CHUNK).decode()
            place = {"step": step.name, "stream": "stdout", "offset": index * len(CHUNK)}
            self._send("output", command=command_id, **place, data=data)
        text = (CHUNK * CHUNKS).decode()
        result = StepResult(step.name, step.action, StepStatus.SUCCESS, stdout=text, output=text[:2500])
        self._report(command_id, "step_ended", result=result.to_json())

    def _report(self, command_id: str, kind: str, **members: Any) -> None:
        number = self._numbers[command_id] = self._numbers.get(command_id, 0) + 1
        self._send("report", command=command_id, record={"n": number, "at": time.time(), "type": kind, **members})

    def _send(self, kind: str, **members: Any) -> None:
        self._writer.write(encode({"type": kind, **members}))


async def _serve_workers(folder: Path) -> None:
    for node in nodes(folder):
        with short_path(node.socket) as path:
            await asyncio.start_unix_server(_server_of(node), path)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _server_of(node: SimulatedNode) -> Any:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Worker(node, reader, writer).serve()

    return connected


def _run_agent(argv: list[str]) -> int:
    def fleet(settings: AgentSettings) -> _SimulatedFleet:
        return _SimulatedFleet(settings.state_dir / "workers")

    agent_main._fleet = fleet
    return agent_main.run_agent(argv)


def peak_rss_mb(pid: int) -> float:
    """Return the most memory that a process has ever held, in MB."""
    fields = dict(_status_lines(pid))
    return int(fields["VmHWM"].split()[0]) / 1024


def _status_lines(pid: int) -> Iterator[tuple[str, str]]:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        yield name, value.strip()


if __name__ == "__main__":
    os.umask(0o077)
    if sys.argv[1] == "agent":
        raise SystemExit(_run_agent(sys.argv[2:]))
    asyncio.run(_serve_workers(Path(sys.argv[2])))
