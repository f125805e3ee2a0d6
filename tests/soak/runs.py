"""Runs that are broken off at random moments, several times each."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.soak import documents
from tests.soak.part import Figure
from tests.soak.plane import Plane
from tests.soak.truth import check

KILLS = 3
LONGEST_S = 0.12
STEPS = ("one", "two", "three", "fin")


def kill_at_random(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Kill workers at random moments until the deadline."""
    number = 0
    while time.monotonic() < deadline:
        number += 1
        with tempfile.TemporaryDirectory(prefix="patchgui-soak-") as folder:
            kills = asyncio.run(_run(Path(folder), chance, f"run {number}"))
        yield Figure("runs")
        yield Figure("workers killed at random", kills)
        yield Figure("steps", len(STEPS))
        yield Figure("exit hooks")


async def _run(folder: Path, chance: random.Random, which: str) -> int:
    log = folder / "log"
    plane = Plane(folder)
    try:
        plane.create("Crash", documents.plain(log, *STEPS))
        await plane.commands.start()
        command_id = plane.send("Crash")
        killer = asyncio.create_task(kill_now_and_then(plane, chance))
        await plane.ended(command_id)
        kills = await killer
        check(plane.invocation(command_id), plane.steps(command_id), log, which)
    finally:
        await plane.close()
    return kills


async def kill_now_and_then(plane: Plane, chance: random.Random) -> int:
    """Kill whatever worker there is, after random times; return how many there were."""
    (supervisor,) = plane.commands._supervisors._running
    kills = 0
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0, LONGEST_S))
        connection = supervisor._connection
        if connection is not None:
            os.kill(connection.worker_pid, signal.SIGKILL)
            kills += 1
    return kills
