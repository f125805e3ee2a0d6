"""A part of the soak over a real agent and its sandbox nodes: worker, node and agent killed at random moments."""

import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.e2e.agent.conftest import AgentProcess
from tests.soak import documents
from tests.soak.documents import Scene
from tests.soak.part import Figure, Lost
from tests.soak.truth import check

NODE = "web-1"
LOG = "/root/log"
LONGEST_S = 1.5


def scenes() -> tuple[Scene, ...]:
    """Return what is run: four steps, and a step that asks for a reboot."""
    # As the node sees its files.
    return documents.four_steps(Path("/root")), documents.reboots(Path("/root"), times=1)


def killed_nodes(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Run documents on a sandbox node while its processes, all of it, or the agent are killed."""
    with tempfile.TemporaryDirectory(prefix="patchgui-soak-") as folder:
        agent = AgentProcess(Path(folder, "state"))
        try:
            for number, scene in enumerate(scenes()):
                content = json.dumps(scene.content)
                agent.ssm.create_document(Name=f"Scene{number}", Content=content, DocumentType="Command")
            while time.monotonic() < deadline:
                number = chance.randrange(len(scenes()))
                yield from _run(agent, number, chance)
        finally:
            agent.end()


def _run(agent: AgentProcess, number: int, chance: random.Random) -> Iterator[Figure]:
    scene = scenes()[number]
    for left in (LOG, "/root/count"):
        agent.inside(left, NODE).unlink(missing_ok=True)
    command_id = agent.send(f"Scene{number}", NODE)
    kills: Counter[str] = Counter()
    for _ in range(chance.randint(1, 3)):
        threading.Event().wait(chance.uniform(0, LONGEST_S))
        what = chance.choice(("worker", "node", "agent"))
        if what == "agent":
            agent.kill()
            agent.start()
        elif not _kill(agent, whole_node=what == "node"):
            continue
        kills[what] += 1
    try:
        agent.ended(command_id)
    except AssertionError as error:
        raise Lost(f"{scene.name} did not end: {error}") from error
    shown = agent.invocation(command_id, NODE)
    steps: dict[str, dict[str, Any]] = {
        plugin["Name"]: {"status": plugin["Status"], "output": plugin["Output"], "stderr": plugin["Output"]}
        for plugin in shown["CommandPlugins"]
    }
    check(scene, {"status": shown["Status"]}, steps, agent.inside(LOG, NODE))
    yield Figure("runs")
    yield Figure("runs on sandbox nodes")
    for what, count in kills.items():
        yield Figure(f"{what}s of a sandbox killed at a random moment", count)


def _kill(agent: AgentProcess, *, whole_node: bool) -> bool:
    """Kill a node's worker, or its first process and with it everything; return whether there was one."""
    try:
        pid = agent.worker_pid(NODE)
        status = Path(f"/proc/{pid}/status").read_text()
    except (AssertionError, OSError):
        # It is just being started.
        return False
    parent = next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
    try:
        os.kill(int(parent) if whole_node else pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
