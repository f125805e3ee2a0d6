"""Documents that are as large as they may be, or larger, and output without end."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from patchgui.agent.document_content import MAX_DOCUMENT_BYTES, MAX_SCRIPTED_BYTES
from patchgui.agent.engine.output import DISK_LIMIT
from tests.e2e.agent.conftest import AgentProcess

MANY = 1000

FLOODS = {
    "lines": "yes",
    "one endless line": "cat /dev/zero",
    "both streams": "yes >&2 & yes & wait",
    "no time limit helps": "trap '' TERM INT HUP; yes",
}


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has in use, and how much it ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def tree_bytes(folder: Path) -> int:
    """Return what the files below a folder take on the disk."""
    taken = {status.st_ino: status.st_blocks * 512 for status in (path.lstat() for path in folder.rglob("*"))}
    return sum(taken.values())


def text_of(size: int, *, description: str = "", script: str = "") -> str:
    """Return a document of just so many bytes, ``%`` being what is filled up; its script counts its own size."""
    step = {"name": "big", "action": "aws:runShellScript", "inputs": {"runCommand": [f"wc -c < $0; : {script}"]}}
    text = json.dumps({"schemaVersion": "2.2", "description": description, "mainSteps": [step]})
    return text.replace("%", "x" * (size - len(text) + 1))


@pytest.mark.parametrize("size", [MAX_DOCUMENT_BYTES, MAX_SCRIPTED_BYTES])
def test_a_script_as_large_as_a_document_may_be_runs_whole(agent: AgentProcess, size: int) -> None:
    agent.ssm.create_document(Name="Big", Content=text_of(size, script="%"), DocumentType="Command")
    command_id = agent.send("Big", "web-1")

    assert agent.ended(command_id)["Status"] == "Success"
    assert int(agent.steps(command_id)["big"]["Output"]) > size - 200
    agent.ssm.delete_document(Name="Big")


@pytest.mark.parametrize(
    "text", [text_of(MAX_DOCUMENT_BYTES + 1, description="%"), text_of(MAX_SCRIPTED_BYTES + 1, script="%")]
)
def test_a_document_that_is_one_byte_larger_is_refused_with_a_clear_error(agent: AgentProcess, text: str) -> None:
    with pytest.raises(ClientError) as caught:
        agent.ssm.create_document(Name="Big", Content=text, DocumentType="Command")

    error: Any = caught.value.response["Error"]
    assert error["Code"] == "MaxDocumentSizeExceeded"
    assert "64 KB" in error["Message"]


@pytest.mark.parametrize("text", ["[" * 60_000, '{"a":' * 12_000, f'{{"schemaVersion": {"9" * 60_000}}}'])
def test_json_without_measure_is_refused_with_a_clear_error(agent: AgentProcess, text: str) -> None:
    with pytest.raises(ClientError) as caught:
        agent.ssm.create_document(Name="Deep", Content=text, DocumentType="Command")

    assert caught.value.response["Error"]["Code"] == "InvalidDocumentContent"


def test_a_thousand_steps_run_in_order_in_sane_time_and_memory(agent: AgentProcess) -> None:
    inputs = ["&true {runCommand: ['true']}", *["*true "] * (MANY - 1)]
    steps = "".join(
        f"- {{action: aws:runShellScript, name: s{at}, inputs: {each}}}\n" for at, each in enumerate(inputs)
    )
    text = f"schemaVersion: '2.2'\nmainSteps:\n{steps}"
    agent.ssm.create_document(Name="Many", Content=text, DocumentType="Command", DocumentFormat="YAML")
    worker, plane = agent.worker_pid(), agent.process.pid
    before = resident_bytes(worker), resident_bytes(plane)
    begun = time.monotonic()

    command_id = agent.send("Many", "web-1")
    assert agent.ended(command_id)["Status"] == "Success"

    took_s = time.monotonic() - begun
    plugins = agent.invocation(command_id)["CommandPlugins"]
    assert [plugin["Name"] for plugin in plugins] == [f"s{number}" for number in range(MANY)]
    assert {plugin["Status"] for plugin in plugins} == {"Success"}
    assert took_s < 100
    assert resident_bytes(worker) - before[0] < 64 * 1024 * 1024
    assert resident_bytes(plane) - before[1] < 64 * 1024 * 1024
    agent.ssm.delete_document(Name="Many")


@pytest.mark.parametrize("flood", list(FLOODS))
def test_endless_output_takes_bounded_memory_and_disk_and_ends_with_a_cancel(agent: AgentProcess, flood: str) -> None:
    agent.create("Flood", ("flood", FLOODS[flood]))
    worker, plane = agent.worker_pid(), agent.process.pid
    before = resident_bytes(worker), resident_bytes(plane)
    state = agent.state / "sandbox" / "nodes" / "web-1" / "state"

    command_id = agent.send("Flood", "web-1")
    # As much as the disk ever gets of it.
    agent.until(lambda: tree_bytes(state / "orchestration" / command_id) >= DISK_LIMIT - 1024 * 1024)
    live = agent.steps(command_id)["flood"]["Output"]
    agent.ssm.cancel_command(CommandId=command_id)

    assert agent.ended(command_id)["Status"] == "Cancelled"
    assert live
    assert tree_bytes(state / "orchestration" / command_id) < DISK_LIMIT + 1024 * 1024
    assert tree_bytes(state / "journal") < 4 * 1024 * 1024
    assert sum(path.stat().st_size for path in agent.state.glob("*.db*")) < 64 * 1024 * 1024
    assert resident_bytes(worker) - before[0] < 32 * 1024 * 1024
    assert resident_bytes(plane) - before[1] < 32 * 1024 * 1024
    agent.ssm.delete_document(Name="Flood")
    # pytest keeps its folders for a while.
    shutil.rmtree(state / "orchestration" / command_id)


def test_endless_output_of_a_nested_document_ends_with_its_time_limit(agent: AgentProcess) -> None:
    agent.create("Flood", ("flood", "yes", {"timeoutSeconds": "5"}))
    outer = {
        "schemaVersion": "2.2",
        "mainSteps": [
            {
                "name": "outer",
                "action": "aws:runDocument",
                "inputs": {"documentType": "SSMDocument", "documentPath": "Flood"},
            }
        ],
    }
    agent.ssm.create_document(Name="Outer", Content=json.dumps(outer), DocumentType="Command")
    worker = agent.worker_pid()
    before = resident_bytes(worker)

    command_id = agent.send("Outer", "web-1")

    assert agent.ended(command_id)["Status"] == "TimedOut"
    assert agent.steps(command_id)["outer"]["Output"].startswith("y\ny\n")
    assert resident_bytes(worker) - before < 32 * 1024 * 1024
    for name in ("Outer", "Flood"):
        agent.ssm.delete_document(Name=name)
    shutil.rmtree(agent.state / "sandbox" / "nodes" / "web-1" / "state" / "orchestration" / command_id)
