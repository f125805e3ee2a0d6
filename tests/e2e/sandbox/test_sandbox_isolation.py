"""Nothing outside a node's folder can be changed or read from inside."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchgui.agent.sandbox import SandboxFleet
from tests.e2e.sandbox.conftest import NodeShell


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the host."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_hook_cannot_write_outside_its_node(web: NodeShell, tmp_path: Path) -> None:
    target = tmp_path / "written-by-the-node"

    done = web.sh(f"echo x > {target}; echo x > /usr/x; echo x > /x; mkdir /new; echo x > {sys.prefix}/bin/x")

    assert done.returncode != 0
    assert not target.exists()
    assert not Path("/usr/x").exists()
    assert not Path(sys.prefix, "bin", "x").exists()
    assert done.stderr.count("Read-only file system") >= 3


def test_a_hook_cannot_kill_a_process_outside_its_node(web: NodeShell, stranger: subprocess.Popen[bytes]) -> None:
    done = web.sh(f"kill -9 {stranger.pid}")

    assert done.returncode != 0
    assert "No such process" in done.stderr
    assert stranger.poll() is None


def test_killing_everything_reaches_only_the_node_itself(web: NodeShell, stranger: subprocess.Popen[bytes]) -> None:
    web.sh("kill -9 -1")

    assert stranger.poll() is None


def test_a_hook_sees_only_processes_of_its_node(web: NodeShell, stranger: subprocess.Popen[bytes]) -> None:
    names = web.sh("cat /proc/[0-9]*/comm; true").stdout.split()

    assert "sh" in names
    assert set(names) <= {"sh", "cat", "bwrap"}


def test_a_hook_has_no_capability_and_cannot_gain_one(web: NodeShell) -> None:
    done = web.sh("grep Cap /proc/self/status; mount -o remount,rw /usr; unshare --user true; exit 0")

    masks = {line.split()[0]: int(line.split()[1], 16) for line in done.stdout.splitlines()}
    assert set(masks.values()) == {0}
    assert "mount: /usr" in done.stderr
    assert "unshare failed" in done.stderr


@pytest.mark.parametrize("setting", ["kernel/core_pattern", "kernel/hostname", "vm/drop_caches"])
def test_a_hook_cannot_write_kernel_settings(web: NodeShell, setting: str) -> None:
    done = web.sh(f"echo 1 > /proc/sys/{setting}")

    assert done.returncode != 0
    assert "Read-only file system" in done.stderr


def test_nothing_of_the_hosts_home_is_visible(web: NodeShell) -> None:
    home = Path.home()

    listed = web.sh(f"ls -A {home} /home /root 2> /dev/null; ls -A /tmp").stdout.split()

    # Of a Python that lives below the home, the way to it is there, and nothing else.
    way = {part for path in (sys.prefix, sys.base_prefix) for part in Path(path).parts}
    assert {name for name in listed if name.rstrip(":") not in way and not name.startswith("/")} == set()


def test_the_agents_files_are_not_visible(web: NodeShell, fleet: SandboxFleet, tmp_path: Path) -> None:
    secret = web.node.places.top.parent.parent / "credentials"
    secret.write_text("aws_secret_access_key = very-secret\n")
    try:
        done = web.sh(f"cat {secret}; find / -xdev -name credentials -not -path '/usr/*' 2> /dev/null")
    finally:
        secret.unlink()

    assert "very-secret" not in done.stdout
    assert done.stdout == ""


def test_nodes_do_not_see_each_other(shells: dict[str, NodeShell]) -> None:
    shells["web-1"].sh("echo mine > /var/log/mine; echo mine > /tmp/mine; echo mine > /opt/mine")

    assert shells["web-2"].sh("ls /var/log/mine /tmp/mine /opt/mine").stdout == ""


def test_the_agents_environment_does_not_reach_the_node(web: NodeShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")

    done = web.sh("env; for file in /proc/[0-9]*/environ; do tr '\\0' '\\n' < $file; done")

    assert "very-secret" not in done.stdout


def test_the_nodes_network_ends_at_its_own_loopback(web: NodeShell) -> None:
    done = web.sh("cat /proc/net/dev | sed 1,2d | cut -d: -f1; cat /proc/net/route | sed 1d")

    assert done.stdout.split() == ["lo"]


def test_the_repository_cannot_be_changed_from_a_node(web: NodeShell) -> None:
    done = web.sh("rm -r /srv/repository/pool")

    assert done.returncode != 0
    assert "Read-only file system" in done.stderr


@pytest.mark.parametrize("way", ["/var/lib", "/run/patchgui-link", "/srv/repository", "/var/lib/patchgui"])
def test_a_link_left_in_the_way_does_not_lead_the_next_start_out(web: NodeShell, tmp_path: Path, way: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    planted = web.root / way.lstrip("/")
    planted.rename(planted.with_name("moved")) if planted.exists() else planted.parent.mkdir(exist_ok=True)
    planted.symlink_to(f"/oldroot{outside}")

    done = web.sh("echo started")

    assert done.stdout == "started\n"
    assert list(outside.iterdir()) == []
