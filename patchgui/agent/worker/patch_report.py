"""The report that the patch program leaves on the node after a scan or an install."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.worker.own_files import is_small_file

_MOST_BYTES = 16 * 1024 * 1024


class PatchReportFile:
    """The file ``patch-report.json``; says when it is another than the last time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def changed(self) -> Mapping[str, Any] | None:
        """Return the report if the file was replaced since the last call, else None."""
        stamp = self._stamp()
        if stamp in (None, self._seen):
            return None
        self._seen = stamp
        if not is_small_file(self._path, _MOST_BYTES):
            # A script has put something else there.
            return None
        try:
            report = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            # Being replaced at this moment, or spoilt by a hook: the next scan writes a new one.
            return None
        return report if isinstance(report, dict) else None

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)
