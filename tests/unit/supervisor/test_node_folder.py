"""A node's folder is written by its scripts: links that they leave there lead the agent nowhere."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from patchgui.agent.supervisor.connection import Connection, has_worker
from patchgui.agent.supervisor.process import reap, start_worker


@pytest.fixture
def listener(tmp_path: Path) -> socket.socket:
    """A socket of the host that no node may reach."""
    (tmp_path / "host").mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "host" / "socket"))
    listener.listen()
    return listener


@pytest.mark.anyio
async def test_a_link_in_place_of_the_workers_socket_is_not_followed(tmp_path: Path, listener: socket.socket) -> None:
    link = tmp_path / "worker.sock"
    link.symlink_to(tmp_path / "host" / "socket")

    with listener:
        listener.setblocking(False)
        assert await Connection.open(link) is None
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.anyio
async def test_the_workers_own_socket_is_reached_however_long_its_path(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    descriptor = os.open(folder, os.O_PATH)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"/proc/self/fd/{descriptor}/worker.sock")
    listener.listen()
    os.close(descriptor)

    with listener:
        connection = await Connection.open(folder / "worker.sock")
        assert connection is not None
        assert connection.worker_pid == os.getpid()
        await connection.close()


@pytest.mark.anyio
async def test_a_socket_that_nobody_listens_on_any_more_is_no_worker(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(tmp_path / "worker.sock"))

    assert await Connection.open(tmp_path / "worker.sock") is None
    assert await Connection.open(tmp_path / "none.sock") is None


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.anyio
async def test_the_workers_words_do_not_go_where_a_script_wants_them(tmp_path: Path, kind: str) -> None:
    outside, log = tmp_path / "outside", tmp_path / "worker.log"
    outside.write_text("mine\n")
    log.symlink_to(outside) if kind == "link" else os.mkfifo(log)
    words = "import os; os.write(2, b'words\\n'); os.write(1, b'ready')"

    async with asyncio.timeout(20):
        pid = await start_worker([sys.executable, "-c", words], dict(os.environ), log)
        await reap(pid)

    assert outside.read_text() == "mine\n"
    assert log.read_text() == "words\n"
    assert not log.is_symlink()


def test_a_link_in_place_of_the_lock_is_no_worker(tmp_path: Path) -> None:
    (tmp_path / "other.lock").touch()
    (tmp_path / "worker.lock").symlink_to(tmp_path / "other.lock")

    assert not has_worker(tmp_path)
