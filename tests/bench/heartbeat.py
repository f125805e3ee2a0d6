"""Notices how long the window's loop did not turn."""

import time

from PySide6.QtCore import QTimer


class Heartbeat:
    """A timer of 0 ms measures the time between its calls; ``gaps_ms`` are all of them."""

    def __init__(self) -> None:
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(0)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now

    def stop(self) -> None:
        """Stop listening."""
        self._timer.stop()
