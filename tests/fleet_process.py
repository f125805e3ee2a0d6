"""A real ``patchgui demo-fleet`` process for tests and benchmarks."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.agent_process import STOP_S, AgentDoor


class FleetProcess(AgentDoor):
    """A fleet on a state folder of its own; a context manager that leaves nothing running."""

    def __init__(self, state_dir: Path, *options: str) -> None:
        super().__init__({})
        self._argv = [sys.executable, "-m", "patchgui", "demo-fleet", "--state-dir", str(state_dir), *options]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            assert self._process.stderr is not None
            raise RuntimeError(f"the fleet did not start: {self._process.stderr.read()}")
        self.ready = json.loads(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=STOP_S)
