"""SIGKILL of the control plane at every commit, and its return."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = ("-m", "tests.soak.plane")
COMMITS = 14


# Before and after in turn; the soak takes all.
@pytest.mark.parametrize(("commit", "moment"), [(n, ("before", "after")[n % 2]) for n in range(2, COMMITS)])
def test_a_killed_control_plane_comes_back_to_a_run_that_lost_nothing(
    tmp_path: Path, four_steps: dict[str, Any], commit: int, moment: str
) -> None:
    (tmp_path / "document.json").write_text(json.dumps(four_steps))
    (tmp_path / "plane-plan").write_text(f"{moment} {commit}")

    first = subprocess.run([sys.executable, *PROGRAM, tmp_path], check=False, timeout=60)
    if first.returncode == -signal.SIGKILL:
        subprocess.run([sys.executable, *PROGRAM, tmp_path], check=True, timeout=60)

    result = json.loads((tmp_path / "result.json").read_text())
    assert result["invocation"]["status"] == "Success"
    assert {name: step["status"] for name, step in result["steps"].items()} == dict.fromkeys(
        ("one", "two", "three", "fin"), "Success"
    )
    assert (tmp_path / "log").read_text().split() == ["one", "two", "three", "fin"]
