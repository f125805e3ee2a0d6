"""The console in a real window on a real X screen, with a real agent, real nodes and real apt behind it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from patchgui.console.connection import ConnectionColour, aws_connection
from patchgui.console.connection_file import ConnectionFile
from tests.agent_process import AgentDoor, AgentProcess
from tests.e2e.window.screen import x_screen

ROOT = Path(__file__).resolve().parents[3]
_WALK_S = 100
HOOKS = {
    "PreInstallHookDocName": "PatchingDemo-StopAppGracefully",
    "PostInstallHookDocName": "PatchingDemo-UpdateApp",
    "OnExitHookDocName": "PatchingDemo-StartAppandVerify",
}
PHASES = ("Scan", "Before install", "Install", "After install", "Reboot", "On exit")


class Desk:
    """A home of its own, a screen, and the state folder of the agent that the window starts."""

    def __init__(self, folder: Path, display: str) -> None:
        self.state, self._folder = folder / "agent", folder
        paths = {
            name: str(folder / name.lower()) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
        }
        self.environment = {**os.environ, **paths, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def walk(self, name: str) -> dict[str, Any]:
        """Open the console, let the operator do what is called so, close it, and return what was seen."""
        argv = [sys.executable, "-m", "tests.e2e.window.walk", name, str(self.state), str(self._folder / "pictures")]
        done = subprocess.run(
            argv, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=_WALK_S, check=False
        )
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert "error" not in seen, f"{seen['error']}\n{done.stderr}"
        return seen

    @property
    def agent(self) -> AgentDoor:
        """The agent behind the window: the one that it started and left running, unless a test did."""
        return AgentDoor(json.loads((self.state / "agent.json").read_text(encoding="utf-8")))

    def add_connection(self, label: str, agent: AgentProcess) -> None:
        """Set up a guarded connection to an agent, its keys under a profile of the AWS tools."""
        folder = Path(self.environment["HOME"]) / ".aws"
        folder.mkdir(parents=True)
        keys = Path(agent.ready["credentials_file"]).read_text(encoding="ascii").replace("[patchgui]", "[lab]")
        (folder / "credentials").write_text(keys, encoding="ascii")
        url = agent.ready["endpoint_url"]
        connection = aws_connection(
            label=label, profile="lab", region="local", endpoint_url=url, colour=ConnectionColour.RED, is_guarded=True
        )
        folder = Path(self.environment["XDG_CONFIG_HOME"]) / "patchgui"
        ConnectionFile(folder / "connections.json").add(connection)

    def add_hook(self, name: str, script: str) -> None:
        """Give the agent a hook document of one step."""
        step = {"action": "aws:runShellScript", "name": "hook", "inputs": {"runCommand": [script]}}
        content = json.dumps({"schemaVersion": "2.2", "mainSteps": [step]})
        self.agent.boto3_client().create_document(
            Name=name, Content=content, DocumentType="Command", DocumentFormat="JSON"
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with x_screen() as display:
        desk = Desk(tmp_path, display)
        yield desk
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int(desk.agent.ready["pid"]), signal.SIGTERM)


def _versions(agent: AgentDoor, node: str) -> Mapping[str, str]:
    lines = agent.run_shell(node, "dpkg-query --show --showformat='${Package} ${Version}\\n' 'sandbox-*'").splitlines()
    return dict(line.split() for line in lines)


@pytest.mark.timeout(240)
def test_three_nodes_are_really_patched_from_the_window(desk: Desk) -> None:
    seen = desk.walk("patch_everything")

    assert (seen["status"], seen["headline"]) == ("Success", "All 3 nodes succeeded.")
    assert seen["nodes"] == {name: dict.fromkeys(PHASES, "SUCCESS") for name in ("web-1", "web-2", "db-1")}
    assert seen["timeline"] == {name: list(PHASES) for name in ("web-1", "web-2", "db-1")}
    # Nobody had scanned these nodes before: that is said, not guessed.
    unread = ["nothing missing", "? → 0", "? → 0", "? → 5", "How it stood before the run was not read."]
    assert seen["patches"] == dict.fromkeys(("web-1", "web-2", "db-1"), unread)
    agent = desk.agent
    nodes = agent.wait_online()
    for name, node in nodes.items():
        versions = _versions(agent, node)
        assert versions["sandbox-kernel"] == "6.1.99-1", name
        assert versions["sandbox-tls"] == "3.0.15-1~deb12u1", name
    for name in ("web-1", "web-2"):
        health = agent.run_shell(
            nodes[name], "/opt/storefront/bin/storefront health 5 2.4.1 && uptime --help >/dev/null"
        )
        assert '"version": "2.4.1"' in health, health
    states = agent.boto3_client().describe_instance_patch_states(InstanceIds=list(nodes.values()))[
        "InstancePatchStates"
    ]
    assert [(state["MissingCount"], state.get("InstalledPendingRebootCount")) for state in states] == [(0, 0)] * 3


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("place", "skipped"),
    [
        ("Before install", {"Install", "After install", "Reboot"}),
        ("After install", {"Reboot"}),
        ("On exit", set()),
    ],
)
def test_a_failing_hook_is_named_and_its_own_words_are_two_clicks_away(
    desk: Desk, place: str, skipped: set[str]
) -> None:
    with AgentProcess(desk.state):
        desk.add_hook("HookThatFails", "echo 'the hook is not content: stop' >&2; exit 1")
        seen = desk.walk(f"fail_at:{place}")

    assert seen["status"] == "Failed"
    node = seen["nodes"]["web-1"]
    assert node[place] == "FAILED"
    assert {phase for phase, state in node.items() if state == "SKIPPED"} == skipped
    assert node["On exit"] == ("FAILED" if place == "On exit" else "SUCCESS")
    assert place in seen["banner"]
    assert "the hook is not content: stop" in seen["output"]
    assert seen["found"] == {"node": "web-1", "line": "the hook is not content: stop", "is_archived": True}


@pytest.mark.timeout(240)
def test_a_run_that_failed_is_retried_to_its_success_and_both_runs_name_each_other(desk: Desk) -> None:
    with AgentProcess(desk.state):
        desk.add_hook("HookThatComplains", "[ -e /run/well ] || { echo 'no drain: 3 sessions are open' >&2; exit 4; }")
        seen = desk.walk(f"retry_until_well:{desk.state / 'sandbox'}")

    first, second = seen["first"], seen["second"]
    assert (first["status"], first["nodes"]["web-1"]["Before install"]) == ("Failed", "FAILED")
    assert (seen["line"], seen["cause"]) == ("no drain: 3 sessions are open", "The hook said no")
    assert seen["place"].startswith("Before install failed")
    assert (second["status"], set(second["nodes"])) == ("Success", {"web-1"})
    assert seen["retried_by"] == second["run_id"]
    outcome, missing, security, installed, note = seen["patches"]["web-1"]
    assert (outcome, note) == ("nothing missing", "")
    assert all(int(before) > int(after) == 0 for before, after in (each.split(" → ") for each in (missing, security)))
    assert int(installed.split(" → ")[0]) < int(installed.split(" → ")[1])
    compared = seen["compared"]
    assert compared["verdict"] == "1 node in the second run: 0 worse, 1 better, 0 same."
    assert compared["rows"] == [["web-1", "better", "Before install failed: exit 4", "success"]]
    assert {"Started", "Status", "Did not succeed"} <= set(compared["differs"])


@pytest.mark.timeout(240)
def test_closing_the_window_leaves_the_run_going_and_the_next_window_shows_it(desk: Desk) -> None:
    with AgentProcess(desk.state):
        desk.add_hook("HookThatWaits", "until [ -e /run/go ]; do sleep 0.05; done")
        left = desk.walk("leave_in_mid_run")
        (run_folder,) = (desk.state / "sandbox").glob("**/db-1/root/run")
        seen = desk.walk(f"come_back:{run_folder / 'go'}")
        commands = desk.agent.boto3_client().list_commands()["Commands"]

    assert left["status"] == "InProgress"
    assert (seen["run_id"], seen["status"]) == (left["run_id"], "Success")
    assert len(commands) == 1


@pytest.mark.timeout(240)
def test_the_task_of_a_window_gets_hooks_in_the_editor_and_its_next_run_patches_with_them(desk: Desk) -> None:
    with AgentProcess(desk.state) as agent:
        nodes = agent.wait_online()
        ssm = agent.boto3_client()
        before = _task(ssm)
        seen = desk.walk("edit_task")
        after = _task(ssm)
        versions = {name: _versions(desk.agent, node) for name, node in nodes.items()}
        health = [
            desk.agent.run_shell(nodes[name], "/opt/storefront/bin/storefront health 5 2.4.1")
            for name in ("web-1", "web-2")
        ]
        execution = ssm.describe_maintenance_window_executions(WindowId=before["WindowId"])["WindowExecutions"]

    assert seen["says"] == "Save 4 changes"
    assert [line for line in seen["difference"].splitlines() if line[:2] in {"- ", "+ "}] == [
        "- AWS-RunPatchBaseline",
        "+ AWS-RunPatchBaselineWithHooks",
        *(f"+ {hook}" for hook in HOOKS.values()),
    ]
    parameters = {"Operation": ["Install"], **{name: [hook] for name, hook in HOOKS.items()}}
    assert after == before | {
        "TaskArn": "AWS-RunPatchBaselineWithHooks",
        "TaskInvocationParameters": {"RunCommand": {"Parameters": parameters}},
    }
    assert (seen["status"], [each["Status"] for each in execution]) == ("Success", ["SUCCESS"])
    assert seen["nodes"] == {name: dict.fromkeys(PHASES, "SUCCESS") for name in ("web-1", "web-2")}
    assert {name: found["sandbox-tls"] for name, found in versions.items()} == {
        "web-1": "3.0.15-1~deb12u1",
        "web-2": "3.0.15-1~deb12u1",
        "db-1": "3.0.11-1~deb12u2",
    }
    assert all('"version": "2.4.1"' in each for each in health), health


def _task(ssm: Any) -> dict[str, Any]:
    """Return the sandbox's own task, whole."""
    (window,) = ssm.describe_maintenance_windows()["WindowIdentities"]
    (task,) = ssm.describe_maintenance_window_tasks(WindowId=window["WindowId"])["Tasks"]
    found: dict[str, Any] = ssm.get_maintenance_window_task(
        WindowId=window["WindowId"], WindowTaskId=task["WindowTaskId"]
    )
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


@pytest.mark.timeout(240)
def test_a_node_is_patched_on_another_connection_once_its_name_was_typed(desk: Desk) -> None:
    with AgentProcess(desk.state) as agent:
        agent.wait_online()
        desk.add_connection("Lab", agent)
        seen = desk.walk("patch_on_another")
        commands = agent.boto3_client().list_commands()["Commands"]

    assert seen["was_open"] is False
    assert (seen["status"], list(seen["nodes"])) == ("Success", ["db-1"])
    assert len(commands) == 1
    assert "Lab" in seen["where"]
