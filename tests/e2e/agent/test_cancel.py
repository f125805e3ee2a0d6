"""Cancelling real work."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess


def test_a_running_step_is_killed_with_its_children_and_nothing_follows(agent: "AgentProcess") -> None:
    agent.create(
        "Long",
        ("first", "echo begun; sleep 600 & sleep 600; echo survived >> /root/ran"),
        ("exit", "echo exit >> /root/ran", {"finallyStep": True}),
    )
    command_id = agent.send("Long", "web-1")
    agent.until(lambda: "begun" in agent.steps(command_id)["first"]["Output"])

    agent.ssm.cancel_command(CommandId=command_id)

    assert agent.ended(command_id)["Status"] == "Cancelled"
    steps = agent.steps(command_id)
    assert (steps["first"]["Status"], steps["first"]["ResponseCode"]) == ("Cancelled", 137)
    assert steps["exit"]["Status"] == "Cancelled"
    assert not agent.inside("/root/ran").exists()


def test_a_cancel_is_remembered_by_a_node_whose_worker_dies(agent: "AgentProcess") -> None:
    agent.create("Long", ("first", "echo begun; sleep 600"), ("second", "echo second >> /root/ran"))
    command_id = agent.send("Long", "web-1")
    agent.until(lambda: "begun" in agent.steps(command_id)["first"]["Output"])

    agent.ssm.cancel_command(CommandId=command_id)
    agent.kill_worker()

    assert agent.ended(command_id)["Status"] in {"Cancelled", "Failed"}
    assert not agent.inside("/root/ran").exists()
