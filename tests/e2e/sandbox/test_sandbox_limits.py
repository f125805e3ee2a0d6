"""A node can take only its share of the host's processes, memory and disk, whoever runs the agent."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from patchgui.agent.sandbox import bubblewrap, cgroup
from patchgui.agent.worker import node_limits
from tests.e2e.sandbox.conftest import NodeShell

FORKS = "i=0; while [ $i -lt 2000 ]; do sleep 20 & i=$((i + 1)); done; echo forked"


def as_a_worker_would(shell: NodeShell, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script below process 1 of a node that has no control group: what a container leaves of the limits."""
    node = shell.node
    node.worker_command(f"boot-{shell.boots}")
    main = "from patchgui.agent.worker.init import fork_from_init as fork; fork(); import os; os.execvp('sh', {})"
    program = [sys.executable, "-I", "-c", main.format(["sh", "-c", script])]
    enclosure = replace(node._enclosure(), group=None)
    argv = bubblewrap.command(enclosure, node.worker_environment(), program)
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL, cwd="/"
    )


@pytest.mark.skipif(
    os.geteuid() == 0 and cgroup.group_for(node_limits.PROC) is None,
    reason="the kernel counts the processes of root only in a control group, and there is none to be had here",
)
def test_a_hook_that_forks_without_end_stops_itself(web: NodeShell) -> None:
    done = web.sh(FORKS)

    # In dash's words, and in bash's.
    assert "Cannot fork" in done.stderr or "fork: Resource temporarily unavailable" in done.stderr
    assert "forked" not in done.stdout


not_counted = pytest.mark.skipif(os.geteuid() != 0, reason="the kernel itself counts the processes of ordinary users")


@not_counted
def test_a_fork_bomb_is_ended_by_process_1_where_the_kernel_does_not_count(web: NodeShell) -> None:
    done = as_a_worker_would(web, f"({FORKS}); sleep 1; grep -l '(sleep) [^Z]' /proc/[0-9]*/stat | wc -l")

    assert int(done.stdout.split()[-1]) <= node_limits.PROCESSES
    assert "this node had more than 1000 processes, so process" in done.stderr


@not_counted
def test_processes_that_fork_on_in_groups_of_their_own_are_all_ended_by_process_1(web: NodeShell) -> None:
    bomb = "i=0; while [ $i -lt 3000 ]; do setsid sleep 20 & i=$((i + 1)); done"
    done = as_a_worker_would(web, f"({bomb}); sleep 1; grep -l '(sleep) [^Z]' /proc/[0-9]*/stat | wc -l")

    assert int(done.stdout.split()[-1]) <= node_limits.PROCESSES


def test_a_process_is_refused_more_memory_than_its_node_has(web: NodeShell) -> None:
    done = web.sh(f"{sys.executable} -I -c 'bytearray({node_limits.memory_bytes()} + 1)'")

    assert "MemoryError" in done.stderr


HOGS = """import os, signal
for _ in range(2):
    if os.fork() == 0:
        kept = bytearray({each})
        for at in range(0, len(kept), 4096):
            kept[at] = 1
        signal.pause()
print(os.WTERMSIG(os.wait()[1]))
"""


def test_processes_that_take_too_much_memory_together_lose_the_biggest_one(web: NodeShell) -> None:
    each = node_limits.memory_bytes() // 3 * 2
    done = as_a_worker_would(web, f"{sys.executable} -I -c '{HOGS.format(each=each)}'")

    assert done.stdout == "9\n"
    assert f"this node's processes took more than {node_limits.memory_bytes() >> 20} MiB, so process" in done.stderr


def test_files_in_memory_stay_small(web: NodeShell) -> None:
    done = web.sh("head -c 1G /dev/zero > /dev/shm/big; head -c 1M /dev/zero > /dev/big; stat -c %s /dev/shm/big")

    assert int(done.stdout) <= 64 * 1024 * 1024
    assert "No space left on device" in done.stderr
    assert "Read-only file system" in done.stderr


def test_an_endless_file_ends_at_its_limit(web: NodeShell) -> None:
    # A hole takes no room on the disk, and counts for the limit.
    beyond = f"truncate -s {node_limits.FILE_BYTES + 1} /var/tmp/endless; echo $?; stat -c %s /var/tmp/endless"
    done = web.sh(f"{beyond}; echo x > /var/tmp/y; cat /var/tmp/y")

    status, size, afterwards = done.stdout.split()
    assert status != "0"
    assert int(size) <= node_limits.FILE_BYTES
    assert afterwards == "x"
