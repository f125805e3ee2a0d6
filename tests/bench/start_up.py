"""From the start of the process to a window that takes input, against a bare PySide6 window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from tests.bench.figure import Figure

REPEATS = 9
_BARE = """
import os
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.resize(1440, 900)
window.show()
QTimer.singleShot(0, lambda: (print("usable", flush=True), os._exit(0)))
app.exec()
"""
# The timer fires when the event loop turns: the window is on screen and takes input. Nobody listens at that address.
# The console's imports come first, as they do when it is started from the command line.
_CONSOLE = """
import os
from patchgui.app import run_console
from patchgui.console.connection import aws_connection
from patchgui.place import Place
from PySide6.QtCore import QTimer
def painted():
    QTimer.singleShot(0, lambda: (print("usable", flush=True), os._exit(0)))
connection = aws_connection(region="local", endpoint_url="http://127.0.0.1:9")
run_console(Place(connection), on_painted=painted)
"""


def measure() -> Iterator[Figure]:
    """Yield the medians; the two take turns, so that both meet the same machine."""
    with tempfile.TemporaryDirectory() as home:
        times = [(_usable_ms(_CONSOLE, home), _usable_ms(_BARE, home)) for _ in range(REPEATS)]
    console, bare = (statistics.median(each) for each in zip(*times[1:], strict=True))
    yield Figure("start to a usable window", console, "ms", "≤ 2.5x", bare, "a bare PySide6 window")


def _usable_ms(program: str, home: str) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    # What is installed is compiled once, by the installer or at the first start; the first of our pairs does it here.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        word = process.stdout.readline()
        elapsed = (time.perf_counter() - started) * 1000
    if word != "usable\n":
        raise RuntimeError("the window did not open")
    return elapsed
