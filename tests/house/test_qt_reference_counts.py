"""PySide6 6.12.0 drops a reference to None on each void call below Python 3.12: the pinned one must not."""

import subprocess
import sys

_VOID_CALLS = """
from PySide6.QtCore import QCoreApplication, QObject
app = QCoreApplication([])
thing = QObject()
for _ in range(20_000):
    thing.setObjectName("x")
print("alive")
"""


def test_twenty_thousand_void_calls_leave_the_interpreter_alive() -> None:
    done = subprocess.run([sys.executable, "-c", _VOID_CALLS], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr
