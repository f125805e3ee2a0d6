"""The AWS CLI, unchanged, against a real agent: the commands of its own manual."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agent_process import AgentProcess

AWS = str(Path(sys.executable).with_name("aws"))

DOCUMENT = """\
schemaVersion: "2.2"
description: Greets.
parameters:
  Word:
    type: String
    default: hello
mainSteps:
  - action: aws:runShellScript
    name: greet
    inputs:
      runCommand:
        - echo "{{ Word }} from $(hostname)"
        - echo "on its way" >&2
"""


class Aws:
    """``aws`` with the options that the agent's ready line gives."""

    def __init__(self, agent: AgentProcess) -> None:
        self._environment = {
            name: value
            for name, value in agent.environment().items()
            if name not in {"AWS_PROFILE", "AWS_ENDPOINT_URL"}
        }
        door = agent.ready
        self._options = ["--profile", "patchgui", "--region", door["region"], "--endpoint-url", door["endpoint_url"]]

    def __call__(self, *words: str) -> dict[str, Any]:
        """Run one command that must succeed, and return what it prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        printed: dict[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
        return printed

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command, whatever comes of it."""
        argv = [AWS, *self._options, "--output", "json", *words]
        return subprocess.run(argv, env=self._environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def aws(agent: AgentProcess) -> Aws:
    """The AWS CLI, pointed at the agent."""
    return Aws(agent)


def test_the_ready_lines_options_work_as_printed(aws: Aws) -> None:
    assert aws("sts", "get-caller-identity")["Account"] == "000000000000"
    nodes = aws("ssm", "describe-instance-information")["InstanceInformationList"]
    assert [node["ComputerName"] for node in nodes] == ["db-1", "web-1", "web-2"]


def test_filters_are_written_as_in_the_manual(aws: Aws) -> None:
    nodes = aws("ssm", "describe-instance-information", "--filters", "Key=tag:Role,Values=web")
    assert [node["ComputerName"] for node in nodes["InstanceInformationList"]] == ["web-1", "web-2"]
    nodes = aws(
        "ssm", "describe-instance-information", "--instance-information-filter-list", "key=PingStatus,valueSet=Online"
    )
    assert len(nodes["InstanceInformationList"]) == 3


def test_a_document_from_a_file_runs_and_its_output_is_read(aws: Aws, tmp_path: Path) -> None:
    file = tmp_path / "greet.yaml"
    file.write_text(DOCUMENT, encoding="utf-8")
    made = aws(
        "ssm", "create-document", "--name", "Cli-Greet", "--document-type", "Command", "--document-format", "YAML",
        "--content", f"file://{file}", "--tags", "Key=team,Value=ops",
    )  # fmt: skip
    assert made["DocumentDescription"]["Parameters"] == [{"Name": "Word", "Type": "String", "DefaultValue": "hello"}]

    sent = aws(
        "ssm", "send-command", "--document-name", "Cli-Greet", "--targets", "Key=tag:Role,Values=web",
        "--parameters", "Word=goodbye", "--comment", "from the manual", "--max-concurrency", "50%", "--max-errors", "1",
    )["Command"]  # fmt: skip
    for node in aws("ssm", "describe-instance-information", "--filters", "Key=tag:Role,Values=web")[
        "InstanceInformationList"
    ]:
        instance_id = node["InstanceId"]
        aws("ssm", "wait", "command-executed", "--command-id", sent["CommandId"], "--instance-id", instance_id)
        result = aws("ssm", "get-command-invocation", "--command-id", sent["CommandId"], "--instance-id", instance_id)
        assert (result["Status"], result["StatusDetails"], result["ResponseCode"]) == ("Success", "Success", 0)
        assert result["StandardOutputContent"] == f"goodbye from {node['ComputerName']}\n"
        assert result["StandardErrorContent"].startswith("on its way")

    listed = aws("ssm", "list-command-invocations", "--command-id", sent["CommandId"], "--details")[
        "CommandInvocations"
    ]
    assert {invocation["CommandPlugins"][0]["Name"] for invocation in listed} == {"greet"}
    (command,) = aws("ssm", "list-commands", "--command-id", sent["CommandId"])["Commands"]
    assert (command["Status"], command["Comment"], command["TargetCount"]) == ("Success", "from the manual", 2)

    updated = aws(
        "ssm", "update-document", "--name", "Cli-Greet", "--document-version", "$LATEST", "--document-format", "YAML",
        "--content", DOCUMENT.replace("Greets.", "Greets again."),
    )  # fmt: skip
    assert updated["DocumentDescription"]["LatestVersion"] == "2"
    aws("ssm", "update-document-default-version", "--name", "Cli-Greet", "--document-version", "2")
    assert aws("ssm", "describe-document", "--name", "Cli-Greet")["Document"]["Description"] == "Greets again."
    assert len(aws("ssm", "list-document-versions", "--name", "Cli-Greet")["DocumentVersions"]) == 2
    read = aws("ssm", "get-document", "--name", "Cli-Greet", "--document-version", "1", "--document-format", "YAML")
    assert read["Content"] == DOCUMENT
    aws("ssm", "delete-document", "--name", "Cli-Greet")
    own = aws("ssm", "list-documents", "--filters", "Key=Owner,Values=Self", "Key=Name,Values=Cli-")
    assert own["DocumentIdentifiers"] == []


def test_tags_are_added_listed_and_removed(aws: Aws, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    resource = ("--resource-type", "ManagedInstance", "--resource-id", node)
    aws("ssm", "add-tags-to-resource", *resource, "--tags", "Key=shift,Value=night")
    tags = aws("ssm", "list-tags-for-resource", *resource)["TagList"]
    assert {"Key": "shift", "Value": "night"} in tags
    aws("ssm", "remove-tags-from-resource", *resource, "--tag-keys", "shift")
    assert "shift" not in {tag["Key"] for tag in aws("ssm", "list-tags-for-resource", *resource)["TagList"]}


def test_patches_and_baselines_are_asked_for(aws: Aws, agent: AgentProcess) -> None:
    node = agent.wait_online()["db-1"]
    sent = aws(
        "ssm", "send-command", "--document-name", "AWS-RunPatchBaseline", "--instance-ids", node,
        "--parameters", '{"Operation":["Scan"],"SnapshotId":["521c3536-930c-4aa9-950e-01234567abcd"]}',
    )["Command"]  # fmt: skip
    assert agent.wait_command(sent["CommandId"]) == "Success"
    (state,) = aws("ssm", "describe-instance-patch-states", "--instance-ids", node)["InstancePatchStates"]
    assert (state["Operation"], state["SnapshotId"]) == ("Scan", "521c3536-930c-4aa9-950e-01234567abcd")
    missing = aws("ssm", "describe-instance-patches", "--instance-id", node, "--filters", "Key=State,Values=Missing")
    assert {patch["State"] for patch in missing["Patches"]} == {"Missing"}
    default = aws("ssm", "get-default-patch-baseline", "--operating-system", "DEBIAN")
    assert default["BaselineId"] == state["BaselineId"]
    assert aws("ssm", "get-patch-baseline", "--baseline-id", default["BaselineId"])["OperatingSystem"] == "DEBIAN"
    listed = aws("ssm", "describe-patch-baselines", "--filters", "Key=OPERATING_SYSTEM,Values=DEBIAN")
    assert [each["BaselineName"] for each in listed["BaselineIdentities"]] == ["AWS-DebianDefaultPatchBaseline"]


def test_a_command_is_cancelled(aws: Aws, agent: AgentProcess) -> None:
    node = agent.wait_online()["web-1"]
    sent = aws(
        "ssm", "send-command", "--document-name", "AWS-RunShellScript", "--instance-ids", node,
        "--parameters", "commands=sleep 60",
    )["Command"]  # fmt: skip
    aws("ssm", "cancel-command", "--command-id", sent["CommandId"], "--instance-ids", node)
    assert agent.wait_command(sent["CommandId"]) == "Cancelled"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ("get-document", "--name", "Nowhere"),
            "(InvalidDocument) when calling the GetDocument operation: Document with name Nowhere does not exist.",
        ),
        (
            ("send-command", "--document-name", "AWS-Noop", "--instance-ids", "nonsense"),
            "(ValidationException) when calling the SendCommand operation: 1 validation error detected: ",
        ),
        (
            ("create-document", "--name", "Broken", "--document-type", "Command", "--content", "{"),
            "(InvalidDocumentContent) when calling the CreateDocument operation: JSON not well-formed. ",
        ),
    ],
)  # fmt: skip
def test_refusals_read_as_they_do_at_aws(aws: Aws, words: tuple[str, ...], text: str) -> None:
    done = aws.run("ssm", *words)
    assert done.returncode == 255
    assert f"An error occurred {text}" in done.stderr


def test_an_unsigned_request_is_refused(aws: Aws) -> None:
    done = aws.run("--no-sign-request", "ssm", "list-documents")
    assert done.returncode == 255
    assert "(MissingAuthenticationTokenException)" in done.stderr
