"""Reboots that scripts ask for with exit 194."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess

BOOT_ID = "/proc/sys/kernel/random/boot_id"


def test_a_node_reboots_and_the_step_is_run_again(agent: "AgentProcess") -> None:
    agent.create(
        "Reboot",
        ("first", "echo first >> /root/ran; setsid sleep 1000 >/dev/null 2>&1 < /dev/null &"),
        ("second", f"cat {BOOT_ID}; echo second >> /root/ran; [ -e /root/done ] || {{ touch /root/done; exit 194; }}"),
        ("third", "echo third >> /root/ran; pgrep -x sleep || echo the service of the last boot is gone"),
    )
    command_id = agent.send("Reboot", "web-1")

    assert agent.ended(command_id)["Status"] == "Success"

    steps = agent.steps(command_id)
    boots = steps["second"]["Output"].split()
    assert len(set(boots)) == 2, "the node did not get another boot id"
    assert steps["third"]["Output"] == "the service of the last boot is gone\n"
    assert agent.inside("/root/ran").read_text().split() == ["first", "second", "second", "third"]
    assert "web-1: reboots" in agent.log()


def test_an_agent_that_dies_while_a_node_reboots_brings_it_back(agent: "AgentProcess") -> None:
    agent.create(
        "Reboot",
        ("first", "[ -e /root/up ] || { touch /root/up; while [ ! -e /root/go ]; do sleep 0.02; done; exit 194; }"),
        ("second", "echo second"),
    )
    command_id = agent.send("Reboot", "web-1")
    agent.until(agent.inside("/root/up").exists)
    worker = agent.worker_pid()

    agent.kill()
    agent.inside("/root/go").touch()
    agent.until(lambda: not _is_alive(worker))
    agent.start()

    assert agent.ended(command_id)["Status"] == "Success"
    assert agent.steps(command_id)["second"]["Output"] == "second\n"


def _is_alive(pid: int) -> bool:
    from pathlib import Path

    return Path(f"/proc/{pid}").exists()
