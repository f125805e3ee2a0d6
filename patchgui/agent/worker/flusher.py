"""Brings what steps write to the disk, shortly after they wrote it and without holding them up."""

import threading
import time

from patchgui.agent.worker.output_log import OutputLog

DELAY_S = 0.25
"""How long output may be without having been flushed: what was shown for longer than that survives a power cut."""


class Flusher:
    """Flushes the output logs that were added to; a thread of its own waits for the disk."""

    def __init__(self) -> None:
        self._due: set[OutputLog] = set()
        self._lock = threading.Lock()
        self._is_due = threading.Event()
        threading.Thread(target=self._work, name="flusher", daemon=True).start()

    def soon(self, log: OutputLog) -> None:
        """Have a log flushed before `DELAY_S` is over."""
        with self._lock:
            self._due.add(log)
        self._is_due.set()

    def _work(self) -> None:
        while True:
            self._is_due.wait()
            self._is_due.clear()
            with self._lock:
                due, self._due = self._due, set()
            for log in due:
                log.sync()
            time.sleep(DELAY_S)
