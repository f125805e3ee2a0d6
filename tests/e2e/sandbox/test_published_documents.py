"""Documents as Amazon publishes them do on sandbox nodes what the built-in ones do (engine.md §13).

Those here are of the same structure: patch documents nested with parameters in JSON text, verify scripts with bash
tests that read the node's report line by line, twins for Windows. With ``PATCHGUI_AMAZON_DOCUMENTS=DIR`` the published
ones in that folder, ``AWS-RunPatchBaselineWithHooks.json`` and ``AWS-InstanceRebootWithHooks.json``, go the same way.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.model import StructureShape

from tests.agent_process import AgentProcess
from tests.e2e.sandbox.hooks_walk import (
    FROM_UNPATCHED,
    ROLES,
    UPGRADED,
    WITH_TROUBLE_LATER,
    Seen,
    Situation,
    Wrappers,
    create_hooks,
    send,
    walk,
)

MODELS = Path(__file__).parent / "published"
AMAZONS = os.environ.get("PATCHGUI_AMAZON_DOCUMENTS", "")
DEMO = {
    "PreInstallHookDocName": ["PatchingDemo-StopAppGracefully"],
    "PostInstallHookDocName": ["PatchingDemo-UpdateApp"],
    "OnExitHookDocName": ["PatchingDemo-StartAppandVerify"],
}

BUILT_IN = Wrappers("AWS-RunPatchBaselineWithHooks", "AWS-InstanceRebootWithHooks", range(len(ROLES)), range(3))
FILES = {"model": (MODELS / "PatchWithHooks.json", MODELS / "RebootWithHooks.json")}
if AMAZONS:
    FILES["amazon"] = (Path(AMAZONS, f"{BUILT_IN.patch}.json"), Path(AMAZONS, f"{BUILT_IN.reboot}.json"))


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """One agent for all; its documents are what callers of CreateDocument gave it."""
    with AgentProcess(tmp_path_factory.mktemp("published") / "agent", "--reboot-delay-s", "0") as agent:
        agent.wait_online()
        create_hooks(agent)
        _create_wrappers(agent)
        yield agent


def _create_wrappers(agent: AgentProcess) -> None:
    for source, files in FILES.items():
        for kind, file in zip(("Patch", "Reboot"), files, strict=True):
            agent.boto3_client().create_document(
                Name=f"{kind}-{source}", Content=file.read_text(encoding="utf-8"), DocumentType="Command"
            )


@pytest.fixture(scope="module", params=["built-in", *FILES])
def wrappers(request: pytest.FixtureRequest) -> Wrappers:
    """The built-in documents, then the others under the names that they were given."""
    source = request.param
    return BUILT_IN if source == "built-in" else Wrappers(f"Patch-{source}", f"Reboot-{source}")


@pytest.fixture(scope="module")
def seen(agent: AgentProcess, wrappers: Wrappers) -> Mapping[str, Seen]:
    """What was seen of every situation, by its name."""
    agent.reset_sandbox()
    return walk(agent, wrappers)


@pytest.mark.parametrize("situation", [*FROM_UNPATCHED, *WITH_TROUBLE_LATER], ids=lambda situation: situation.name)
def test_each_situation_goes_as_the_table_says(seen: Mapping[str, Seen], situation: Situation) -> None:
    assert seen[situation.name] == situation.expected


def test_steps_for_windows_are_skipped_with_the_agents_own_words(seen: Mapping[str, Seen], wrappers: Wrappers) -> None:
    others = seen["nothing missing, some waiting for a restart"].others

    assert len(others) == (0 if wrappers is BUILT_IN else 2)
    assert all(
        "skipped due to unsatisfied preconditions: '\"StringEquals\": [platformType, Windows]'" in each
        for each in others
    )


def test_the_node_restarts_once_and_its_patches_settle(seen: Mapping[str, Seen]) -> None:
    output = seen["nothing missing, some waiting for a restart"].outputs[ROLES.index("reboot")]

    # What was written before the restart is there twice (engine.md §7.7), what came after it once.
    assert output.count("Rebooting the node.") == 2
    assert output.count("The node has rebooted; patches that waited for it: 4.") == 1
    assert "asking again" not in output


def test_all_demo_hooks_run_around_the_same_upgrades(
    agent: AgentProcess, wrappers: Wrappers, seen: Mapping[str, Seen]
) -> None:
    # Those situations leave this node as the reset made it.
    del seen
    nodes = agent.wait_online()

    command_id = send(agent, wrappers.patch, nodes["web-2"], {"Operation": ["Install"], **DEMO})

    told = agent.boto3_client().list_command_invocations(CommandId=command_id, Details=True)["CommandInvocations"][0]
    steps = [told["CommandPlugins"][place] for place in wrappers.steps]
    assert told["Status"] == "Success"
    assert [step["ResponseCode"] for step in steps] == [0] * len(ROLES)
    assert "storefront 2.4.1 on web-2 is well." in steps[-1]["Output"]
    upgraded = agent.run_shell(nodes["web-2"], UPGRADED)
    for package in ("httpd 2.4.62-1~deb12u2", "kernel 6.1.99-1", "shell 5.2.15-2+b7", "tls 3.0.15-1~deb12u1"):
        assert f"sandbox-{package}\n" in upgraded
    assert "sandbox-editor 9.0.1378-2\n" in upgraded


@pytest.mark.skipif(shutil.which("dash") is None, reason="this machine has no dash")
@pytest.mark.parametrize("source", FILES)
def test_a_bash_test_under_dash_is_an_error_and_the_step_goes_on(tmp_path: Path, source: str) -> None:
    with AgentProcess(tmp_path / "agent", "--reboot-delay-s", "0", "--sandbox-sh", "dash") as agent:
        node = agent.wait_online()["web-2"]
        create_hooks(agent)
        _create_wrappers(agent)
        boot = agent.run_shell(node, "cat /proc/sys/kernel/random/boot_id")

        command_id = send(agent, f"Reboot-{source}", node, {"PostRebootHookDocName": ["Hook-Exit"]})

        listed = agent.boto3_client().list_command_invocations(CommandId=command_id, Details=True)
        invocation = listed["CommandInvocations"][0]
        first = invocation["CommandPlugins"][0]
        assert (invocation["Status"], first["Status"], first["ResponseCode"]) == ("Success", "Success", 0)
        assert first["Output"].count("[[: not found") == 3
        assert agent.run_shell(node, "cat /proc/sys/kernel/random/boot_id") == boot


def test_the_report_is_what_put_inventory_takes(agent: AgentProcess, seen: Mapping[str, Seen]) -> None:
    del seen
    folder = "/var/log/amazon/ssm/patch-configuration"
    node = agent.wait_online()["db-1"]
    item: dict[str, Any] = json.loads(agent.run_shell(node, f"cat {folder}/patch-inventory-from-last-operation.json"))
    model = agent.boto3_client().meta.service_model.shape_for("InventoryItem")
    assert isinstance(model, StructureShape)
    (content,) = item["Content"]

    assert item["TypeName"] == "AWS:PatchSummary"
    assert set(model.required_members) <= set(item) <= set(model.members)
    assert set(content.values()) == {value for value in content.values() if isinstance(value, str)}
