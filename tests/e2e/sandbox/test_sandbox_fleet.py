"""The sandbox's nodes: made quickly, kept between starts, rebooted and brought back to their first state."""

import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from patchgui.agent.sandbox import SandboxFleet
from patchgui.ssm.errors import SandboxUnavailable
from tests.e2e.sandbox.conftest import NodeShell


def test_the_first_start_takes_less_than_five_seconds(tmp_path: Path) -> None:
    started_at = time.monotonic()

    nodes = SandboxFleet(tmp_path / "sandbox").prepare_now()

    assert time.monotonic() - started_at < 5
    assert [node.name for node in nodes] == ["web-1", "web-2", "db-1"]


def test_a_node_keeps_its_id_from_start_to_start_and_through_a_reset(tmp_path: Path) -> None:
    first = [node.instance_id for node in SandboxFleet(tmp_path).prepare_now()]
    again = SandboxFleet(tmp_path, reboot_delay_s=0.5)

    assert [node.instance_id for node in again.prepare_now()] == first
    assert {node.reboot_delay_s for node in again.prepare_now()} == {0.5}
    again.reset_now()
    assert [node.instance_id for node in again.prepare_now()] == first
    assert len(set(first)) == 3
    assert all(re.fullmatch("mi-0[0-9a-f]{16}", each) for each in first)


def test_the_folders_of_a_node_are_the_users_alone(shells: Mapping[str, NodeShell]) -> None:
    for shell in shells.values():
        for folder in (shell.node.folder, shell.node.socket.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


_VERSION = 'echo "$BASH_VERSION"; sh -c "[[ a = a ]]"'


def test_sh_is_bash_on_every_node_as_on_amazon_linux(shells: Mapping[str, NodeShell]) -> None:
    there = [shell.sh(_VERSION) for shell in shells.values()]

    assert [bool(re.match(r"\d+\.\d", each.stdout)) for each in there] == [True] * 3
    assert [each.returncode for each in there] == [0] * 3


@pytest.mark.skipif(shutil.which("dash") is None, reason="this machine has no dash")
def test_all_nodes_can_have_dash_as_on_debian(tmp_path: Path) -> None:
    there = [NodeShell(node).sh(_VERSION) for node in SandboxFleet(tmp_path, sh="dash").prepare_now()]

    assert [each.stdout for each in there] == ["\n"] * 3
    assert [each.returncode for each in there] == [127] * 3


def test_a_shell_that_this_machine_lacks_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="The nodes cannot have no-such-sh for their sh") as refused:
        SandboxFleet(tmp_path, sh="no-such-sh").prepare_now()

    assert "--sandbox-sh" in refused.value.hint


def test_nodes_carry_the_tags_that_targets_pick_them_by(shells: Mapping[str, NodeShell]) -> None:
    tags = {name: shell.node.initial_tags for name, shell in shells.items()}

    assert {name for name, each in tags.items() if each["Role"] == "web"} == {"web-1", "web-2"}
    assert tags["db-1"]["Patch Group"] == "databases"
    assert all(each["Name"] == name for name, each in tags.items())


def test_a_node_has_a_name_a_boot_and_one_user_of_its_own(web: NodeShell) -> None:
    done = web.sh("hostname; cat /etc/hostname /proc/sys/kernel/random/boot_id; id -un; cat /run/patchgui/boot.json")

    lines = done.stdout.splitlines()
    assert lines[:4] == ["web-1", "web-1", "boot-1", "root"]
    boot = json.loads(lines[4])
    assert boot["boot_id"] == "boot-1"
    assert abs(boot["booted_at"] - time.time()) < 60


def test_a_boot_empties_what_a_restart_empties_and_keeps_the_rest(web: NodeShell) -> None:
    write = "for file in /run/reboot-required /tmp/left /var/tmp/kept /etc/kept /opt/kept; do touch $file; done"
    look = "ls /run/reboot-required /tmp/left /var/tmp/kept /etc/kept /opt/kept 2> /dev/null"
    web.sh(write)
    same_boot = web.sh(look).stdout.split()

    web.reboot()

    assert len(same_boot) == 5
    assert web.sh(look).stdout.split() == ["/etc/kept", "/opt/kept", "/var/tmp/kept"]


def test_a_reset_brings_the_unpatched_state_back_and_keeps_the_workers_folder(
    fleet: SandboxFleet, web: NodeShell
) -> None:
    before = web.versions()
    (web.node.folder / "journal").touch()
    assert web.patch("Install").returncode == 0
    patched = web.versions()
    web.sh("mkdir -m 0 /var/locked; rm -rf /etc/apt")

    fleet.reset_now()

    assert patched != before
    assert web.versions() == before
    assert (web.node.folder / "journal").exists()
    assert not (web.root / "var/log/amazon/ssm/patch-configuration").exists()


def test_an_interrupted_first_start_is_made_up_for(tmp_path: Path) -> None:
    fleet = SandboxFleet(tmp_path)
    (web, *_) = fleet.prepare_now()
    (tmp_path / "made-from").unlink()
    (tmp_path / "repository" / "dists" / "stable" / "Release").unlink()
    web.places.root.rename(web.places.top / "root.new")

    assert NodeShell(SandboxFleet(tmp_path).prepare_now()[0]).patch("Scan").returncode == 0


def test_a_missing_program_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "bwrap" else f"/usr/bin/{name}")

    with pytest.raises(SandboxUnavailable) as caught:
        SandboxFleet(tmp_path).prepare_now()

    assert "bubblewrap" in str(caught.value)
    assert "apt-get install bubblewrap" in caught.value.hint


def test_a_system_that_forbids_namespaces_is_told_from_a_missing_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    (programs / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    with pytest.raises(SandboxUnavailable, match="No permissions to create a new namespace") as caught:
        SandboxFleet(tmp_path / "sandbox").prepare_now()

    assert "user namespaces" in caught.value.hint


def test_the_worker_is_started_inside_with_its_own_folder_and_socket(web: NodeShell) -> None:
    argv = web.node.worker_command("boot-1")

    program = argv[argv.index(sys.executable) :]
    assert program[1:4] == ["-I", "-m", "patchgui.agent.worker"]
    assert program[4:8] == ["--node-dir", "/var/lib/patchgui", "--socket", "/run/patchgui-link/worker.sock"]
    web.sh("touch /var/lib/patchgui/seen /run/patchgui-link/seen")
    assert (web.node.folder / "seen").exists()
    assert (web.node.socket.parent / "seen").exists()


def test_the_nodes_own_python_can_import_the_worker(web: NodeShell) -> None:
    done = web.sh(f"{sys.executable} -I -c 'import patchgui.agent.worker, yaml, re2; print(patchgui.__file__)'")

    assert done.stdout.endswith("patchgui/__init__.py\n"), done.stderr
