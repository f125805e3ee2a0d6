"""The parts of the soak that break runs off: at every point of a worker, at commits of the control plane, at random."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.soak.documents import SCENES, Scene
from tests.soak.part import Figure, Lost
from tests.soak.plane import Plane
from tests.soak.platter import Platter, kill_session, make_sync_program
from tests.soak.trial import WORKER, Life, Trial, attempt, to_end
from tests.soak.truth import check

HOWS = ("kill", "power")
COMMITS = 14
"""So many commits a run of four steps takes; a plan for a later one kills nobody."""

KILLS = 3
LONGEST_S = 0.15


def points_of(scene: str) -> tuple[str, ...]:
    """Return the labels of the points that a worker passes in a run of a scene that nobody disturbs."""
    return _attempt(scene, []).points


def every_point(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Have workers die at each point in turn, of each scene in turn, by kill and by power cut.

    One life in four is followed by others that end early, too: crashes in the middle of a recovery.
    """
    names = list(SCENES)
    chance.shuffle(names)
    for name in names:
        lives = [(number, how) for how in HOWS for number in range(1, len(points_of(name)) + 1)]
        chance.shuffle(lives)
        for life in lives:
            if time.monotonic() >= deadline:
                return
            more = [(chance.randint(1, 40), chance.choice(HOWS)) for _ in range(chance.choice((0, 0, 0, 1, 2, 3)))]
            yield from _figures(name, _attempt(name, [life, *more]))


def _attempt(name: str, lives: list[Life]) -> Trial:
    with tempfile.TemporaryDirectory(prefix="patchgui-soak-") as folder:
        return asyncio.run(attempt(Path(folder), SCENES[name](Path(folder)), lives))


def _figures(name: str, trial: Trial) -> Iterator[Figure]:
    yield Figure("runs")
    yield Figure(f"runs of “{name}”")
    yield Figure("workers killed at a chosen point", sum(death.startswith("kill") for death in trial.deaths))
    yield Figure("power cuts at a chosen point", sum(death.startswith("power") for death in trial.deaths))
    yield from _common(trial.steps, trial.interrupted)


def _common(steps: int, interrupted: int) -> Iterator[Figure]:
    yield Figure("steps", steps)
    yield Figure("steps reported as interrupted", interrupted)


def every_commit(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Have the control plane die before and after each commit in turn; every second time its worker dies as well."""
    plans = [(moment, number) for moment in ("before", "after") for number in range(2, COMMITS)]
    chance.shuffle(plans)
    for moment, number in plans:
        if time.monotonic() >= deadline:
            return
        lives: list[Life] = [(chance.randint(1, 100), chance.choice(HOWS))] if chance.random() < 0.5 else []
        with tempfile.TemporaryDirectory(prefix="patchgui-soak-") as folder:
            kills, deaths = die_at_commit(Path(folder), f"{moment} {number}", lives)
        yield Figure("runs")
        yield Figure("control planes killed at a commit", kills)
        yield Figure("control plane and worker killed in one run", int(bool(kills and deaths)))


def die_at_commit(folder: Path, plan: str, lives: list[Life]) -> tuple[int, int]:
    """Run four steps with a control plane that dies as planned and comes back; return how many of each side died.

    Raises:
        Lost: something is not as it must be.
    """
    scene = SCENES["plain"](folder)
    (folder / "document.json").write_text(json.dumps(scene.content))
    (folder / "plane-plan").write_text(plan)
    (folder / "plan.json").write_text(json.dumps(lives))
    make_sync_program(folder / "bin", folder / "platter")
    argv = [sys.executable, "-m", "tests.soak.plane", str(folder)]
    kills = 0
    while (code := subprocess.run(argv, check=False, timeout=60, stderr=subprocess.DEVNULL).returncode) != 0:
        if code != -signal.SIGKILL:
            raise Lost(f"the control plane ended with {code}; plan {plan}, lives {lives}")
        kills += 1
    deaths = (folder / "deaths").read_text().splitlines() if (folder / "deaths").exists() else []
    told = json.loads((folder / "result.json").read_text())
    is_sure = not any("a process runs" in death for death in deaths)
    try:
        check(scene, told["invocation"], told["steps"], folder / "log", is_sure=is_sure)
    except Lost as lost:
        raise Lost(f"plan {plan}, lives {lives}, deaths {deaths}: {lost}") from lost
    return kills, len(deaths)


def random_moments(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Kill workers, or cut the node's power, at random moments, several times in each run."""
    while time.monotonic() < deadline:
        name = chance.choice(list(SCENES))
        with tempfile.TemporaryDirectory(prefix="patchgui-soak-") as folder:
            kills, cuts = asyncio.run(_at_random(Path(folder), SCENES[name](Path(folder)), chance))
        yield Figure("runs")
        yield Figure(f"runs of “{name}”")
        yield Figure("workers killed at a random moment", kills)
        yield Figure("power cuts at a random moment", cuts)


async def _at_random(folder: Path, scene: Scene, chance: random.Random) -> tuple[int, int]:
    make_sync_program(folder / "bin", folder / "platter")
    plane = Plane(folder, worker_program=WORKER)
    try:
        command_id = await plane.launch(scene)
        killer = asyncio.create_task(_kill_now_and_then(plane, command_id, folder, chance))
        await to_end(plane, scene, command_id)
        done = await killer
        check(scene, plane.invocation(command_id), plane.steps(command_id), folder / "log")
    except Lost as lost:
        raise Lost(f"scene “{scene.name}”: {lost}") from lost
    finally:
        await plane.close()
    return done


async def _kill_now_and_then(plane: Plane, command_id: str, folder: Path, chance: random.Random) -> tuple[int, int]:
    kills = cuts = 0
    for _ in range(KILLS):
        # Random moments of a life, not of a start: those are among the chosen points.
        await plane.until(lambda: plane.worker_pid() is not None or plane.is_final(command_id))
        await asyncio.sleep(chance.uniform(0, LONGEST_S))
        is_cut = chance.random() < 0.5
        pid = plane.worker_pid()
        if pid is None:
            continue
        if is_cut:
            # All in one go: the supervisor must not start the next worker before the image is there.
            kill_session(pid)
            Platter(folder / "node" / "journal", folder / "platter").cut()
            cuts += 1
        else:
            plane.kill_worker()
            kills += 1
    return kills, cuts
