"""SIGKILL of a worker at every record of its journal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import soak

CRASHING = (str(Path(soak.__file__).parent / "crashing_worker.py"),)

# accepted, started, four steps with a start and an end each, ended
WRITES = 11


@pytest.mark.anyio
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
async def test_a_killed_worker_leaves_a_true_state_and_runs_the_exit_hook_once(
    make_plane: Callable[..., Any], four_steps: dict[str, Any], tmp_path: Path, write: int, moment: str
) -> None:
    (tmp_path / "worker-plan").write_text(f"{moment} {write}")
    plane = make_plane(worker_program=CRASHING)
    plane.create("Crash", four_steps)
    await plane.commands.start()

    command_id = plane.send("Crash")
    await plane.ended(command_id)

    assert not (tmp_path / "worker-plan").exists(), "the worker was never killed"
    ran = (tmp_path / "log").read_text().split()
    assert len(ran) == len(set(ran)), "a step ran twice"
    assert ran[-1] == "fin", "the exit hook did not run"
    steps = plane.steps(command_id)
    for name, step in steps.items():
        if "skipped due to" in step["output"]:
            assert name not in ran
        else:
            assert name in ran
            assert step["status"] == "Success" or "was interrupted" in step["stderr"]
    expected = "Failed" if any(step["status"] == "Failed" for step in steps.values()) else "Success"
    assert plane.invocation(command_id)["status"] == expected
