"""Reads what failed steps wrote where SSM's list shows too little of it: a few of each first, then the rest."""

import asyncio
from typing import Final

from PySide6.QtCore import QObject, Signal

from patchgui.patching.failing_line import failing_line
from patchgui.patching.failures import FailureFold
from patchgui.ssm.errors import PatchError
from patchgui.ui.run.service import RunService
from patchgui.ui.task_scope import TaskScope

_TASK: Final = "failures"
_SOON: Final = 30
_SOON_PAUSE_S: Final = 0.02
_PAUSE_S: Final = 0.25
"""After the first few: four calls a second at most, so that what is watched is not held up."""


class FailureFeed(QObject):
    """Reads while somebody looks at the failures, one output after the other."""

    told = Signal()
    """A line more is known, or why none will be for now."""

    def __init__(self, service: RunService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._scope = scope
        self._run_id = ""
        self._fold = FailureFold()
        self._is_seen = False
        self.trouble = ""
        """Why outputs cannot be read now; empty while they can."""

    def open(self, run_id: str, fold: FailureFold) -> None:
        """Read for another run from now on."""
        self._scope.cancel(_TASK)
        self._run_id, self._fold, self.trouble = run_id, fold, ""

    def set_seen(self, *, seen: bool) -> None:
        """Read while somebody looks."""
        self._is_seen = seen
        if seen:
            self.wake()
        else:
            self._scope.cancel(_TASK)

    def wake(self) -> None:
        """Read on if there is something to read and somebody who looks."""
        if self._is_seen and self._run_id and self._fold.unread_count:
            self._scope.start(_TASK, self._read)

    async def _read(self) -> None:
        read = 0
        while unread := self._fold.unread():
            for instance_id, step in unread:
                if not await self._read_one(instance_id, step):
                    return
                read += 1
                await asyncio.sleep(_SOON_PAUSE_S if read <= _SOON else _PAUSE_S)

    async def _read_one(self, instance_id: str, step: str) -> bool:
        try:
            output = await self._service.output(self._run_id, instance_id, step)
        except PatchError as error:
            self.trouble = f"outputs cannot be read now: {error}"
            self.told.emit()
            return False
        self.trouble = ""
        self._fold.tell(instance_id, step, failing_line(output.stdout, output.stderr))
        self.told.emit()
        return True
