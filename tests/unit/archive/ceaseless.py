"""A process that writes runs without end and says after each write that it is done: it is made to be killed."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from patchgui.console.archive.archive import Archive
from patchgui.console.events import RunEnded
from patchgui.console.rows import StepOutput
from tests.unit.archive.kept import NOON, PIPELINE, a_run, node


async def write(path: Path, first: int) -> None:
    """Write runs from this number on until somebody ends the process."""
    async with Archive(path) as archive:
        for number in range(first, first + 10_000):
            run_id = f"run-{number}"
            at = NOON + timedelta(days=number)
            await archive.begin(a_run(run_id, at), "{}", pipeline=PIPELINE)
            say("begin", number)
            await archive.take(run_id, [node(f"mi-{each}", f"web-{each}", at=at) for each in range(30)])
            say("take", number)
            outputs = [(f"mi-{each}", "scanStep", StepOutput(f"node {each} of {number}\n" * 50)) for each in range(30)]
            await archive.take_outputs(run_id, outputs)
            say("outputs", number)
            await archive.end(run_id, RunEnded("Success", at, f"Ended as {number}."))
            say("end", number)


def say(what: str, number: int) -> None:
    """Acknowledge a write."""
    print(what, number, flush=True)


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
