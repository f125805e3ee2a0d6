"""The servers that one suite is held against: the agent, the fleet simulator, and moto where it implements the call."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from patchgui.simulator.clock import FleetClock
from patchgui.simulator.settings import FleetSettings
from patchgui.ssm import shapes
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import ServiceError
from patchgui.ssm.shapes import maintenance_windows
from patchgui.ssm.throttle import TokenBucket
from tests.agent_process import AgentProcess
from tests.contract.service_model import watch_answers
from tests.fleet import KEYS, Fleet

AGENT, FLEET, MOTO = "agent", "fleet", "moto"

MOTO_LACKS = frozenset(
    {
        "CancelCommand",
        "CancelMaintenanceWindowExecution",
        "CreateAssociation",
        "DeleteAssociation",
        "DescribeAssociation",
        "DescribeAssociationExecutionTargets",
        "DescribeAssociationExecutions",
        "DescribeInstanceInformation",
        "DescribeInstancePatchStates",
        "DescribeInstancePatches",
        "DescribeInstanceProperties",
        "DescribeMaintenanceWindowExecutionTaskInvocations",
        "DescribeMaintenanceWindowExecutionTasks",
        "DescribeMaintenanceWindowExecutions",
        "DescribeMaintenanceWindowSchedule",
        "DescribeMaintenanceWindowsForTarget",
        "GetDefaultPatchBaseline",
        "GetMaintenanceWindowExecution",
        "GetMaintenanceWindowExecutionTask",
        "GetMaintenanceWindowExecutionTaskInvocation",
        "GetMaintenanceWindowTask",
        "GetPatchBaseline",
        "ListAssociations",
        "ListCommandInvocations",
        "ListDocumentVersions",
        "UpdateAssociation",
        "UpdateMaintenanceWindow",
        "UpdateMaintenanceWindowTarget",
        "UpdateMaintenanceWindowTask",
    }
)
"""The calls that moto does not implement; a test holds the table against moto itself."""


@dataclass(frozen=True)
class Server:
    """One server: where it is, whose keys it takes, and some of its nodes, all online and of Linux."""

    name: str
    endpoint_url: str
    region: str
    access_key: str
    secret_key: str
    nodes: tuple[str, ...]

    def boto3_client(self, service: str = "ssm", **changed: Any) -> Any:
        """Return a boto3 client that sends what it is given, whether botocore thinks it valid or not."""
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        settings = {"region_name": self.region, "endpoint_url": self.endpoint_url, **keys, **changed}
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        return boto3.client(service, **({"config": config} | settings))  # type: ignore[call-overload]  # any service

    def client(self, bucket: TokenBucket | None = None) -> SsmClient:
        """Return our own client; ``bucket`` holds its calls back otherwise than it does by itself."""
        endpoint = Endpoint(self.region, self.endpoint_url, from_keys(self.access_key, self.secret_key))
        return SsmClient(endpoint, bucket=bucket)


class Refused(Exception):
    """The server said no."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Caller(Protocol):
    """A client of a server, whichever: calls by name, members in SSM's spelling."""

    def call(self, name: str, /, **members: Any) -> Mapping[str, Any]:
        """Make a call and return the members of the answer.

        Raises:
            Refused: the server's no.
        """


class Boto3Caller:
    """boto3; every answer is held against the service model."""

    def __init__(self, server: Server) -> None:
        client = server.boto3_client()
        # moto's answers are its own affair.
        self._client = client if server.name == MOTO else watch_answers(client)

    def call(self, name: str, /, **members: Any) -> Mapping[str, Any]:
        """Make a call."""
        try:
            answer: Mapping[str, Any] = getattr(self._client, snake(name))(**members)
        except ClientError as error:
            raise Refused(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class OurCaller:
    """Our own client."""

    def __init__(self, server: Server) -> None:
        self._runner = asyncio.Runner()
        self._client = self._runner.run(self._made(server))

    def call(self, name: str, /, **members: Any) -> Mapping[str, Any]:
        """Make a call."""
        of_windows = "MaintenanceWindow" in name
        request = getattr(maintenance_windows if of_windows else shapes, f"{name}Request").from_wire(members)
        calls = self._client.windows if of_windows else self._client
        try:
            answer: shapes.Shape = self._runner.run(getattr(calls, snake(name))(request))
        except ServiceError as error:
            raise Refused(error.code, str(error)) from error
        return answer.to_wire()

    def close(self) -> None:
        """Close the connections."""
        self._runner.run(self._client.aclose())
        self._runner.close()

    async def _made(self, server: Server) -> SsmClient:
        return server.client()


def snake(name: str) -> str:
    """Return a call's name as Python spells it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def on_servers(*calls: str, moto: bool = True) -> pytest.MarkDecorator:
    """Run a test on every server that implements the calls; ``moto=False`` where moto answers otherwise than AWS."""
    names = [AGENT, FLEET] + ([MOTO] if moto and MOTO_LACKS.isdisjoint(calls) else [])
    return pytest.mark.parametrize("server", names, indirect=True)


def agent_server(agent: AgentProcess) -> Server:
    """Return a running agent as one of the servers."""
    pairs = dict(
        line.split(" = ")
        for line in Path(agent.ready["credentials_file"]).read_text(encoding="ascii").splitlines()
        if " = " in line
    )
    keys = pairs["aws_access_key_id"], pairs["aws_secret_access_key"]
    return Server(AGENT, agent.ready["endpoint_url"], agent.ready["region"], *keys, tuple(agent.wait_online().values()))


@contextmanager
def fleet_server() -> Iterator[Server]:
    """Serve a fleet whose commands are over in a moment."""
    settings = FleetSettings(nodes=60, trouble=0, lag_s=0, is_limited=False)
    with Fleet(settings, FleetClock(500.0)) as fleet:
        nodes = fleet.do(
            lambda parts: [
                node.instance_id
                for node in parts.fleet.population
                if node.is_hybrid and node.platform_type == "Linux" and node.lost_share > 0.1
            ]
        )
        yield Server(FLEET, fleet.endpoint_url, settings.region, KEYS.access_key, KEYS.secret_key, tuple(nodes))


def moto_server(url: str) -> Server:
    """Return a running moto as one of the servers; it takes any node for one."""
    return Server(MOTO, url, "us-east-1", "AKIDEXAMPLE", "secret", ("i-0123456789abcdef0", "i-0123456789abcdef1"))
