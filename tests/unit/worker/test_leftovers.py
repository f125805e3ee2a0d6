import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchgui.agent.worker.journal import uptime
from patchgui.agent.worker.leftovers import end_leftovers


class Script:
    """A process as a step starts it, in this session or in one of its own."""

    def __init__(self, command_id: str, *, own_session: bool = False) -> None:
        environment = {**os.environ, "SSM_COMMAND_ID": command_id}
        self.process = subprocess.Popen(["sleep", "60"], env=environment, start_new_session=own_session)
        # Popen returns in the middle of exec: the kernel shows the new environment a moment later.
        shown, limit = Path(f"/proc/{self.process.pid}/environ"), time.monotonic() + 10
        while command_id.encode() not in shown.read_bytes():
            assert time.monotonic() < limit

    def was_killed(self) -> bool:
        try:
            return self.process.wait(timeout=0.3) == -9
        except subprocess.TimeoutExpired:
            return False


@pytest.fixture
def scripts() -> Iterator[list[Script]]:
    started: list[Script] = []
    yield started
    for script in started:
        script.process.kill()
        script.process.wait()


def test_what_an_interrupted_step_left_is_killed(scripts: list[Script]) -> None:
    scripts.append(Script("c-1"))

    killed = end_leftovers("c-1", os.getsid(0), uptime() - 5)

    assert scripts[0].process.pid in killed
    assert scripts[0].was_killed()


def test_other_commands_services_and_earlier_steps_are_left_alone(scripts: list[Script]) -> None:
    scripts += [Script("c-2"), Script("c-1", own_session=True), Script("c-1")]

    end_leftovers("c-1", os.getsid(0), uptime() + 60)
    end_leftovers("c-1", None, None)

    assert end_leftovers("c-1", os.getsid(0) + 100000, 0.0) == []
    assert not any(script.was_killed() for script in scripts)


def test_a_fork_of_the_killed_worker_that_is_no_script_yet_is_killed() -> None:
    # Until its exec it is the worker by its program and has no command in its environment.
    waiting = [sys.executable, "-c", "print(flush=True); input()"]
    fork = subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    with fork:
        assert fork.stdout is not None
        fork.stdout.readline()

        assert end_leftovers("c-1", fork.pid, None) == [fork.pid]
        assert fork.wait() == -9
