"""A hook that spoils its node's own words reaches nobody but its node."""

import socket
import sys

import pytest

from patchgui.agent.worker.link import short_path
from tests.e2e.agent.conftest import AgentProcess

SOCKET = "sandbox/nodes/web-1/link/worker.sock"
REPORT = "/var/log/amazon/ssm/patch-configuration/patch-report.json"

# It takes the worker's place and has something to say to whoever connects, each time another word.
IMPOSTOR = """
import json, os, socket
path = "/run/patchgui-link/worker.sock"
os.unlink(path)
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen()
hello = {"type": "hello", "protocol": 1, "instance_id": "x", "boot_id": "x", "pid": 1, "journals": {}}
record = {"type": "report", "command": "x", "record": {"type": "step_ended", "n": 1, "at": 1, "result": {}}}
words = [b"no json\\n", b"[" * 100000 + b"\\n", b'{"type": "hello"}\\n']
words += [json.dumps(hello).encode() + b"\\n" + json.dumps(record).encode() + b"\\n", b"x" * (40 << 20)]
for number, word in enumerate(words):
    peer = listener.accept()[0]
    try:
        peer.sendall(word)
        while peer.recv(65536):
            pass
    except OSError:
        pass
    open("/root/said", "w").write(str(number + 1))
open("/root/all-said", "w").close()
"""


def test_a_spoilt_patch_report_changes_nothing_that_is_known(agent: AgentProcess) -> None:
    agent.create(
        "Spoil", ("spoil", f"mkdir -p $(dirname {REPORT}); rm -f {REPORT}; echo '{{\"patches\": [5]}}' > {REPORT}")
    )

    assert agent.ended(agent.send("Spoil", "web-1"))["Status"] == "Success"

    assert agent.ping("web-1") == "Online"
    assert "its patch report makes no sense" in agent.log()
    assert agent.ssm.describe_instance_patch_states(InstanceIds=[agent.nodes["web-1"]])["InstancePatchStates"] == []
    agent.inside(REPORT).unlink()
    agent.ssm.delete_document(Name="Spoil")


def test_a_script_that_speaks_in_the_workers_place_reaches_only_its_own_node(agent: AgentProcess) -> None:
    agent.inside("/root/impostor.py").write_text(IMPOSTOR)
    agent.create("Spoil", ("spoil", f"setsid {sys.executable} -I /root/impostor.py < /dev/null > /dev/null 2>&1 &"))
    agent.create("Calm", ("calm", "echo calm"))
    assert agent.ended(agent.send("Spoil", "web-1"))["Status"] == "Success"
    agent.until(agent.inside("/root/impostor.py").exists)

    # The worker still has its connection; only the next one leads to the impostor.
    worker = agent.worker_pid()
    agent.kill()
    agent.start(online=2)
    agent.until(agent.inside("/root/all-said").exists)

    assert agent.ended(agent.send("Calm", "web-2"))["Status"] == "Success"
    assert "A node said what is no message" in agent.log()
    assert "A node said what no worker says" in agent.log()
    if agent.ping("web-1") != "Online":
        agent.kill_worker()
    agent.until(lambda: agent.ping("web-1") == "Online")
    assert agent.worker_pid() != worker
    assert agent.ended(agent.send("Calm", "web-1"))["Status"] == "Success"
    agent.ssm.delete_document(Name="Spoil")
    agent.ssm.delete_document(Name="Calm")


def test_a_script_that_calls_its_worker_is_turned_away(agent: AgentProcess) -> None:
    call = """import socket, time
for _ in range(50):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect("/run/patchgui-link/worker.sock")
    peer.settimeout(5)
    print(peer.recv(100))
print("begun", flush=True)
time.sleep(600)"""
    agent.inside("/root/call.py").write_text(call)
    agent.create("Call", ("call", f"{sys.executable} -I /root/call.py"))
    command_id = agent.send("Call", "web-1")

    # The control plane's connection is still the one that counts.
    agent.until(lambda: "begun" in agent.steps(command_id)["call"]["Output"])
    agent.ssm.cancel_command(CommandId=command_id)
    assert agent.ended(command_id)["Status"] == "Cancelled"
    assert agent.steps(command_id)["call"]["Output"].startswith("b''\n" * 50)
    agent.ssm.delete_document(Name="Call")


def test_a_worker_that_lives_is_called_again_when_its_connection_was_lost(agent: AgentProcess) -> None:
    worker = agent.worker_pid()
    # Another control plane, as far as the worker knows: the newest one counts.
    with socket.socket(socket.AF_UNIX) as other, short_path(agent.state / SOCKET) as path:
        other.connect(path)
        agent.create("Calm", ("calm", "echo calm"))
        assert agent.ended(agent.send("Calm", "web-1"))["Status"] == "Success"

    assert agent.worker_pid() == worker
    agent.ssm.delete_document(Name="Calm")


SPOILS = {
    "removed": "rm -rf --no-preserve-root / 2> /dev/null",
    "closed": "cd /var/lib/patchgui; chmod 000 journal/* * . /run/patchgui-link; kill -9 -1",
    "socket": "rm -f /run/patchgui-link/worker.sock; mkdir /run/patchgui-link/worker.sock; kill -9 -1",
}


@pytest.mark.parametrize("spoil", list(SPOILS.values()), ids=list(SPOILS))
def test_a_script_that_spoils_all_it_can_leaves_a_node_that_works(agent: AgentProcess, spoil: str) -> None:
    agent.create("Long", ("long", "sleep 600"))
    agent.create("Spoil", ("spoil", spoil))
    agent.create("Calm", ("calm", "echo calm"))
    long = agent.send("Long", "web-2")
    agent.until(lambda: agent.ssm.list_commands(CommandId=long)["Commands"][0]["Status"] == "InProgress")

    assert agent.ended(agent.send("Spoil", "web-2"))["Status"] in {"Success", "Failed"}

    # It was interrupted, or its journal went with the others. In neither case does it hold the node up.
    assert agent.ended(long)["Status"] == "Failed"
    assert agent.ended(agent.send("Calm", "web-2"))["Status"] == "Success"
    for name in ("Long", "Spoil", "Calm"):
        agent.ssm.delete_document(Name=name)
