"""The engine: what a step of ``true`` costs, and how fast output passes, alone and all the way to the control plane."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from patchgui.agent.engine import run_document
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.surroundings import Stream
from tests.agent_process import AgentProcess
from tests.bench.figure import Figure
from tests.bench.peak import growth_of

STEPS = 20
REPEATS = 15
OUTPUT_MB = 100
_PYTHON = Path(sys.executable).name
FLOOD = f"head -c {OUTPUT_MB}000000 /dev/zero | tr '\\0' 'x'"


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
    with growth_of() as growth:
        elapsed_s = _run_ms([_script("flood", FLOOD)]) / 1000
    yield Figure("output of a step", OUTPUT_MB / elapsed_s, "MB/s", "≥ 20 MB/s")
    yield Figure(f"memory while {OUTPUT_MB} MB pass", growth.mb, "MB", "≤ 8 MB")
    yield from _through_a_worker()


def _through_a_worker() -> Iterator[Figure]:
    """Yield the rate of output on its whole way: worker, journal, live output, control plane."""
    with tempfile.TemporaryDirectory() as folder, AgentProcess(Path(folder) / "agent") as agent:
        node = agent.wait_online()["web-1"]
        agent.run_shell(node, "true")
        with growth_of(agent.pid) as plane, growth_of(_worker_of(node)) as node_worker:
            started = time.perf_counter()
            shown = agent.run_shell(node, FLOOD)
            elapsed_s = time.perf_counter() - started
    if not shown.startswith("xxx"):
        raise RuntimeError(f"the output did not come through: {shown[:100]!r}")
    yield Figure(f"{OUTPUT_MB} MB through a worker", OUTPUT_MB / elapsed_s, "MB/s", "≥ 20 MB/s")
    yield Figure("memory of that worker meanwhile", node_worker.mb, "MB", "≤ 16 MB")
    yield Figure("memory of the control plane meanwhile", plane.mb, "MB", "≤ 16 MB")


def _worker_of(node: str) -> int:
    """Return the process id of a node's worker, as this side sees it: the last one started with the node's name."""
    named = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if node.encode() in words and words[0].decode().endswith(_PYTHON):
                named.append(int(path.parent.name))
    return max(named)


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
