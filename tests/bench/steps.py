"""The engine alone: what a step of ``true`` costs, and how fast output passes."""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from patchgui.agent.engine import run_document
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.surroundings import Stream
from tests.bench.figure import Figure

STEPS = 20
REPEATS = 15
OUTPUT_MB = 100


class _Nobody:
    """An observer who listens and keeps nothing."""

    def step_started(self, name: str, action: str, at: object) -> None: ...

    def step_output(self, name: str, stream: Stream, data: bytes) -> None: ...

    def step_ended(self, result: StepResult) -> None: ...


def measure() -> Iterator[Figure]:
    """Yield the cost of a step against a bare fork and exec, and the rate of output."""
    steps = [_script(f"step{number}", "true") for number in range(STEPS)]
    # Turn by turn and as many at a time, so that whatever else the machine does delays both alike.
    turns = [(_run_ms(steps) / STEPS, _bare_ms(STEPS) / STEPS) for _ in range(REPEATS)]
    per_step, bare = (statistics.median(side) for side in zip(*turns, strict=True))
    yield Figure("a step of true, engine alone", per_step, "ms", "≤ 3x", bare, "fork+exec of sh -c true")
    flood = [_script("flood", f"head -c {OUTPUT_MB}000000 /dev/zero | tr '\\0' 'x'")]
    yield Figure("output of a step", OUTPUT_MB / (_run_ms(flood) / 1000), "MB/s", "≥ 20 MB/s")


def _script(name: str, line: str) -> dict[str, object]:
    return {"action": "aws:runShellScript", "name": name, "inputs": {"runCommand": [line]}}


def _run_ms(steps: list[dict[str, object]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        host = LocalHost(Path(folder), documents=())
        started = time.perf_counter()
        result = run_document({"schemaVersion": "2.2", "mainSteps": steps}, {}, host, _Nobody())
        elapsed = (time.perf_counter() - started) * 1000
    if result.status.value != "Success":
        raise RuntimeError(f"the document ended {result.status}")
    return elapsed


def _bare_ms(number: int) -> float:
    started = time.perf_counter()
    for _ in range(number):
        subprocess.run(["/bin/sh", "-c", "true"], check=True, close_fds=False)
    return (time.perf_counter() - started) * 1000
