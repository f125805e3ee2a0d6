"""What the actions say that need a service which no node here reaches."""

from collections.abc import Callable
from typing import Any

import pytest

from patchgui.agent.engine import DocumentResult

Run = Callable[..., DocumentResult]

DIRECTORY = {"directoryId": "d-1", "directoryName": "corp.example.com"}


def _run(run: Run, action: str, inputs: Any, **step: Any) -> Any:
    (result,) = run([{"name": "s", "action": action, "inputs": inputs, **step}]).steps
    return result


@pytest.mark.parametrize("inputs", [None, {"applications": "Enabled", "files": ""}, "text", {"applications": 5}])
def test_inventory_is_for_associations_only(run: Run, inputs: Any) -> None:
    step = _run(run, "aws:softwareInventory", inputs)
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr == "aws:softwareInventory plugin can only be invoked via ssm-associate"


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"name": "X", "action": "Install", "additionalArguments": {}}, "Error returned for GetManifest - the local"),
        ({"NAME": "X", "action": "Uninstall", "version": "latest"}, "Error returned for GetManifest - the local"),
        ({"action": "Install"}, "invalid input: empty name field"),
        ({"name": "X", "source": "y"}, "invalid input: source parameter is not supported in this version"),
        ({"name": ["X"]}, "invalid format in plugin properties map[name:[X]]; \nerror "),
    ],
)
def test_a_package_is_looked_for_in_vain(run: Run, inputs: Any, words: str) -> None:
    step = _run(run, "aws:configurePackage", inputs)
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr.startswith(words)
    assert step.stderr.endswith("\n")


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (
            {"agentName": "amazon-ssm-agent", "source": "https://s3.{Region}.x/{Region}.json", "allowDowngrade": ""},
            "failed to download file reliably, https://s3.local.x/local.json, the local agent is not amazon-ssm-agent",
        ),
        (None, "failed to download file reliably, ssm-agent-manifest.json, the local agent is not amazon-ssm-agent"),
        ({"allowDowngrade": False}, "invalid format in plugin properties map[allowDowngrade:false];\nerror "),
    ],
)
def test_amazons_agent_is_not_there_to_be_updated(run: Run, inputs: Any, words: str) -> None:
    step = _run(run, "aws:updateSsmAgent", inputs)
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "")
    assert step.stderr.startswith(words)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (DIRECTORY, "The local agent joins no directory; the node is not in corp.example.com."),
        ({**DIRECTORY, "dnsIpAddresses": ["10.0.0.1", "10.0.255.9"]}, "The local agent joins no directory;"),
        (None, "Failed to build domain join command because : directoryId is required"),
        ({"directoryId": "d-1"}, "Failed to build domain join command because : directoryName is required"),
        (
            {**DIRECTORY, "directoryName": "$(reboot)"},
            "Failed to build domain join command because : Shell command injection string $(reboot)",
        ),
        (
            {**DIRECTORY, "directoryOU": "`id`"},
            "Failed to build domain join command because : Shell command injection string `id`",
        ),
        (
            {**DIRECTORY, "dnsIpAddresses": ["10.0.0.1", "10.0.0.256"]},
            "Failed to build domain join command because : Invalid DNS IP address 10.0.0.256",
        ),
        ({**DIRECTORY, "dnsIpAddresses": "10.0.0.1"}, "Invalid format in plugin properties map[directoryId:d-1 "),
        ({"directoryId": 1}, "Invalid format in plugin properties map[directoryId:1];\nerror "),
    ],
)
def test_no_directory_is_joined(run: Run, inputs: Any, words: str) -> None:
    step = _run(run, "aws:domainJoin", inputs)
    assert (step.status, step.code, step.stdout) == ("Failed", 1, "Domain join failed.")
    assert step.stderr.startswith(words)


@pytest.mark.parametrize("inputs", [None, {"associationIds": ["a"]}, {"associationIds": [["b"]]}])
def test_refreshing_associations_succeeds_with_code_1_and_says_that_it_did_not(run: Run, inputs: Any) -> None:
    step = _run(run, "aws:refreshAssociation", inputs)
    assert (step.status, step.code, step.stdout) == ("Success", 1, "")
    assert step.stderr.startswith("failed to list instance associations, ")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"startType": "Enabled"}, "Plugin aws:cloudWatch is not registered by agent"),
        (None, "Plugin aws:cloudWatch is not registered by agent"),
        ("Enabled", "Unable to parse Settings for aws:cloudWatch"),
        ({"startType": True}, "Unable to parse Settings for aws:cloudWatch"),
    ],
)
def test_the_cloudwatch_plugin_is_for_windows(run: Run, settings: Any, words: str) -> None:
    step = _run(run, "aws:cloudWatch", {}, settings=settings)
    assert (step.status, step.code, step.stderr) == ("Failed", 1, words)
