"""A short soak: runs whose processes are killed at random moments, several times each."""

import random
import time

from tests.soak import runs

SHORT_S = 6.0


def test_no_run_is_lost_whenever_its_worker_is_killed() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")

    figures = list(runs.kill_at_random(time.monotonic() + SHORT_S, random.Random(seed)))

    assert sum(figure.count for figure in figures if figure.what == "runs") >= 3
