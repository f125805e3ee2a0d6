"""This machine as a node: a steady id, a worker of its own, no reset."""

import os
import re
import sys
from pathlib import Path

import pytest

from patchgui.agent import this_machine
from patchgui.agent.this_machine import ThisMachine, ThisMachineFleet, machine_instance_id
from patchgui.ssm.errors import AgentError


def test_the_id_is_the_machines_own_and_hides_the_machine_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "machine-id"
    file.write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setattr(this_machine, "_MACHINE_ID_FILES", (tmp_path / "none", file))
    derive = machine_instance_id.__wrapped__

    assert derive() == derive()
    assert re.fullmatch("mi-0[0-9a-f]{16}", derive())
    assert derive()[3:] not in file.read_text()


def test_a_machine_without_a_machine_id_has_an_id_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(this_machine, "_MACHINE_ID_FILES", ())

    assert re.fullmatch("mi-0[0-9a-f]{16}", machine_instance_id.__wrapped__())


def test_the_worker_runs_directly_with_the_nodes_folder_and_socket(tmp_path: Path) -> None:
    node = ThisMachine(tmp_path / "node")

    argv = node.worker_command("any")

    assert argv[:4] == [sys.executable, "-I", "-m", "patchgui.agent.worker"]
    assert str(node.socket) in argv
    assert node.folder.is_dir()
    assert not node.restarts_by_supervisor


def test_an_ordinary_users_records_lie_with_the_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    node = ThisMachine(tmp_path / "node")

    folder = node.worker_environment()["PATCHGUI_PATCH_FOLDER"]

    assert folder.startswith(str(tmp_path))
    assert f"{folder}/patch-configuration/patch-report.json" in node.worker_command("any")


def test_variables_of_python_do_not_reach_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")

    assert "PYTHONPATH" not in ThisMachine(tmp_path).worker_environment()


@pytest.mark.anyio
async def test_this_machine_cannot_be_reset(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="cannot be reset"):
        await ThisMachineFleet(tmp_path).reset()


@pytest.mark.anyio
async def test_an_ordinary_user_cannot_restart_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(AgentError, match="needs root"):
        await ThisMachine(tmp_path).reboot()
