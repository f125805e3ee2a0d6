"""Processes killed in the middle of real work, over real sandbox nodes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess

FINALLY = {"finallyStep": True}
LOG = "/root/ran"


def ran(agent: "AgentProcess") -> list[str]:
    """Return the steps that have begun on the node, in order."""
    return agent.inside(LOG).read_text().split()


def four_steps(agent: "AgentProcess", second: str) -> None:
    agent.create(
        "Four",
        ("first", f"echo first >> {LOG}"),
        ("second", f"echo second >> {LOG}; echo so far so good; {second}"),
        ("third", f"echo third >> {LOG}"),
        ("exit", f"echo exit >> {LOG}", FINALLY),
    )


def test_a_worker_killed_in_a_step(agent: "AgentProcess") -> None:
    four_steps(agent, "sleep 60")
    command_id = agent.send("Four", "web-1")
    agent.until(lambda: "so far" in agent.steps(command_id)["second"]["Output"])

    agent.kill_worker()

    assert agent.ended(command_id)["Status"] == "Failed"
    steps = agent.steps(command_id)
    assert {name: step["Status"] for name, step in steps.items()} == {
        "first": "Success",
        "second": "Failed",
        "third": "Success",
        "exit": "Success",
    }
    assert steps["second"]["Output"].startswith("so far so good\n")
    assert "The step was interrupted" in steps["second"]["Output"]
    assert "skipped due to prior step" in steps["third"]["Output"]
    assert ran(agent) == ["first", "second", "exit"]
    assert agent.ping("web-1") == "Online"


def test_a_worker_killed_in_an_install(agent: "AgentProcess") -> None:
    hook = f"echo exit >> {LOG}"
    agent.create("Exit", ("exit", hook))
    slow = "touch /root/installing; sleep 60"
    agent.inside("/etc/apt/apt.conf.d").mkdir(parents=True, exist_ok=True)
    agent.inside("/etc/apt/apt.conf.d/99slow").write_text(f'DPkg::Pre-Invoke {{ "{slow}"; }};\n')
    parameters = {"Operation": ["Install"], "OnExitHookDocName": ["Exit"]}
    command_id = agent.send("AWS-RunPatchBaselineWithHooks", "web-1", Parameters=parameters)
    agent.until(agent.inside("/root/installing").exists)

    agent.kill_worker()

    assert agent.ended(command_id)["Status"] == "Failed"
    steps = agent.steps(command_id)
    assert "The step was interrupted" in steps["InstallNoReboot"]["Output"]
    assert steps["CustomerProvidedOnExitHook"]["Status"] == "Success"
    assert ran(agent) == ["exit"]
    # The node is usable again: nothing of the killed install holds the package manager.
    agent.inside("/etc/apt/apt.conf.d/99slow").unlink()
    again = agent.send("AWS-RunPatchBaseline", "web-1", Parameters={"Operation": ["Scan"]})
    assert agent.ended(again)["Status"] == "Success"


def test_an_agent_killed_in_a_hook_that_ends_after_its_return(agent: "AgentProcess") -> None:
    four_steps(agent, "while [ ! -e /root/go ]; do sleep 0.02; done; echo and went on")
    command_id = agent.send("Four", "web-1")
    agent.until(lambda: "so far" in agent.steps(command_id)["second"]["Output"])

    agent.kill()
    agent.start()
    agent.until(lambda: "so far" in agent.steps(command_id)["second"]["Output"])
    assert agent.steps(command_id)["second"]["Status"] == "InProgress"
    agent.inside("/root/go").touch()

    assert agent.ended(command_id)["Status"] == "Success"
    assert agent.steps(command_id)["second"]["Output"] == "so far so good\nand went on\n"
    assert ran(agent) == ["first", "second", "third", "exit"]


def test_an_agent_killed_in_a_hook_that_ends_while_it_is_away(agent: "AgentProcess") -> None:
    four_steps(agent, "while [ ! -e /root/go ]; do sleep 0.02; done")
    command_id = agent.send("Four", "web-1")
    agent.until(lambda: "so far" in agent.steps(command_id)["second"]["Output"])

    agent.kill()
    agent.inside("/root/go").touch()
    agent.until(lambda: ran(agent)[-1] == "exit")
    agent.start()

    assert agent.ended(command_id)["Status"] == "Success"
    assert ran(agent) == ["first", "second", "third", "exit"]


def test_both_killed_at_once(agent: "AgentProcess") -> None:
    four_steps(agent, "sleep 60")
    command_id = agent.send("Four", "web-1")
    agent.until(lambda: "so far" in agent.steps(command_id)["second"]["Output"])

    agent.kill()
    agent.kill_worker()
    agent.start()

    assert agent.ended(command_id)["Status"] == "Failed"
    assert agent.steps(command_id)["second"]["Output"].startswith("so far so good\n")
    assert ran(agent) == ["first", "second", "exit"]


def test_an_agent_told_to_stop_leaves_a_busy_node_to_finish(agent: "AgentProcess") -> None:
    four_steps(agent, "while [ ! -e /root/go ]; do sleep 0.02; done")
    command_id = agent.send("Four", "web-1")
    agent.until(lambda: "so far" in agent.steps(command_id)["second"]["Output"])

    assert agent.end() == 0
    agent.inside("/root/go").touch()
    agent.until(lambda: ran(agent)[-1] == "exit")
    agent.start()

    assert agent.ended(command_id)["Status"] == "Success"
