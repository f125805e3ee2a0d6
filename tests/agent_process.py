"""A real agent process for tests and benchmarks: started by its own door, stopped by SIGTERM."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import boto3
from mypy_boto3_ssm import SSMClient
from mypy_boto3_ssm.type_defs import InstanceInformationTypeDef

START_S = 30.0
STOP_S = 20.0
_BREATH_S = 0.02


class AgentDoor:
    """An agent that somebody started, spoken to with boto3 and the AWS CLI."""

    def __init__(self, ready: Mapping[str, str]) -> None:
        self.ready = ready
        self._clients: dict[str, SSMClient] = {}

    def environment(self) -> dict[str, str]:
        """Return this process's environment with the agent's credentials, for boto3 and the AWS CLI."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_SHARED_CREDENTIALS_FILE": self.ready["credentials_file"],
            "AWS_PROFILE": "patchgui",
            "AWS_DEFAULT_REGION": self.ready["region"],
            "AWS_ENDPOINT_URL": self.ready["endpoint_url"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_PAGER": "",
        }

    def boto3_client(self) -> SSMClient:
        """Return the boto3 client of this agent, signed with its key pair; making one takes longer than many calls."""
        endpoint = self.ready["endpoint_url"]
        if endpoint not in self._clients:
            self._clients = {endpoint: self._new_client()}
        return self._clients[endpoint]

    def _new_client(self) -> SSMClient:
        keys = Path(self.ready["credentials_file"]).read_text(encoding="ascii")
        pairs = dict(line.split(" = ") for line in keys.splitlines() if " = " in line)
        return boto3.client(
            "ssm",
            region_name=self.ready["region"],
            endpoint_url=self.ready["endpoint_url"],
            aws_access_key_id=pairs["aws_access_key_id"],
            aws_secret_access_key=pairs["aws_secret_access_key"],
        )

    def wait_online(self, count: int = 3) -> dict[str, str]:
        """Return node ids by node name as soon as so many nodes are online."""
        client, deadline = self.boto3_client(), time.monotonic() + START_S
        nodes: Sequence[InstanceInformationTypeDef] = ()
        while time.monotonic() < deadline:
            nodes = client.describe_instance_information()["InstanceInformationList"]
            if sum(node["PingStatus"] == "Online" for node in nodes) == count:
                return {node["ComputerName"]: node["InstanceId"] for node in nodes}
            time.sleep(_BREATH_S)
        raise TimeoutError(f"fewer than {count} nodes came online within {START_S} s: {nodes}")

    def wait_command(self, command_id: str, timeout_s: float = 60.0) -> str:
        """Return the status of a command as soon as it is final."""
        client, deadline = self.boto3_client(), time.monotonic() + timeout_s
        status = ""
        while time.monotonic() < deadline:
            status = client.list_commands(CommandId=command_id)["Commands"][0]["Status"]
            if status not in {"Pending", "InProgress", "Cancelling"}:
                return status
            time.sleep(_BREATH_S)
        raise TimeoutError(f"command {command_id} is still {status} after {timeout_s} s")

    def run_shell(self, instance_id: str, *lines: str) -> str:
        """Run a script on a node and return what it wrote to stdout."""
        client = self.boto3_client()
        sent = client.send_command(
            DocumentName="AWS-RunShellScript", InstanceIds=[instance_id], Parameters={"commands": list(lines)}
        )
        command_id = sent["Command"]["CommandId"]
        self.wait_command(command_id)
        told = client.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
        return told["StandardOutputContent"]


class AgentProcess(AgentDoor):
    """``patchgui-agent`` on a state folder of its own; a context manager that leaves nothing running."""

    program: ClassVar[tuple[str, ...]] = ("-m", "patchgui.agent.main")

    def __init__(self, state_dir: Path, *options: str) -> None:
        super().__init__({})
        self.state_dir = state_dir
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of the control plane."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the agent and read its ready line.

        Raises:
            RuntimeError: it ended without one; the text has its last words.
        """
        self.state_dir.mkdir(parents=True, exist_ok=True)
        log = self.state_dir.with_name(self.state_dir.name + ".stderr")
        argv = [sys.executable, *self.program, "--state-dir", str(self.state_dir), *self._options]
        with log.open("a", encoding="utf-8") as stderr:
            self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=stderr, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the agent did not start: {log.read_text(encoding='utf-8')[-2000:]}")
        self.ready = json.loads(line)

    def kill(self) -> None:
        """End the control plane at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the agent to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(with_signal)
        process.wait(STOP_S)
        assert process.stdout is not None
        process.stdout.close()

    def reset_sandbox(self) -> None:
        """Give every node its unpatched state back, through the program's own command."""
        subprocess.run(
            [sys.executable, "-m", "patchgui", "reset", "--state-dir", str(self.state_dir)],
            check=True,
            capture_output=True,
            timeout=START_S,
        )
