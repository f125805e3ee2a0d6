"""What must be true of a run that has ended, whatever was killed meanwhile."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.soak.documents import Scene
from tests.soak.part import Lost

Row = Mapping[str, Any]


def check(scene: Scene, invocation: Row, steps: Mapping[str, Row], log: Path, *, is_sure: bool = False) -> None:
    """Compare what a run says of itself with what its steps have left in the log.

    Args:
        scene: What was run.
        invocation: What the control plane says of it.
        steps: What it says of its steps, in their order.
        log: Where the steps left their lines.
        is_sure: Whether nothing was killed while a process of a step ran; then the exit hook must have begun for sure.

    Raises:
        Lost: they differ, a step ran twice, or the exit hook did not run.
    """
    ran = Counter(log.read_text().split()) if log.exists() else Counter()
    interrupted = {name for name, step in steps.items() if "was interrupted" in step["stderr"]}
    story = f"{dict(ran)} ran, { ({name: (step['status'], step['output']) for name, step in steps.items()}) }"
    for line, count in ran.items():
        if count > scene.times.get(line, 1):
            raise Lost(f"{line} ran {count} times: {story}")
    for name, step in steps.items():
        _check_step(scene, name, step, ran, story, is_interrupted=name in interrupted)
    last = [*steps][-1]
    if is_sure and not scene.is_cancelled and not ran[scene.lines[last][0]]:
        raise Lost(f"the exit hook was not run: {story}")
    as_planned = {"Cancelled", "Failed"} if scene.is_cancelled else {"Success"}
    expected = {"Failed"} if interrupted else as_planned
    if invocation["status"] not in expected:
        raise Lost(f"the run ended {invocation['status']}, not {expected}: {story}")


def _check_step(scene: Scene, name: str, step: Row, ran: Counter[str], story: str, *, is_interrupted: bool) -> None:
    final = {"Success", "Failed", "Cancelled"} if scene.is_cancelled else {"Success", "Failed"}
    if step["status"] not in final:
        raise Lost(f"{name} is {step['status']}: {story}")
    if is_interrupted:
        if step["status"] != "Failed":
            raise Lost(f"{name} was interrupted and is {step['status']}: {story}")
        # It may have been so before its first line.
        return
    is_left_out = "skipped due to" in step["output"] or step["status"] == "Cancelled"
    for line in scene.lines[name]:
        expected = 0 if is_left_out else scene.times.get(line, 1)
        if ran[line] != expected and not (step["status"] == "Cancelled" and ran[line] == 1):
            raise Lost(f"{line} ran {ran[line]} times, not {expected}: {story}")
