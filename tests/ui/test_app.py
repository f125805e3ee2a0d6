"""The composition root, as a process of its own: it opens, it says what is wrong, it closes cleanly."""

import subprocess
import sys
from pathlib import Path

import pytest

_OPEN_AND_CLOSE = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pathlib import Path
from patchgui.app import run_console
from patchgui.place import Place

loaded = []

def look():
    shell = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "shell")
    said = [label.text() for label in shell.findChildren(QLabel) if label.isVisible()]
    if not any("cannot be used" in text for text in said):
        return
    watch.stop()
    print("said", flush=True)
    if sys.argv[1] == "signal":
        os.kill(os.getpid(), 15)
    else:
        shell.close()

def painted():
    loaded.extend(name for name in sys.argv[2:] if name in sys.modules)
    watch.start(20)

app = QApplication([])
watch = QTimer()
watch.timeout.connect(look)
status = run_console(Place(state_dir=Path("/proc/nowhere")), on_painted=painted)
print("loaded before the first paint:", loaded)
print("ended with", status)
"""

_AFTER_THE_FIRST_PAINT = (
    *("asyncio", "botocore", "httpx", "pydantic", "qasync", "sqlite3", "yaml"),
    *("patchgui.ssm.shapes", "patchgui.ssm.client", "patchgui.console.rows", "patchgui.console.session"),
    *("patchgui.patching.plan", "patchgui.patching.phases", "patchgui.local_agent", "patchgui.connect"),
    *("patchgui.ui.patch_now.node_table", "patchgui.ui.patch_now.confirm", "patchgui.ui.widgets.hook_preview"),
    *("patchgui.ui.patch_now.extras_view", "patchgui.ui.runs.page", "patchgui.ui.run.view"),
    *("patchgui.ui.connections.page", "patchgui.ui.connections.menu", "patchgui.ui.shell.palette"),
)
"""Each costs the start what it takes to load; what a start may take, ``make bench`` measures."""


@pytest.mark.parametrize("way", ["cross", "signal"])
def test_the_window_opens_without_an_agent_says_why_and_closes_cleanly(way: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _OPEN_AND_CLOSE, way, *_AFTER_THE_FIRST_PAINT],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["said", "loaded before the first paint: []", "ended with 0"], done.stderr
    assert "Traceback" not in done.stderr
    assert "Task was destroyed" not in done.stderr


def test_pyside_does_not_read_the_source_of_what_is_imported_after_it() -> None:
    asks = "import builtins; its_own = builtins.__import__; import patchgui.app; print(builtins.__import__ is its_own)"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "True"
