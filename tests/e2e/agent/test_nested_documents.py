"""Documents that a running command is yet to run, changed under its hands."""

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess

HOLD = "echo begun; until [ -e /root/go ]; do sleep 0.02; done"


def content(script: str) -> str:
    step = {"name": "say", "action": "aws:runShellScript", "inputs": {"runCommand": [script]}}
    return json.dumps({"schemaVersion": "2.2", "mainSteps": [step]})


@pytest.fixture
def held(agent: "AgentProcess") -> str:
    """A command that has begun and waits for /root/go before it runs the document Hook."""
    agent.ssm.create_document(Name="Hook", Content=content("echo old"), DocumentType="Command")
    steps: list[dict[str, Any]] = [
        {"name": "first", "action": "aws:runShellScript", "inputs": {"runCommand": [HOLD]}},
        {
            "name": "hook",
            "action": "aws:runDocument",
            "inputs": {"documentType": "SSMDocument", "documentPath": "Hook"},
        },
    ]
    outer = json.dumps({"schemaVersion": "2.2", "mainSteps": steps})
    agent.ssm.create_document(Name="Outer", Content=outer, DocumentType="Command")
    command_id = agent.send("Outer", "web-1")
    agent.until(lambda: "begun" in agent.steps(command_id)["first"]["Output"])
    return command_id


def go_on(agent: "AgentProcess") -> None:
    agent.inside("/root/go").touch()


def change(agent: "AgentProcess", script: str) -> None:
    agent.ssm.update_document(Name="Hook", Content=content(script), DocumentVersion="$LATEST")
    agent.ssm.update_document_default_version(Name="Hook", DocumentVersion="2")


def test_a_document_changed_while_an_earlier_step_runs_is_run_as_it_is_now(agent: "AgentProcess", held: str) -> None:
    change(agent, "echo new")
    go_on(agent)

    assert agent.ended(held)["Status"] == "Success"
    assert agent.steps(held)["hook"]["Output"] == "new\n"


def test_a_document_deleted_while_an_earlier_step_runs_fails_its_step_in_the_agents_words(
    agent: "AgentProcess", held: str
) -> None:
    agent.ssm.delete_document(Name="Hook")
    go_on(agent)

    assert agent.ended(held)["Status"] == "Failed"
    step = agent.steps(held)["hook"]
    assert (step["Status"], step["ResponseCode"]) == ("Failed", 1)
    assert "InvalidDocument: Document with name Hook does not exist." in step["Output"]


def test_a_change_is_remembered_by_a_node_that_finishes_alone(agent: "AgentProcess", held: str) -> None:
    change(agent, "echo new")
    agent.kill()
    go_on(agent)
    agent.start()

    assert agent.ended(held)["Status"] == "Success"
    assert agent.steps(held)["hook"]["Output"] == "new\n"


def test_a_change_reaches_a_node_whose_reboot_it_missed(agent: "AgentProcess") -> None:
    agent.ssm.create_document(Name="Hook", Content=content("echo old"), DocumentType="Command")
    reboot = "[ -e /root/up ] && exit 0; touch /root/up; exit 194"
    hook = {"documentType": "SSMDocument", "documentPath": "Hook"}
    steps: list[dict[str, Any]] = [
        {"name": "reboot", "action": "aws:runShellScript", "inputs": {"runCommand": [reboot]}},
        {"name": "hold", "action": "aws:runShellScript", "inputs": {"runCommand": [HOLD]}},
        {"name": "hook", "action": "aws:runDocument", "inputs": hook},
    ]
    outer = json.dumps({"schemaVersion": "2.2", "mainSteps": steps})
    agent.ssm.create_document(Name="Outer", Content=outer, DocumentType="Command")
    command_id = agent.send("Outer", "web-1")
    agent.until(lambda: agent.inside("/root/up").exists())

    change(agent, "echo new")
    go_on(agent)

    assert agent.ended(command_id)["Status"] == "Success"
    assert agent.steps(command_id)["hook"]["Output"] == "new\n"
