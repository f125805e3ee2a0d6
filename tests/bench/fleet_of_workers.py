"""One control plane over 200 simulated workers: how fast it answers while they report, and what it holds."""

import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.agent_process import AgentProcess
from tests.bench.figure import Figure
from tests.bench.simulated_fleet import NODES, peak_rss_mb

STEPS = 8
ROUNDS = 3
PAGE = 50
ASKED_S = 2.0
_PATIENCE_S = 30.0
_PROGRAM = "tests.bench.simulated_fleet"
_FINAL = frozenset({"Success", "Failed", "TimedOut", "Cancelled"})


def _document(*steps: str) -> str:
    main = [{"name": step, "action": "aws:runShellScript", "inputs": {"runCommand": ["true"]}} for step in steps]
    return json.dumps({"schemaVersion": "2.2", "mainSteps": main})


class _SimulatedAgent(AgentProcess):
    """The real agent over nodes without sandboxes."""

    program: ClassVar[tuple[str, ...]] = ("-m", _PROGRAM, "agent")


class _Api:
    """Calls over one kept connection, each signed once: what is timed is the server's answer, not a client's work."""

    def __init__(self, endpoint: str, region: str, access_key: str, secret_key: str) -> None:
        self._address = urlsplit(endpoint)
        self._signer = SigV4Auth(Credentials(access_key, secret_key), "ssm", region)
        self._connection = http.client.HTTPConnection(self._address.netloc, timeout=_PATIENCE_S)

    def request(self, operation: str, **members: Any) -> tuple[bytes, dict[str, str]]:
        """Return a call's body and headers, ready to be sent again and again for some minutes."""
        body = json.dumps(members)
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AmazonSSM.{operation}"}
        signed = AWSRequest("POST", f"{self._address.geturl()}/", headers, data=body)
        self._signer.add_auth(signed)
        return body.encode(), dict(signed.headers.items())

    def send(self, request: tuple[bytes, dict[str, str]]) -> bytes:
        """Send a call and return the answer's body."""
        self._connection.request("POST", "/", *request)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{answer.status}: {body[:300]!r}")
        return body

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Make one call and return what it says."""
        said: dict[str, Any] = json.loads(self.send(self.request(operation, **members)))
        return said

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


def measure() -> Iterator[Figure]:
    """Yield the control plane's figures."""
    with _agent() as agent:
        api = _Api(agent.ready["endpoint_url"], agent.ready["region"], *_keys(agent))
        instance_ids = _online(api)
        steps = _document(*(f"step{number}" for number in range(STEPS)))
        api.call("CreateDocument", Name="Steps", Content=steps, DocumentType="Command")
        latencies_ms = [latency for _ in range(ROUNDS) for latency in _watched_run(api)]
        memory_mb = peak_rss_mb(agent.pid)
        served = _requests_a_second(api, instance_ids[0])
        api.close()
    what = f"ListCommandInvocations with details, {NODES} nodes at work"
    yield Figure(f"{what}, p95", statistics.quantiles(latencies_ms, n=20)[-1], "ms", "≤ 20 ms")
    yield Figure(f"control plane over {NODES} nodes at work, peak memory", memory_mb, "MB", "≤ 300 MB")
    with _moto() as endpoint:
        api = _Api(endpoint, "us-east-1", "moto", "moto")
        reference = _requests_a_second(api, instance_ids[0])
        api.close()
    yield Figure("agent API, requests a second", served, "/s", "≥ 5x", reference, "moto server, same calls")


def _watched_run(api: _Api) -> Iterator[float]:
    """Run a command on all nodes and yield the milliseconds that each page of its invocations took until its end."""
    everywhere = [{"Key": "InstanceIds", "Values": ["*"]}]
    sent = api.call("SendCommand", DocumentName="Steps", Targets=everywhere, MaxConcurrency="100%")
    command_id = sent["Command"]["CommandId"]
    pages = _pages(api, command_id)
    status = ""
    while status not in _FINAL:
        for page in pages:
            started = time.perf_counter()
            api.send(page)
            yield (time.perf_counter() - started) * 1000
            time.sleep(0.01)
        status = api.call("ListCommands", CommandId=command_id)["Commands"][0]["Status"]
    if status != "Success":
        raise RuntimeError(f"the command ended {status}")


def _pages(api: _Api, command_id: str) -> list[tuple[bytes, dict[str, str]]]:
    """Return the calls that page through all of a command's invocations."""
    asked = {"CommandId": command_id, "Details": True, "MaxResults": PAGE}
    pages: list[tuple[bytes, dict[str, str]]] = []
    token: dict[str, str] = {}
    while True:
        pages.append(api.request("ListCommandInvocations", **asked, **token))
        said = api.call("ListCommandInvocations", **asked, **token)
        if "NextToken" not in said:
            return pages
        token = {"NextToken": said["NextToken"]}


def _requests_a_second(api: _Api, instance_id: str) -> float:
    """Return how many calls of a small mix are answered in a second, one after another."""
    api.call("CreateDocument", Name="One", Content=_document("only"), DocumentType="Command")
    sent = api.call("SendCommand", DocumentName="One", InstanceIds=[instance_id])
    command = {"CommandId": sent["Command"]["CommandId"]}
    mix = [
        api.request("ListCommands", **command),
        api.request("GetCommandInvocation", **command, InstanceId=instance_id),
        api.request("GetDocument", Name="One"),
    ]
    for request in mix:
        api.send(request)
    answered, started = 0, time.perf_counter()
    while time.perf_counter() - started < ASKED_S:
        for request in mix:
            api.send(request)
        answered += len(mix)
    return answered / (time.perf_counter() - started)


@contextmanager
def _agent() -> Iterator[_SimulatedAgent]:
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "agent"
        workers = state / "workers"
        workers.mkdir(parents=True)
        with _process("-m", _PROGRAM, "workers", str(workers)), _SimulatedAgent(state) as agent:
            yield agent


def _online(api: _Api) -> list[str]:
    """Return the ids of the nodes once all of them are online."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while token or not found:
            said = api.call("DescribeInstanceInformation", MaxResults=50, **token)
            found += said["InstanceInformationList"]
            token = {"NextToken": said["NextToken"]} if "NextToken" in said else {}
        if len(found) == NODES and all(node["PingStatus"] == "Online" for node in found):
            return [str(node["InstanceId"]) for node in found]
        time.sleep(0.05)
    raise TimeoutError(f"{NODES} nodes did not come online in {_PATIENCE_S} s")


@contextmanager
def _moto() -> Iterator[str]:
    """Serve moto in a process of its own and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _process("-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), reads_line=False):
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                break
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _process(*words: str, reads_line: bool = True) -> Iterator[None]:
    """Have a Python program run; with ``reads_line`` it is ready when it has said something."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        if reads_line and not process.stdout.readline():
            raise RuntimeError(f"{words[1]} did not start")
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _keys(agent: AgentProcess) -> Sequence[str]:
    """Return the agent's access key and secret key."""
    text = Path(agent.ready["credentials_file"]).read_text(encoding="ascii")
    pairs = dict(line.split(" = ") for line in text.splitlines() if " = " in line)
    return pairs["aws_access_key_id"], pairs["aws_secret_access_key"]
