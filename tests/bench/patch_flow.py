"""The six-step patch flow on one sandbox node, against the same commands in plain sh in such a node."""

import shlex
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import yaml
from mypy_boto3_ssm import SSMClient

from patchgui import resource
from patchgui.agent.sandbox.fleet import SandboxFleet
from patchgui.agent.sandbox.node import SandboxNode
from tests.agent_process import AgentProcess
from tests.bench.figure import Figure

HOOKS = ("PatchingDemo-StopAppGracefully", "PatchingDemo-UpdateApp", "PatchingDemo-StartAppandVerify")
REPEATS = 5
_NODE = "db-1"
_FINAL = {"Success", "Failed", "TimedOut", "Cancelled"}


def measure() -> Iterator[Figure]:
    """Yield the flow's figure: medians over fresh nodes."""
    flow, plain = statistics.median(_flow_ms()), statistics.median(_plain_ms())
    yield Figure("six-step patch flow on one node, no reboot", flow, "ms", "≤ 2x", plain, "the same in plain sh")


def _flow_ms() -> Iterator[float]:
    """Time SendCommand up to the command's final status, as a client sees it."""
    with tempfile.TemporaryDirectory() as folder, AgentProcess(Path(folder) / "agent") as agent:
        ssm = agent.boto3_client()
        for _ in range(REPEATS):
            agent.reset_sandbox()
            node = agent.wait_online()[_NODE]
            started = time.perf_counter()
            command_id = _send(ssm, node)
            while (status := ssm.list_commands(CommandId=command_id)["Commands"][0]["Status"]) not in _FINAL:
                time.sleep(0.005)
            yield (time.perf_counter() - started) * 1000
            if status != "Success":
                raise RuntimeError(f"the flow ended {status}")


def _send(ssm: SSMClient, node: str) -> str:
    names = dict(zip(("PreInstallHookDocName", "PostInstallHookDocName", "OnExitHookDocName"), HOOKS, strict=True))
    parameters = {
        "Operation": ["Install"],
        "RebootOption": ["NoReboot"],
        **{key: [name] for key, name in names.items()},
    }
    sent = ssm.send_command(DocumentName="AWS-RunPatchBaselineWithHooks", InstanceIds=[node], Parameters=parameters)
    return sent["Command"]["CommandId"]


def _plain_ms() -> Iterator[float]:
    """Time the commands that the flow consists of, run by one sh in a fresh node."""
    with tempfile.TemporaryDirectory() as folder:
        fleet = SandboxFleet(Path(folder))
        fleet.prepare_now()
        script = Path(folder) / "flow.sh"
        script.write_text(_script(), encoding="utf-8")
        for _ in range(REPEATS):
            fleet.reset_now()
            (node,) = (each for each in fleet.prepare_now() if each.name == _NODE)
            yield _timed_inside(node, script.read_text(encoding="utf-8"))


def _timed_inside(node: SandboxNode, script: str) -> float:
    """Return the milliseconds that a script takes in a node; entering the node does not count."""
    node.worker_command("bench")
    clocked = f"date +%s%N\n(\n{script}\n) >/dev/null || exit 1\ndate +%s%N"
    done = subprocess.run(node.inside(["sh", "-c", clocked]), capture_output=True, text=True, check=True, timeout=60)
    begun, ended = (int(line) for line in done.stdout.split())
    return (ended - begun) / 1e6


def _script() -> str:
    """Return scan, hook, install, hook, check and hook as a person would type them."""
    before, after, on_exit = (_hook(name) for name in HOOKS)
    scan = "apt-get update -qq && dpkg-query --show && apt-get -s upgrade"
    install = "apt-get install -y -q --only-upgrade $(dpkg-query --show --showformat='${Package} ')"
    return f"{scan}\n{before}\n{install}\n{after}\ndpkg-query --show\n{on_exit}"


def _hook(name: str) -> str:
    """Return a hook's script as one sh of its own, as the engine runs it."""
    document = yaml.safe_load(
        (resource.folder() / "sandbox" / "documents" / f"{name}.yaml").read_text(encoding="utf-8")
    )
    lines = [line for step in document["content"]["mainSteps"] for line in step["inputs"]["runCommand"]]
    return f"sh -c {shlex.quote(chr(10).join(lines))}"
