"""Processes that will not be ended, and scripts that lay hands on their worker's own files."""

import sys
from pathlib import Path

import pytest

from tests.e2e.agent.conftest import AgentProcess
from tests.e2e.hostile.test_greed import node_processes

WAIT = "echo begun; sleep 600"
STUBBORN = {
    "ignores signals": f"trap '' TERM INT HUP QUIT; {WAIT}",
    "in the background": f"(trap '' TERM; {WAIT}) & (sleep 600 &) ; wait; sleep 600",
    "stops itself": "echo begun; kill -STOP $$; sleep 600",
    "closes its output": "echo begun; exec > /dev/null 2>&1; sleep 600",
    "keeps the output open": "echo begun; (sleep 600) & exit 0",
    "double fork": "echo begun; ( ( sleep 600 & ) & ); sleep 600",
}


@pytest.mark.parametrize("script", list(STUBBORN.values()), ids=list(STUBBORN))
def test_a_process_that_will_not_end_is_ended_by_a_cancel(agent: AgentProcess, script: str) -> None:
    quiet = node_processes(agent, "web-1")
    agent.create("Stubborn", ("stubborn", script))
    command_id = agent.send("Stubborn", "web-1")
    agent.until(lambda: "begun" in agent.steps(command_id)["stubborn"]["Output"])

    agent.ssm.cancel_command(CommandId=command_id)

    assert agent.ended(command_id)["Status"] == "Cancelled"
    agent.until(lambda: node_processes(agent, "web-1") <= quiet)
    agent.ssm.delete_document(Name="Stubborn")


def test_a_script_that_stops_every_process_stops_its_worker_for_no_longer_than_a_moment(agent: AgentProcess) -> None:
    agent.create("Stop", ("stop", "sleep 600 & kill -STOP -1; echo begun; wait"))
    command_id = agent.send("Stop", "web-1")
    agent.until(lambda: "begun" in agent.steps(command_id)["stop"]["Output"])

    agent.ssm.cancel_command(CommandId=command_id)

    assert agent.ended(command_id)["Status"] == "Cancelled"
    agent.ssm.delete_document(Name="Stop")


OWN_GROUP = f"""{sys.executable} -I -c 'import os, time
os.setpgid(0, 0)
print("begun", flush=True)
time.sleep(600)'"""
OWN_SESSION = "echo begun; exec setsid sleep 600"


@pytest.mark.parametrize("script", [OWN_GROUP, OWN_SESSION], ids=["group", "session"])
def test_what_leaves_its_group_ends_with_the_node_at_the_latest(agent: AgentProcess, script: str) -> None:
    agent.create("Away", ("away", script, {"timeoutSeconds": "5"}), ("after", "echo after"))
    command_id = agent.send("Away", "web-1")

    # The step is over at its limit, whoever keeps its output open: what left the group is a service to the engine.
    assert agent.ended(command_id)["Status"] == "TimedOut"
    assert agent.steps(command_id)["after"]["Output"] == "after\n"
    away = node_processes(agent, "web-1")
    agent.kill_worker()
    agent.until(lambda: agent.ping("web-1") == "Online" and not any(Path(f"/proc/{pid}").exists() for pid in away))
    agent.ssm.delete_document(Name="Away")


def test_a_daemon_outlives_its_step_and_ends_with_a_reboot(agent: AgentProcess) -> None:
    daemon = "setsid sh -c 'exec sleep 600' < /dev/null > /dev/null 2>&1 &"
    agent.inside("/root/r").unlink(missing_ok=True)
    agent.create("Reboot", ("reboot", "[ -e /root/r ] && exit 0; touch /root/r; exit 194"))
    agent.create("Daemon", ("daemon", daemon))
    assert agent.ended(agent.send("Daemon", "web-1"))["Status"] == "Success"
    sleeping = [pid for pid in node_processes(agent, "web-1") if Path(f"/proc/{pid}/comm").read_text() == "sleep\n"]
    assert len(sleeping) == 1

    assert agent.ended(agent.send("Reboot", "web-1"))["Status"] == "Success"

    assert not Path(f"/proc/{sleeping[0]}").exists()
    agent.inside("/root/r").unlink()
    for name in ("Daemon", "Reboot"):
        agent.ssm.delete_document(Name=name)


REPORT = "/var/log/amazon/ssm/patch-configuration/patch-report.json"
SPOILT = {
    "journal removed": "rm -f /var/lib/patchgui/journal/*.jsonl",
    "journal emptied": "for file in /var/lib/patchgui/journal/*.jsonl; do : > $file; done",
    "journal overwritten": "for file in /var/lib/patchgui/journal/*.jsonl; do echo nonsense > $file; done",
    "journal is a folder": "cd /var/lib/patchgui/journal; for f in *.jsonl; do rm $f; mkdir $f; done",
    "output log removed": "rm -f /var/lib/patchgui/journal/*.output",
    "lock removed": "rm -f /var/lib/patchgui/worker.lock",
    "all of it removed": "rm -rf /var/lib/patchgui/*",
    "folders are files": "cd /var/lib/patchgui; rm -rf orchestration journal; : > orchestration; : > journal",
    "everything is a pipe": "cd /var/lib/patchgui; for f in booted worker.lock journal/*.*; do rm $f; mkfifo $f; done",
    "report is a pipe": f"mkdir -p $(dirname {REPORT}); rm -f {REPORT}; mkfifo {REPORT}",
    "log is a pipe": "rm -f /var/lib/patchgui/worker.log; mkfifo /var/lib/patchgui/worker.log",
}


@pytest.mark.parametrize("script", list(SPOILT.values()), ids=list(SPOILT))
def test_a_script_that_spoils_its_workers_files_spoils_at_most_its_own_command(
    agent: AgentProcess, script: str
) -> None:
    agent.create("Spoil", ("spoil", f"{script}; pkill -9 -f patchgui.agent.worker; sleep 600"))
    agent.create("Calm", ("calm", "echo calm"))
    worker = agent.worker_pid()
    command_id = agent.send("Spoil", "web-1")
    agent.until(lambda: not Path(f"/proc/{worker}").exists())

    assert agent.ended(command_id)["Status"] == "Failed"
    agent.until(lambda: agent.ping("web-1") == "Online")
    assert agent.ended(agent.send("Calm", "web-1", "web-2"))["Status"] == "Success"
    for name in ("Spoil", "Calm"):
        agent.ssm.delete_document(Name=name)
