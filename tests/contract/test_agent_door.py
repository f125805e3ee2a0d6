"""The agent's door: the ready line, and every reason for which it stays shut; nothing is ever lost."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from patchgui.agent.store.database import Database
from tests.agent_process import AgentProcess

THIS_MACHINE = ("--nodes", "this-machine")


def start_in_vain(state_dir: Path, *options: str) -> str:
    """Start an agent that must not start, and return its words; it must say them within ten seconds."""
    argv = [sys.executable, "-m", "patchgui.agent.main", "--state-dir", str(state_dir), *THIS_MACHINE, *options]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def contents(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Return the files that must not change."""
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder that an agent has used and left."""
    with AgentProcess(tmp_path / "state", *THIS_MACHINE):
        pass
    return tmp_path / "state"


def test_the_ready_line_says_all_that_a_client_needs(tmp_path: Path) -> None:
    with AgentProcess(tmp_path / "state", *THIS_MACHINE) as agent:
        door = agent.ready
        assert door["endpoint_url"].startswith("http://127.0.0.1:")
        assert door["pid"] == agent.pid  # type: ignore[comparison-overlap]
        assert door["region"] == "local"
        keys = Path(door["credentials_file"])
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        assert keys.read_text(encoding="ascii").startswith("[patchgui]\n")
        assert json.loads((tmp_path / "state" / "agent.json").read_text(encoding="utf-8")) == door
        (node,) = agent.boto3_client().describe_instance_information()["InstanceInformationList"]
        assert node["ComputerName"] == socket.gethostname()
    assert not (tmp_path / "state" / "agent.json").exists()


def test_a_signal_ends_the_agent_cleanly_and_the_key_pair_stays(state: Path) -> None:
    keys = (state / "credentials").read_bytes()
    for number in (signal.SIGTERM, signal.SIGINT):
        argv = [sys.executable, "-m", "patchgui.agent.main", "--state-dir", str(state), *THIS_MACHINE]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as agent:
            assert agent.stdout is not None
            assert agent.stderr is not None
            assert agent.stdout.readline()
            agent.send_signal(number)
            assert agent.wait(20) == 0
            assert agent.stderr.read() == ""
    assert (state / "credentials").read_bytes() == keys


def test_the_wanted_port_is_taken(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with AgentProcess(state, *THIS_MACHINE, "--port", str(port)) as agent:
        assert agent.ready["endpoint_url"] == f"http://127.0.0.1:{port}"
    with AgentProcess(state, *THIS_MACHINE, "--port", str(port)) as agent:
        assert agent.ready["endpoint_url"] == f"http://127.0.0.1:{port}"


def test_a_port_in_use_is_said_to_be_in_use(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = start_in_vain(state, "--port", str(port))
    assert f"Port {port} on 127.0.0.1 is in use" in words
    assert "--port" in words


def test_a_second_agent_on_the_folder_is_told_of_the_first(tmp_path: Path) -> None:
    with AgentProcess(tmp_path / "state", *THIS_MACHINE) as agent:
        words = start_in_vain(tmp_path / "state")
        assert f"process {agent.pid}" in words
        assert agent.ready["endpoint_url"] in words
        assert agent.boto3_client().list_documents()["DocumentIdentifiers"]


def test_an_agent_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with AgentProcess(tmp_path / "state", *THIS_MACHINE) as agent:
        agent.boto3_client().create_document(
            Name="Kept",
            Content='{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"a","inputs":{"runCommand":["true"]}}]}',
            DocumentType="Command",
        )
        agent.kill()
        assert (tmp_path / "state" / "agent.json").exists()
        agent.start()
        assert agent.boto3_client().describe_document(Name="Kept")["Document"]["Status"] == "Active"


@pytest.mark.parametrize("damage", [b"", b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 8000, None])
def test_a_damaged_state_file_is_left_as_it_is(state: Path, damage: bytes | None) -> None:
    truncated = (state / "state.db").read_bytes()[:5000]
    (state / "state.db").write_bytes(truncated if damage is None else damage)
    before = contents(state, ["state.db", "credentials"])
    words = start_in_vain(state)
    assert str(state / "state.db") in words
    assert "nothing was changed" in words
    assert contents(state, ["state.db", "credentials"]) == before


def test_a_state_file_of_a_newer_release_is_left_as_it_is(state: Path) -> None:
    parts = ("agent", "commands", "associations", "windows")
    database = Database(state / "state.db", dict.fromkeys(parts, ("SELECT 1",) * 99))
    database.close()
    before = contents(state, ["state.db"])
    assert "newer release" in start_in_vain(state)
    assert contents(state, ["state.db"]) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_state_file_that_may_not_be_read_is_named(state: Path) -> None:
    (state / "state.db").chmod(0)
    assert str(state / "state.db") in start_in_vain(state)


def test_a_damaged_key_pair_is_left_as_it_is(state: Path) -> None:
    (state / "credentials").write_text("not a key pair")
    assert "does not hold the agent's key pair" in start_in_vain(state)
    assert (state / "credentials").read_text() == "not a key pair"


def test_a_log_on_a_full_disk_does_not_bury_the_reason(state: Path) -> None:
    (state / "agent.log").unlink()
    (state / "agent.log").symlink_to("/dev/full")
    (state / "credentials").write_text("damaged")
    words = start_in_vain(state)
    assert words.startswith("patchgui agent: ")
    assert "Logging error" not in words


def test_a_state_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("mine")
    assert str(tmp_path / "state") in start_in_vain(tmp_path / "state")
    assert (tmp_path / "state").read_text() == "mine"


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    argv = [sys.executable, "-m", "patchgui.agent.main", "--state-dir", str(tmp_path), "--port", port]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_an_agent_left_alone_stops_by_itself(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "patchgui.agent.main", "--state-dir", str(tmp_path / "state"), *THIS_MACHINE]
    done = subprocess.run([*argv, "--idle-exit-s", "0.3"], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["endpoint_url"]
