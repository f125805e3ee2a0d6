"""The sandbox under a real agent: patched with the demo hooks, rebooted, and brought back while the agent runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent_process import AgentProcess

HOOKS = {
    "PreInstallHookDocName": ["PatchingDemo-StopAppGracefully"],
    "PostInstallHookDocName": ["PatchingDemo-UpdateApp"],
    "OnExitHookDocName": ["PatchingDemo-StartAppandVerify"],
}
VERSIONS = "dpkg-query --show --showformat='${Package} ${Version}\\n' 'sandbox-*'"
STOREFRONT = "/opt/storefront/bin/storefront"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    """A new agent with a new sandbox."""
    with AgentProcess(tmp_path / "agent") as agent:
        yield agent


def test_all_nodes_are_patched_with_the_demo_hooks_and_a_reset_brings_them_back(agent: AgentProcess) -> None:
    nodes = agent.wait_online()
    web, db = nodes["web-1"], nodes["db-1"]
    unpatched = {node: agent.run_shell(node, VERSIONS) for node in (web, db)}
    boot = agent.run_shell(web, "cat /proc/sys/kernel/random/boot_id")

    sent = agent.boto3_client().send_command(
        DocumentName="AWS-RunPatchBaselineWithHooks",
        InstanceIds=list(nodes.values()),
        Parameters={"Operation": ["Install"], **HOOKS},
    )

    assert agent.wait_command(sent["Command"]["CommandId"]) == "Success"
    assert "sandbox-kernel 6.1.99-1" in agent.run_shell(web, VERSIONS)
    assert "sandbox-database 15.10-0+deb12u1" in agent.run_shell(db, VERSIONS)
    assert agent.run_shell(web, "cat /proc/sys/kernel/random/boot_id") != boot
    assert "storefront 2.4.1 is running" in agent.run_shell(web, f"{STOREFRONT} status")
    states = agent.boto3_client().describe_instance_patch_states(InstanceIds=[web])["InstancePatchStates"]
    assert [(each["MissingCount"], each["InstalledPendingRebootCount"]) for each in states] == [(0, 0)]

    agent.reset_sandbox()

    assert agent.wait_online() == nodes
    assert {node: agent.run_shell(node, VERSIONS) for node in (web, db)} == unpatched
    assert "storefront 2.4.0 is running" in agent.run_shell(web, f"{STOREFRONT} status")
    assert agent.boto3_client().describe_instance_patch_states(InstanceIds=[web])["InstancePatchStates"] == []


def test_a_hook_finds_neither_the_agents_key_nor_another_nodes_files(agent: AgentProcess) -> None:
    nodes = agent.wait_online()
    key = Path(agent.ready["credentials_file"])
    secret = next(line for line in key.read_text().splitlines() if "secret" in line).split()[-1]

    found = agent.run_shell(
        nodes["web-1"],
        f"cat {key} 2> /dev/null",
        # The script itself and the journal of its command have the word that is looked for.
        "grep -rIl --exclude-dir=proc --exclude-dir=usr --exclude-dir=orchestration --exclude-dir=journal"
        f" -e '{secret}' / 2> /dev/null",
        f"ls -A {key.parent} 2> /dev/null",
    )

    assert found == ""
