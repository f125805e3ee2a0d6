"""The archive as real processes feed it: killed half-way and restored from a backup, it ends up as if nothing was."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import HistoryQuery, Launched
from patchgui.local_agent import read_door
from patchgui.patching.progress import PhaseState
from patchgui.ssm.errors import NotFound
from tests.canonical import Canonical, canonical
from tests.e2e.cli.conftest import PATCHGUI, CommandLine

pytestmark = pytest.mark.xdist_group("cli")
LIMIT_S = 60.0
_BREATH_S = 0.05


class Desk:
    """A console whose data folder is its own, connected to the agent as to any endpoint."""

    def __init__(self, folder: Path, patchgui: CommandLine) -> None:
        door = read_door(patchgui.state)
        assert door is not None
        self.data = folder / "patchgui"
        self.file = self.data / "archive.db"
        self._where = ("--endpoint-url", door.endpoint_url, "--region", door.region)
        self._environment = patchgui.environment(
            XDG_DATA_HOME=str(folder),
            AWS_SHARED_CREDENTIALS_FILE=str(door.credentials_file),
            AWS_PROFILE=door.profile,
            AWS_CONFIG_FILE=os.devnull,
        )

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        argv = [*PATCHGUI, *arguments, *self._where]
        return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self._environment)

    def do(self, *arguments: str) -> str:
        """Do a command to its end and return what it wrote."""
        with self.start(*arguments) as process:
            output, errors = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0, output + errors
        return output

    def kept(self, run_id: str) -> Canonical:
        """Return what the archive of this desk has of a run."""

        async def read() -> Canonical:
            async with Archive(self.file) as archive:
                return await canonical(archive, run_id)

        return asyncio.run(read())


def newest(file: Path) -> str:
    async def read() -> str:
        async with Archive(file) as archive:
            return (await archive.search(HistoryQuery(), limit=1)).runs[0].run_id

    return asyncio.run(read())


def archived_half(file: Path, run_id: str) -> None:
    """Return once the first node is in the archive to its end, and the second one as it waits in its hook."""

    async def wait() -> None:
        async with Archive(file) as archive, asyncio.timeout(LIMIT_S):
            while True:
                with contextlib.suppress(NotFound):
                    states = [node.is_final for node in (await archive.open(run_id)).nodes]
                    if states == [True, False]:
                        return
                await asyncio.sleep(_BREATH_S)

    asyncio.run(wait())


def hear(process: "subprocess.Popen[str]", words: str) -> None:
    """Read the process's lines until one says so."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"it never said {words!r}")


def test_a_run_watched_half_way_killed_and_restored_from_a_backup_is_archived_like_one_watched_to_its_end(
    patchgui: CommandLine, tmp_path: Path
) -> None:
    patchgui("reset")
    patchgui.create("HoldHere", "while [ ! -e /var/tmp/go ]; do sleep 0.02; done", "echo went on")
    root = patchgui.state / "sandbox" / "nodes"
    go = {name: root / name / "root" / "var" / "tmp" / "go" for name in ("db-1", "web-2")}
    killed, other = Desk(tmp_path / "killed", patchgui), Desk(tmp_path / "other", patchgui)
    who, how = ("--nodes", "db-1,web-2", "--max-concurrency", "1"), ("--operation", "Install", "--reboot", "NoReboot")
    with killed.start("run", *who, *how, "--before-install", "HoldHere") as process:
        hear(process, "db-1  Before install: running")
        run_id = newest(killed.file)
        # The other console has the same launch record, and goes on where this one will be killed.
        shutil.copytree(killed.data, other.data, ignore=lambda *_: ["archive.db", "archive.db-wal", "archive.db-shm"])
        asyncio.run(backup(killed.file, other.file))
        with other.start("watch", run_id, "--json") as watching:
            go["db-1"].touch()
            archived_half(killed.file, run_id)
            asyncio.run(backup(killed.file, tmp_path / "backup.db"))
            process.send_signal(signal.SIGKILL)
            process.wait(LIMIT_S)
            go["web-2"].touch()
            watching.communicate(timeout=LIMIT_S)
        assert watching.returncode == 0
    for each in killed.data.glob("archive.db*"):
        each.write_bytes(b"lost with the disk that it was on")
    asyncio.run(restore(tmp_path / "backup.db", killed.file))
    assert not killed.kept(run_id).run.is_whole, "the backup was taken half-way"

    killed.do("runs")

    whole = other.kept(run_id)
    assert killed.kept(run_id) == whole
    assert whole.run.is_whole
    assert whole.run.origin.launched is Launched.TERMINAL
    assert [node.status for node in whole.nodes] == ["Success", "Success"]
    assert {phase.state for node in whole.nodes for phase in node.phases} <= {PhaseState.SUCCESS, PhaseState.NOT_NEEDED}
    assert any("went on" in output.stdout for _, _, output in whole.outputs)
    assert len(whole.patch_states) == 2
    assert all(each.after for each in whole.patch_states)


async def backup(file: Path, copy: Path) -> None:
    async with Archive(file) as archive:
        await archive.backup(copy)


async def restore(copy: Path, file: Path) -> None:
    async with Archive(file) as archive:
        await archive.restore(copy)


def test_a_run_that_has_ended_is_shown_from_the_archive_when_its_endpoint_is_gone(
    patchgui: CommandLine, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, patchgui)
    desk.do("run", "--nodes", "db-1", "--operation", "Scan")
    run_id = newest(desk.file)
    started = time.monotonic()
    done = subprocess.run(
        [*PATCHGUI, "watch", run_id, "--endpoint-url", "http://127.0.0.1:9", "--region", "local"],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        env=desk._environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "The node succeeded." in done.stdout
    assert time.monotonic() - started < LIMIT_S / 2
