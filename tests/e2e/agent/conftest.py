"""A real agent process over real sandbox nodes, spoken to with boto3."""

import configparser
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest

LIMIT_S = 90.0
_LOOK_S = 0.02

Seen = TypeVar("Seen")


class AgentProcess:
    """``patchgui agent`` on a state folder of its own; it can be killed and started again."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.start()

    def start(self, *, online: int = 3) -> None:
        argv = [sys.executable, "-m", "patchgui.agent.main", "--state-dir", str(self.state)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            door = json.loads(stdout.readline())
        keys = configparser.ConfigParser()
        keys.read(door["credentials_file"])
        profile = keys[door["profile"]]
        self.ssm: Any = boto3.client(
            "ssm",
            endpoint_url=door["endpoint_url"],
            region_name=door["region"],
            aws_access_key_id=profile["aws_access_key_id"],
            aws_secret_access_key=profile["aws_secret_access_key"],
        )
        self.until(lambda: sum(node["PingStatus"] == "Online" for node in self._information()) >= online)
        self.nodes = {node["ComputerName"]: node["InstanceId"] for node in self._information()}

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.ssm.close()

    def end(self) -> int:
        """Stop it as a service manager would and return its exit status."""
        self.ssm.close()
        self.process.terminate()
        return self.process.wait(timeout=30)

    def until(self, look: Callable[[], Seen]) -> Seen:
        """Look again and again until there is something to see."""
        limit = time.monotonic() + LIMIT_S
        while time.monotonic() < limit:
            seen = look()
            if seen:
                return seen
            time.sleep(_LOOK_S)
        raise AssertionError(f"nothing came of it in {LIMIT_S} s; the agent's log: {self.log()[-2000:]}")

    def log(self) -> str:
        return (self.state / "agent.log").read_text()

    def ping(self, node: str) -> str:
        return next(str(each["PingStatus"]) for each in self._information() if each["ComputerName"] == node)

    def name_of(self, instance_id: str) -> str:
        """Return the name of a node by its id."""
        return str(next(name for name, each in self.nodes.items() if each == instance_id))

    def _information(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.ssm.describe_instance_information()["InstanceInformationList"]
        return listed

    def create(self, name: str, *steps: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> None:
        """Make a document of shell steps, each a name, a script and perhaps more inputs."""
        main = [
            {
                "name": name,
                "action": "aws:runShellScript",
                "inputs": {"runCommand": [script], **(more[0] if more else {})},
            }
            for name, script, *more in steps
        ]
        content = json.dumps({"schemaVersion": "2.2", "description": name, "mainSteps": main})
        self.ssm.create_document(Name=name, Content=content, DocumentType="Command")

    def send(self, document: str, *nodes: str, **members: Any) -> str:
        ids = [self.nodes[node] for node in nodes]
        answer = self.ssm.send_command(DocumentName=document, InstanceIds=ids, **members)
        return str(answer["Command"]["CommandId"])

    def invocation(self, command_id: str, node: str = "web-1") -> dict[str, Any]:
        listed = self.ssm.list_command_invocations(CommandId=command_id, InstanceId=self.nodes[node], Details=True)
        invocation: dict[str, Any] = listed["CommandInvocations"][0]
        return invocation

    def steps(self, command_id: str, node: str = "web-1") -> dict[str, dict[str, Any]]:
        return {plugin["Name"]: plugin for plugin in self.invocation(command_id, node)["CommandPlugins"]}

    def ended(self, command_id: str) -> dict[str, Any]:
        def final() -> dict[str, Any] | None:
            command: dict[str, Any] = self.ssm.list_commands(CommandId=command_id)["Commands"][0]
            return command if command["Status"] in {"Success", "Failed", "Cancelled", "TimedOut"} else None

        command = self.until(final)
        assert command is not None
        return command

    def inside(self, path: str, node: str = "web-1") -> Path:
        """Return a file of a node as the host sees it."""
        return self.state / "sandbox" / "nodes" / node / "root" / path.lstrip("/")

    def worker_pid(self, node: str = "web-1") -> int:
        """Return the process id of a node's worker, as the host sees it: the only one that is a child of process 1."""
        found = [pid for pid in _processes() if self._is_worker(pid, self.nodes[node])]
        assert len(found) == 1, found
        return found[0]

    def _is_worker(self, pid: int, instance_id: str) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return False
        numbers = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
        is_python = bool(words) and b"bwrap" not in words[0] and instance_id.encode() in words
        return is_python and len(numbers) > 1 and numbers[-1] != "1"

    def kill_worker(self, node: str = "web-1") -> None:
        os.kill(self.worker_pid(node), signal.SIGKILL)


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    """A fresh agent with a fresh fleet."""
    agent = AgentProcess(tmp_path / "state")
    yield agent
    if agent.process.poll() is None:
        agent.end()
