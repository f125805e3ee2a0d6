"""A short soak: runs that are broken off at random moments, several times each."""

import random
import time

import pytest

from tests.soak import runs
from tests.soak.part import Part

SHORT_S = 5.0


@pytest.mark.parametrize("part", [runs.random_moments, runs.every_commit, runs.every_point])
def test_no_run_is_lost_whenever_its_processes_are_killed(part: Part) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")

    figures = list(part(time.monotonic() + SHORT_S, random.Random(seed)))

    assert sum(figure.count for figure in figures if figure.what == "runs") >= 1
