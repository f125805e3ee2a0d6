"""Whatever the archive has acknowledged is there after a kill -9 at any moment, and after the disk was full."""

import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import HistoryQuery
from tests.unit.archive.kept import a_run, keep

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 4
_DISK_KIB = 1_500

Written = set[tuple[str, int]]


def command(path: Path, first: int) -> list[str]:
    return [sys.executable, "-m", "tests.unit.archive.ceaseless", str(path), str(first)]


def acknowledged(lines: Iterable[str]) -> Written:
    # The very last line may have been cut; what was not said whole was not acknowledged.
    words = [line.split() for line in lines if line.endswith("\n")]
    return {(what, int(number)) for what, number in words}


def written_until_killed(path: Path, first: int, acknowledgements: int) -> Written:
    with subprocess.Popen(command(path, first), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        heard = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        heard += process.stdout.readlines()
    return acknowledged(heard)


def written_until_the_disk_is_full(path: Path) -> tuple[Written, str]:
    limited = ["sh", "-c", f'ulimit -f {_DISK_KIB}; exec "$@"', "sh", *command(path, 0)]
    ended = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode
    return acknowledged(ended.stdout.splitlines(keepends=True)), ended.stderr


async def everything_is_there(archive: Archive, done: Written) -> None:
    assert (await archive.check()).is_sound
    assert not archive.notice
    for what, number in done:
        run_id = f"run-{number}"
        run = await archive.run(run_id)
        if what == "take":
            assert len((await archive.open(run_id)).nodes) == 30
        elif what == "outputs":
            assert (await archive.output(run_id, "mi-7", "scanStep")).stdout == f"node 7 of {number}\n" * 50
            found = await archive.search(HistoryQuery(f'"node 29 of {number}"'))
            assert [each.run_id for each in found.runs] == [run_id]
        elif what == "end":
            assert (run.summary.status, run.headline) == ("Success", f"Ended as {number}.")


async def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    dice = random.Random(6)
    done: Written = set()
    for first in range(0, ROUNDS * 1000, 1000):
        done |= written_until_killed(path, first, dice.randrange(1, 30))
    async with Archive(path) as archive:
        await everything_is_there(archive, done)
    assert len({number for _, number in done}) >= ROUNDS


@pytest.mark.skipif(sys.platform == "win32", reason="a file's size is limited by ulimit")
async def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    done, said = written_until_the_disk_is_full(path)
    assert done
    assert f"{path} cannot be written" in said
    async with Archive(path) as archive:
        await everything_is_there(archive, done)
        await keep(archive, a_run("afterwards"))
        assert (await archive.run("afterwards")).summary.status == "Success"
