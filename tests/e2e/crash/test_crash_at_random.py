"""SIGKILL of workers at random moments, several times in one run; PATCHGUI_SOAK sets how many runs."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RUNS = int(os.environ.get("PATCHGUI_SOAK", "12"))
KILLS = 3
LONGEST_S = 0.12


@pytest.mark.anyio
@pytest.mark.timeout(60 + 5 * RUNS)
async def test_no_run_is_lost_whenever_its_worker_is_killed(
    make_plane: Callable[..., Any], four_steps: dict[str, Any], tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    plane = make_plane()
    plane.create("Crash", four_steps)
    await plane.commands.start()
    log = tmp_path / "log"
    for number in range(RUNS):
        log.unlink(missing_ok=True)
        command_id = plane.send("Crash")
        killer = asyncio.create_task(kill_now_and_then(plane, chance))
        await plane.ended(command_id)
        await killer
        check(plane, command_id, log, f"run {number} of seed {seed}")


async def kill_now_and_then(plane: Any, chance: random.Random) -> None:
    """Kill whatever worker there is, after random times."""
    (supervisor,) = plane.commands._supervisors._running
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0, LONGEST_S))
        connection = supervisor._connection
        if connection is not None:
            os.kill(connection.worker_pid, signal.SIGKILL)


def check(plane: Any, command_id: str, log: Path, which: str) -> None:
    ran = Counter(log.read_text().split()) if log.exists() else Counter()
    steps = plane.steps(command_id)
    interrupted = {name for name, step in steps.items() if "was interrupted" in step["stderr"]}
    assert all(count == 1 for count in ran.values()), f"{which}: a step ran twice: {ran}"
    for name, step in steps.items():
        assert step["status"] in {"Success", "Failed"}, f"{which}: {name} is {step['status']}"
        is_skipped = "skipped due to" in step["output"]
        # A step that was cut short may have been so before its first line.
        assert name in interrupted or ran[name] == (0 if is_skipped else 1), f"{which}: {name}, {step}, {ran}"
    assert ran["fin"] == 1 or "fin" in interrupted, f"{which}: the exit hook did not run"
    expected = "Failed" if interrupted else "Success"
    assert plane.invocation(command_id)["status"] == expected, which
