"""Whatever the archive has acknowledged is there after a kill -9 at any moment."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import HistoryQuery

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 4


def written_until_killed(path: Path, first: int, acknowledgements: int) -> list[tuple[str, int]]:
    command = [sys.executable, "-m", "tests.unit.archive.ceaseless", str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        heard = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        heard += process.stdout.readlines()
    # The very last line may have been cut; what was not said whole was not acknowledged.
    words = [line.split() for line in heard if line.endswith("\n")]
    return [(what, int(number)) for what, number in words]


async def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    dice = random.Random(6)
    done: set[tuple[str, int]] = set()
    for first in range(0, ROUNDS * 1000, 1000):
        done.update(written_until_killed(path, first, dice.randrange(1, 30)))
    async with Archive(path) as archive:
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
    assert len({number for _, number in done}) >= ROUNDS
