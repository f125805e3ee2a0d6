"""The clock that time-outs go by: it goes on evenly, whatever the machine's clock is set to."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from patchgui.agent.worker.boot import boot_id as kernel_boot_id
from patchgui.agent.worker.journal import uptime

_KEEP_EVERY_S = 30.0


class SteadyClock:
    """Tells the time as the machine told it when it started, plus how long it has been up since.

    In one boot it never jumps, across restarts of the agent neither; after a reboot it takes the machine's word again,
    but never goes back. ``is_new_boot`` says that the time in between can't be measured.
    """

    def __init__(
        self,
        file: Path,
        *,
        boot_id: Callable[[], str] = kernel_boot_id,
        up: Callable[[], float] = uptime,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Go on from what ``file`` holds of an earlier start; it is kept up to date from now on."""
        self._file = file
        self._up = up
        self._boot_id = boot_id()
        before, offset, seen = self._read()
        self.is_new_boot = before != self._boot_id
        self._offset = max(wall(), seen) - up() if self.is_new_boot else offset
        self._kept_at = -_KEEP_EVERY_S

    def __call__(self) -> datetime:
        """Return the moment, aware, in UTC."""
        up = self._up()
        if up - self._kept_at >= _KEEP_EVERY_S:
            self._kept_at = up
            self._keep(self._offset + up)
        return datetime.fromtimestamp(self._offset + up, UTC)

    def _read(self) -> tuple[str, float, float]:
        try:
            kept = json.loads(self._file.read_bytes())
            return str(kept["boot_id"]), float(kept["offset"]), float(kept["seen"])
        except (OSError, ValueError, KeyError, TypeError):
            # The first start, or a file that a power cut tore: the machine's clock is all there is.
            return "", 0.0, 0.0

    def _keep(self, seen: float) -> None:
        draft = self._file.with_suffix(".new")
        text = json.dumps({"boot_id": self._boot_id, "offset": self._offset, "seen": seen})
        try:
            draft.write_text(text, encoding="ascii")
            os.replace(draft, self._file)  # noqa: PTH105 - beside the draft
        except OSError:
            # A full disk: the clock goes on; only its memory of this moment is missing after a reboot.
            return
