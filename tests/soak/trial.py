"""One run of a scene whose node's worker dies at chosen points."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from tests.soak.documents import Scene
from tests.soak.part import Lost
from tests.soak.plane import NODE_ID, Plane
from tests.soak.platter import make_sync_program
from tests.soak.truth import check

LIMIT_S = 30.0
WORKER = ("-m", "tests.soak.crashing_worker")

Life = tuple[int | str, str]
"""The point at which a worker's life ends (its number, or its label and how often it comes), and how."""


@dataclass(frozen=True)
class Trial:
    """What came of it: the points that the last worker passed, the labels of those where workers died, and counts."""

    points: tuple[str, ...]
    deaths: tuple[str, ...]
    steps: int
    interrupted: int


async def attempt(folder: Path, scene: Scene, lives: list[Life]) -> Trial:
    """Run a scene in a folder of its own while workers die as planned, and check what came of it.

    Raises:
        Lost: something is not as it must be; the text tells the deaths.
    """
    (folder / "plan.json").write_text(json.dumps(lives))
    make_sync_program(folder / "bin", folder / "platter")
    plane = Plane(folder, worker_program=WORKER)
    try:
        command_id = await plane.launch(scene)
        await to_end(plane, scene, command_id)
        steps, deaths = plane.steps(command_id), _lines(folder / "deaths")
        is_sure = not any("a process runs" in death for death in deaths)
        check(scene, plane.invocation(command_id), steps, folder / "log", is_sure=is_sure)
    except Lost as lost:
        raise Lost(f"scene “{scene.name}”, lives {lives}, deaths {_lines(folder / 'deaths')}: {lost}") from lost
    finally:
        await plane.close()
    interrupted = sum("was interrupted" in step["stderr"] for step in steps.values())
    return Trial(_lines(folder / "points"), deaths, len(steps), interrupted)


async def to_end(plane: Plane, scene: Scene, command_id: str) -> None:
    """Wait for a command's end; cancel it first, where the scene is one that is cancelled.

    Raises:
        Lost: it does not end.
    """
    try:
        async with asyncio.timeout(LIMIT_S):
            if scene.is_cancelled:
                key = (command_id, NODE_ID, "two")
                await plane.until(
                    lambda: (
                        "begun" in plane.commands.live_output.text(key, "stdout")
                        or "interrupted" in plane.steps(command_id)["two"]["stderr"]
                        or "interrupted" in plane.steps(command_id)["one"]["stderr"]
                    )
                )
                if not plane.is_final(command_id):
                    plane.commands.cancel(command_id, [])
            await plane.ended(command_id)
    except TimeoutError:
        raise Lost(f"the run did not end in {LIMIT_S} s") from None


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text().splitlines()) if path.exists() else ()
