"""Commands over the three sandbox nodes: how they spread, time out, fail and are cancelled, with real workers."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess

NODES = ("db-1", "web-1", "web-2")


def details(agent: "AgentProcess", command_id: str) -> list[str]:
    return [str(agent.invocation(command_id, node)["StatusDetails"]) for node in NODES]


def test_a_failing_node_stops_the_others_before_they_begin(agent: "AgentProcess") -> None:
    agent.create("Fails", ("only", "echo ran >> /root/ran; exit 3"))
    command_id = agent.send("Fails", *NODES, MaxConcurrency="1", MaxErrors="0")

    command = agent.ended(command_id)

    assert (command["Status"], command["StatusDetails"]) == ("Failed", "Failed")
    assert [command[f"{what}Count"] for what in ("Target", "Completed", "Error", "DeliveryTimedOut")] == [3, 3, 1, 0]
    assert details(agent, command_id) == ["Failed", "Terminated", "Terminated"]
    assert [agent.inside("/root/ran", node).exists() for node in NODES] == [True, False, False]


def test_a_step_over_its_time_limit_is_an_execution_time_out(agent: "AgentProcess") -> None:
    agent.create("Slow", ("only", "echo begun; sleep 60", {"timeoutSeconds": "5"}))

    command = agent.ended(agent.send("Slow", "web-1"))

    assert (command["Status"], command["StatusDetails"]) == ("TimedOut", "ExecutionTimedOut")
    assert (command["ErrorCount"], command["DeliveryTimedOutCount"]) == (1, 0)
    step = agent.steps(command["CommandId"])["only"]
    assert (step["Status"], step["StatusDetails"], step["ResponseCode"]) == ("TimedOut", "ExecutionTimedOut", 137)


def test_targets_that_match_nothing_end_at_once(agent: "AgentProcess") -> None:
    agent.create("Quick", ("only", "true"))
    targets = [{"Key": "tag:Role", "Values": ["nobody"]}]
    sent = agent.ssm.send_command(DocumentName="Quick", Targets=targets)["Command"]

    command = agent.ended(sent["CommandId"])

    assert (sent["Status"], sent["StatusDetails"]) == ("Pending", "Pending")
    assert (command["Status"], command["StatusDetails"]) == ("Success", "NoInstancesInTag")
    assert command["TargetCount"] == 0


def test_a_step_that_ignores_every_signal_is_cancelled_all_the_same(agent: "AgentProcess") -> None:
    agent.create("Stubborn", ("only", "trap '' TERM INT HUP; echo begun; while :; do sleep 1; done"), ("next", "true"))
    command_id = agent.send("Stubborn", "web-1")
    agent.until(lambda: "begun" in agent.steps(command_id)["only"]["Output"])

    agent.ssm.cancel_command(CommandId=command_id)
    agent.ssm.cancel_command(CommandId=command_id)

    assert agent.ended(command_id)["Status"] == "Cancelled"
    assert [step["Status"] for step in agent.steps(command_id).values()] == ["Cancelled", "Cancelled"]
    agent.ssm.cancel_command(CommandId=command_id)
    assert agent.ended(command_id)["Status"] == "Cancelled"


def test_a_cancel_lets_a_nested_document_run_to_its_end_and_nothing_after_it(agent: "AgentProcess") -> None:
    agent.create("Child", ("only", "echo begun > /root/begun; until [ -e /root/go ]; do sleep 0.02; done; echo whole"))
    child = {"documentType": "SSMDocument", "documentPath": "Child"}
    steps = [
        {"name": "child", "action": "aws:runDocument", "inputs": child},
        {"name": "after", "action": "aws:runShellScript", "inputs": {"runCommand": ["touch /root/after"]}},
    ]
    content = json.dumps({"schemaVersion": "2.2", "mainSteps": steps})
    agent.ssm.create_document(Name="Parent", Content=content, DocumentType="Command")
    command_id = agent.send("Parent", "web-1")
    agent.until(lambda: agent.inside("/root/begun").exists())

    agent.ssm.cancel_command(CommandId=command_id)
    assert agent.invocation(command_id)["Status"] == "Cancelling"
    agent.inside("/root/go").touch()

    assert agent.ended(command_id)["Status"] == "Cancelled"
    shown = agent.steps(command_id)
    assert (shown["child"]["Status"], shown["child"]["Output"]) == ("Success", "whole\n")
    assert shown["after"]["Status"] == "Cancelled"
    assert not agent.inside("/root/after").exists()
