"""boto3, unchanged, against a real agent: every call that the agent serves, and the refusals as boto3 sees them."""

import json
from collections.abc import Iterator

import pytest
from mypy_boto3_ssm import SSMClient

from tests.agent_process import AgentProcess
from tests.contract.service_model import watch_answers

CONTENT = json.dumps(
    {
        "schemaVersion": "2.2",
        "parameters": {"Word": {"type": "String", "default": "hello", "allowedValues": ["hello", "goodbye"]}},
        "mainSteps": [
            {
                "action": "aws:runShellScript",
                "name": "speak",
                "inputs": {"runCommand": ["echo {{ Word }} from $(hostname)"]},
            },
            {"action": "aws:runShellScript", "name": "fail", "inputs": {"runCommand": ["echo oops >&2", "exit 7"]}},
        ],
    }
)


@pytest.fixture(scope="module")
def ssm(agent: AgentProcess) -> SSMClient:
    """boto3's client of the agent; every answer is held against the service model."""
    return watch_answers(agent.boto3_client())


@pytest.fixture
def document(ssm: SSMClient) -> Iterator[str]:
    """A document that says a word and then fails."""
    ssm.create_document(Name="Contract-Say", Content=CONTENT, DocumentType="Command", DocumentFormat="JSON")
    yield "Contract-Say"
    ssm.delete_document(Name="Contract-Say")


def test_nodes_are_paginated(ssm: SSMClient) -> None:
    pages = ssm.get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": 5})
    nodes = [node for page in pages for node in page["InstanceInformationList"]]
    assert [node["ComputerName"] for node in nodes] == ["db-1", "web-1", "web-2"]
    assert {node["PingStatus"] for node in nodes} == {"Online"}
    assert all(node["LastPingDateTime"].tzinfo for node in nodes)


def test_nodes_are_chosen_by_tag(ssm: SSMClient) -> None:
    chosen = ssm.describe_instance_information(Filters=[{"Key": "tag:Role", "Values": ["web"]}])
    assert [node["ComputerName"] for node in chosen["InstanceInformationList"]] == ["web-1", "web-2"]


def test_tags_go_on_and_off(ssm: SSMClient, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    ssm.add_tags_to_resource(ResourceType="ManagedInstance", ResourceId=node, Tags=[{"Key": "shift", "Value": "night"}])
    listed = ssm.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId=node)
    assert {"Key": "shift", "Value": "night"} in listed["TagList"]
    ssm.remove_tags_from_resource(ResourceType="ManagedInstance", ResourceId=node, TagKeys=["shift"])
    listed = ssm.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId=node)
    assert "shift" not in {tag["Key"] for tag in listed["TagList"]}


def test_a_document_lives_from_creation_to_deletion(ssm: SSMClient) -> None:
    made = ssm.create_document(Name="Contract-Life", Content=CONTENT, DocumentType="Command")["DocumentDescription"]
    assert (made["Status"], made["DocumentVersion"], made["HashType"]) == ("Creating", "1", "Sha256")
    updated = ssm.update_document(
        Name="Contract-Life", Content=CONTENT.replace("oops", "ouch"), DocumentVersion="$LATEST"
    )["DocumentDescription"]
    assert (updated["LatestVersion"], updated["DefaultVersion"]) == ("2", "1")
    chosen = ssm.update_document_default_version(Name="Contract-Life", DocumentVersion="2")
    assert chosen["Description"]["DefaultVersion"] == "2"
    assert ssm.describe_document(Name="Contract-Life")["Document"]["DocumentVersion"] == "2"
    assert "ouch" in ssm.get_document(Name="Contract-Life", DocumentFormat="JSON")["Content"]
    versions = ssm.list_document_versions(Name="Contract-Life")["DocumentVersions"]
    assert [each["DocumentVersion"] for each in versions] == ["2", "1"]
    own = ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}, {"Key": "Name", "Values": ["Contract-L"]}])
    assert [each["Name"] for each in own["DocumentIdentifiers"]] == ["Contract-Life"]
    ssm.delete_document(Name="Contract-Life")
    with pytest.raises(ssm.exceptions.InvalidDocument):
        ssm.describe_document(Name="Contract-Life")


def test_a_command_runs_and_is_told_of(ssm: SSMClient, agent: AgentProcess, document: str) -> None:
    nodes = agent.wait_online()
    sent = ssm.send_command(
        DocumentName=document,
        InstanceIds=[nodes["web-1"]],
        Parameters={"Word": ["goodbye"]},
        Comment="a contract",
        TimeoutSeconds=60,
        MaxConcurrency="1",
        MaxErrors="0",
    )["Command"]
    assert sent["Status"] == "Pending"
    assert (sent["Comment"], sent["MaxConcurrency"], sent["MaxErrors"], sent["TargetCount"]) == (
        "a contract",
        "1",
        "0",
        1,
    )
    assert agent.wait_command(sent["CommandId"]) == "Failed"

    (command,) = ssm.list_commands(CommandId=sent["CommandId"])["Commands"]
    assert (command["StatusDetails"], command["CompletedCount"], command["ErrorCount"]) == ("Failed", 1, 1)
    (invocation,) = ssm.list_command_invocations(CommandId=sent["CommandId"], Details=True)["CommandInvocations"]
    plugins = [(each["Name"], each["Status"], each["ResponseCode"]) for each in invocation["CommandPlugins"]]
    assert plugins == [("speak", "Success", 0), ("fail", "Failed", 7)]
    assert invocation["CommandPlugins"][0]["Output"] == "goodbye from web-1\n"
    said = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=nodes["web-1"], PluginName="speak")
    assert (said["StandardOutputContent"], said["StandardErrorContent"]) == ("goodbye from web-1\n", "")
    failed = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=nodes["web-1"], PluginName="fail")
    assert (failed["Status"], failed["StandardErrorContent"], failed["ResponseCode"]) == (
        "Failed",
        "oops\nfailed to run commands: exit status 7",
        7,
    )


def test_boto3s_own_waiter_waits_for_a_command(ssm: SSMClient, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript", InstanceIds=[node], Parameters={"commands": ["echo done"]}
    )["Command"]
    waiter = ssm.get_waiter("command_executed")
    waiter.wait(CommandId=sent["CommandId"], InstanceId=node, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    (command,) = ssm.list_commands(CommandId=sent["CommandId"])["Commands"]
    assert command["Status"] == "Success"


def test_env_var_parameter_reaches_a_node_as_a_variable_and_never_as_text(ssm: SSMClient, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    (information,) = [
        each for each in ssm.describe_instance_information()["InstanceInformationList"] if each["InstanceId"] == node
    ]
    # The release from which on the guide promises it ("Troubleshooting parameter handling issues").
    assert [int(part) for part in information["AgentVersion"].split(".")] >= [3, 3, 2746, 0]
    content = {
        "schemaVersion": "2.2",
        "parameters": {"Word": {"type": "String", "interpolationType": "ENV_VAR"}},
        "mainSteps": [
            {"name": "speak", "action": "aws:runShellScript", "inputs": {"runCommand": ['echo "{{ Word }}"']}}
        ],
    }
    ssm.create_document(Name="EnvVar", Content=json.dumps(content), DocumentType="Command")
    word = "a'; touch /tmp/pwned; \"$(touch /tmp/pwned)\nb"
    sent = ssm.send_command(DocumentName="EnvVar", InstanceIds=[node], Parameters={"Word": [word]})["Command"]
    assert agent.wait_command(sent["CommandId"]) == "Success"
    invocation = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=node)
    assert invocation["StandardOutputContent"] == f"{word}\n"
    assert agent.run_shell(node, "test ! -e /tmp/pwned && echo clean").strip() == "clean"
    ssm.delete_document(Name="EnvVar")


def test_targets_choose_nodes_by_tag(ssm: SSMClient, agent: AgentProcess) -> None:
    sent = ssm.send_command(DocumentName="AWS-Noop", Targets=[{"Key": "tag:Role", "Values": ["web"]}])["Command"]
    assert agent.wait_command(sent["CommandId"]) == "Success"
    pages = ssm.get_paginator("list_command_invocations").paginate(CommandId=sent["CommandId"])
    names = [each["InstanceName"] for page in pages for each in page["CommandInvocations"]]
    assert sorted(names) == ["web-1", "web-2"]


def test_a_running_command_is_cancelled(ssm: SSMClient, agent: AgentProcess) -> None:
    node = agent.wait_online()["web-2"]
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript", InstanceIds=[node], Parameters={"commands": ["sleep 60"]}
    )["Command"]
    assert ssm.cancel_command(CommandId=sent["CommandId"])["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert agent.wait_command(sent["CommandId"]) == "Cancelled"


def test_a_scan_is_reported_to_the_patch_calls(ssm: SSMClient, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    sent = ssm.send_command(
        DocumentName="AWS-RunPatchBaseline", InstanceIds=[node], Parameters={"Operation": ["Scan"]}
    )["Command"]
    assert agent.wait_command(sent["CommandId"]) == "Success"
    (state,) = ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]
    assert (state["Operation"], state["PatchGroup"]) == ("Scan", "databases")
    missing = ssm.describe_instance_patches(InstanceId=node, Filters=[{"Key": "State", "Values": ["Missing"]}])[
        "Patches"
    ]
    assert len(missing) == state["MissingCount"] > 0
    baseline = ssm.get_patch_baseline(BaselineId=state["BaselineId"])
    assert (baseline["Name"], baseline["OperatingSystem"]) == ("AWS-DebianDefaultPatchBaseline", "DEBIAN")
