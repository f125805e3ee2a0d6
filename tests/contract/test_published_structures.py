"""Whatever structure a document of Amazon's has: it loads, is told of as it is, and runs or fails as on a real node."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from botocore.exceptions import ClientError
from mypy_boto3_ssm import SSMClient

from tests.agent_process import AgentProcess
from tests.contract.published_scripts import SCRIPTS
from tests.contract.published_structures import STRUCTURES, Structure
from tests.contract.service_model import watch_answers

_STEPS = {"mainSteps", "runtimeConfig"}
AMAZONS = os.environ.get("PATCHGUI_AMAZON_DOCUMENTS", "")

ALL = [*STRUCTURES, *SCRIPTS]

every_structure = pytest.mark.parametrize("structure", ALL, ids=lambda structure: structure.name)


@pytest.fixture(scope="module")
def ssm(agent: AgentProcess) -> Iterator[SSMClient]:
    """A client of an agent that has all these documents; every answer is held against the service model."""
    client = watch_answers(agent.boto3_client())
    for structure in ALL:
        client.create_document(Name=structure.name, Content=json.dumps(structure.content), DocumentType="Command")
    yield client
    for structure in ALL:
        client.delete_document(Name=structure.name)


@every_structure
def test_it_is_described_as_it_is(ssm: SSMClient, structure: Structure) -> None:
    described = ssm.describe_document(Name=structure.name)["Document"]
    listed = ssm.list_documents(Filters=[{"Key": "Name", "Values": [structure.name]}])["DocumentIdentifiers"]

    assert [each["PlatformTypes"] for each in (described, *listed)] == [structure.platforms] * 2
    assert described["SchemaVersion"] == structure.content["schemaVersion"]
    assert described["Description"] == structure.content["description"]
    told = [(each["Name"], each["Type"], each.get("DefaultValue")) for each in described.get("Parameters", [])]
    assert told == list(structure.parameters)


@every_structure
def test_its_content_comes_back_untouched_and_as_yaml(ssm: SSMClient, structure: Structure) -> None:
    as_given = ssm.get_document(Name=structure.name)["Content"]
    as_yaml = ssm.get_document(Name=structure.name, DocumentFormat="YAML")["Content"]

    assert as_given == json.dumps(structure.content)
    assert yaml.safe_load(as_yaml) == structure.content


@every_structure
def test_it_runs_or_fails_as_on_a_real_node(ssm: SSMClient, agent: AgentProcess, structure: Structure) -> None:
    node = agent.wait_online()["db-1"]
    if structure.outcome is None:
        with pytest.raises(ClientError, match="UnsupportedPlatformType"):
            ssm.send_command(DocumentName=structure.name, InstanceIds=[node])
        return

    sent = ssm.send_command(DocumentName=structure.name, InstanceIds=[node], Parameters=structure.given)

    command_id = sent["Command"]["CommandId"]
    agent.wait_command(command_id)
    listed = ssm.list_command_invocations(CommandId=command_id, Details=True)["CommandInvocations"]
    (plugins,) = [invocation["CommandPlugins"] for invocation in listed]
    assert [(plugin["Status"], plugin["ResponseCode"]) for plugin in plugins] == list(structure.outcome)
    assert structure.output in plugins[-1]["Output"]


def test_a_target_on_another_platform_is_an_invalid_platform(ssm: SSMClient, agent: AgentProcess) -> None:
    sent = ssm.send_command(
        DocumentName="plugins-of-the-first-schema-for-windows", Targets=[{"Key": "tag:Role", "Values": ["db"]}]
    )

    command_id = sent["Command"]["CommandId"]
    agent.wait_command(command_id)
    (invocation,) = ssm.list_command_invocations(CommandId=command_id)["CommandInvocations"]
    assert (invocation["Status"], invocation["StatusDetails"]) == ("Failed", "InvalidPlatform")


def test_a_plugin_that_linux_does_not_have_is_skipped_in_the_agents_words(ssm: SSMClient, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    sent = ssm.send_command(DocumentName="a-plugin-that-linux-does-not-have", InstanceIds=[node])

    command_id = sent["Command"]["CommandId"]
    agent.wait_command(command_id)
    (invocation,) = ssm.list_command_invocations(CommandId=command_id, Details=True)["CommandInvocations"]
    skipped = invocation["CommandPlugins"][0]
    assert skipped["Output"] == "Step execution skipped due to unsupported plugin: aws:psModule. Step name: module"


@pytest.mark.parametrize(
    ("rules", "given", "reason"),
    [
        (
            {"default": "", "allowedPattern": "^vol-[a-z0-9]+$"},
            {},
            "parameter value // does not match the allowed pattern /^vol-[a-z0-9]+$/",
        ),
        (
            {"allowedPattern": "^(?!-).+$"},
            {"value": ["x"]},
            "encountered error while compiling allowed pattern - internal error: /^(?!-).+$/ is no expression of Go",
        ),
    ],
    ids=["a default that its own pattern refuses", "a pattern of Java that Go does not have"],
)
def test_what_the_service_takes_and_the_agent_does_not_fails_before_any_step(
    agent: AgentProcess, rules: dict[str, str], given: dict[str, list[str]], reason: str
) -> None:
    client = watch_answers(agent.boto3_client())
    step = {"action": "aws:runShellScript", "name": "step", "inputs": {"runCommand": ["echo {{ value }}"]}}
    content = {"schemaVersion": "2.2", "parameters": {"value": {"type": "String", **rules}}, "mainSteps": [step]}
    client.create_document(Name="Only-The-Service", Content=json.dumps(content), DocumentType="Command")

    node = agent.wait_online()["db-1"]
    sent = client.send_command(DocumentName="Only-The-Service", InstanceIds=[node], Parameters=given)
    command_id = sent["Command"]["CommandId"]
    agent.wait_command(command_id)
    (invocation,) = client.list_command_invocations(CommandId=command_id, Details=True)["CommandInvocations"]
    client.delete_document(Name="Only-The-Service")

    trace = invocation["TraceOutput"]
    assert invocation["Status"] == "Failed"
    assert "error thrown in 'AllowedRegexParamValidator' while validating parameter /value/: " in trace
    assert reason in trace


@pytest.mark.skipif(not AMAZONS, reason="PATCHGUI_AMAZON_DOCUMENTS names no folder with published documents")
def test_published_documents_load_and_come_back(agent: AgentProcess) -> None:
    client = watch_answers(agent.boto3_client())
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(AMAZONS).glob("*.json"))}
    commands = {name: text for name, text in texts.items() if _is_command(json.loads(text))}

    for name, text in commands.items():
        client.create_document(Name=f"Copy-{name}", Content=text, DocumentType="Command")
        described = client.describe_document(Name=f"Copy-{name}")["Document"]
        as_yaml = client.get_document(Name=f"Copy-{name}", DocumentFormat="YAML")["Content"]
        assert client.get_document(Name=f"Copy-{name}")["Content"] == text
        assert yaml.safe_load(as_yaml) == json.loads(text)
        assert described["SchemaVersion"] == json.loads(text)["schemaVersion"]
        client.delete_document(Name=f"Copy-{name}")

    assert commands


def _is_command(content: dict[str, object]) -> bool:
    """Tell a document that Run Command runs from runbooks, packages and sessions."""
    return content.get("schemaVersion") in {"1.0", "1.2", "2.0", "2.2"} and bool(content.keys() & _STEPS)
