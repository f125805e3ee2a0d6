"""A worker dies, by SIGKILL or with all its node's power, at the points where it changes something; see tests/soak."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.soak.documents import SCENES
from tests.soak.trial import Life, Trial, attempt

Attempt = Callable[[str, Sequence[Life]], Trial]

SAMPLE = 3
"""So many points of each scene beside the plain one; `make soak` takes all."""


@pytest.fixture
def attempted(tmp_path: Path) -> Attempt:
    def run(scene: str, lives: Sequence[Life]) -> Trial:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return asyncio.run(attempt(folder, SCENES[scene](folder), list(lives)))

    return run


@pytest.mark.parametrize("how", ["kill", "power"])
def test_no_run_is_lost_when_its_worker_dies_before_or_after_any_record_of_its_journal(
    attempted: Attempt, how: str
) -> None:
    # Accepted, started, an end and a start for each step, ended. Every second one, before and after in turn, and as
    # often flushed as written: all points, one by one, are the soak's.
    records = [f"{moment} write .jsonl {n}" for n, moment in enumerate(("before", "after") * 5, start=1)]
    flushes = [f"{moment} fdatasync .jsonl {n}" for n, moment in enumerate(("after", "before") * 3, start=1)]

    for point in records + flushes:
        assert len(attempted("plain", [(point, how)]).deaths) == 1


@pytest.mark.parametrize("how", ["kill", "power"])
@pytest.mark.parametrize("scene", [name for name in SCENES if name != "plain"])
def test_no_run_is_lost_when_its_worker_dies_at_a_point_of_any_kind(attempted: Attempt, scene: str, how: str) -> None:
    count = len(attempted(scene, []).points)
    first = count // (2 * SAMPLE)

    for number in range(first, count, count // SAMPLE):
        attempted(scene, [(number, how)])


@pytest.mark.parametrize("how", ["kill", "power"])
def test_an_exit_hook_that_had_not_begun_when_its_worker_died_runs(attempted: Attempt, how: str) -> None:
    # Three steps have started before it.
    trial = attempted("plain", [("before start of a process 4", how)])

    assert trial.deaths == (f"{how} before start of a process",)
    assert trial.interrupted == 0


def test_crashes_in_the_middle_of_recoveries_lose_nothing(attempted: Attempt) -> None:
    lives = [(60, "kill"), (9, "power"), (14, "kill"), (17, "power")]

    trial = attempted("plain", lives)

    assert len(trial.deaths) == len(lives)
