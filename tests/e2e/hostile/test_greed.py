"""Scripts that take all they can get stay inside their node's share, and can be stopped."""

import os
import signal
from pathlib import Path

import pytest

from patchgui.agent.worker import node_limits
from tests.e2e.agent.conftest import AgentProcess

BOMB = "bomb() { bomb & bomb & wait; }; echo begun; bomb; wait; sleep 600"
OWN_GROUPS = "echo begun; while true; do setsid sleep 600 & done"


def node_processes(agent: AgentProcess, node: str) -> set[int]:
    """Return the host's ids of a node's processes: all that share the worker's process namespace."""
    space = Path(f"/proc/{agent.worker_pid(node)}/ns/pid").readlink()
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and (entry / "ns/pid").readlink() == space:
                found.add(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("script", [BOMB, OWN_GROUPS], ids=["one group", "own groups"])
def test_a_fork_bomb_fills_its_node_only_and_can_be_cancelled(agent: AgentProcess, script: str) -> None:
    agent.create("Bomb", ("bomb", script))
    worker = agent.worker_pid()
    quiet = node_processes(agent, "web-1")
    command_id = agent.send("Bomb", "web-1")
    try:
        agent.until(lambda: len(node_processes(agent, "web-1")) > node_limits.PROCESSES * 0.9)

        # The other nodes and the agent work as ever.
        agent.create("Calm", ("calm", "echo calm"))
        assert agent.ended(agent.send("Calm", "web-2"))["Status"] == "Success"
        assert len(node_processes(agent, "web-1")) <= node_limits.PROCESSES + 50
    finally:
        agent.ssm.cancel_command(CommandId=command_id)
    assert agent.ended(command_id)["Status"] == "Cancelled"
    assert agent.worker_pid() == worker
    if script == BOMB:
        agent.until(lambda: node_processes(agent, "web-1") <= quiet | {worker})
    else:
        # What has made itself a session of its own outlives a cancelled step, as on the real agent; not the node.
        for pid in node_processes(agent, "web-1") - quiet:
            os.kill(pid, signal.SIGKILL)
    assert agent.ended(agent.send("Calm", "web-1"))["Status"] == "Success"
    agent.ssm.delete_document(Name="Bomb")
    agent.ssm.delete_document(Name="Calm")
