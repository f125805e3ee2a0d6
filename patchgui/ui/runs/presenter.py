"""Keeps the list of runs fresh: often while something runs, seldom otherwise."""

import asyncio
from typing import Final

from PySide6.QtCore import QObject, Signal

from patchgui.ssm.errors import PatchError
from patchgui.ui.runs.runs_model import RunsModel
from patchgui.ui.runs.service import RunsService
from patchgui.ui.task_scope import Again, TaskScope

_BUSY_S: Final = 1.5
_QUIET_S: Final = 10.0
_HIDDEN_S: Final = 30.0
_RETRY_S: Final = 5.0


class RunsPresenter(QObject):
    """Owns the model of the list. ``listed`` and ``failed`` tell how the last question was answered."""

    listed = Signal()
    """The list is as the endpoint told it a moment ago."""
    failed = Signal(object)
    """The ``PatchError`` of the last question; it is asked again in a few seconds."""
    active_changed = Signal(object)
    """How many runs have not ended."""

    def __init__(self, service: RunsService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._scope = scope
        self._active = 0
        self._is_shown = False
        self.model = RunsModel(self)

    def start(self) -> None:
        """Ask now, and go on asking until the scope closes."""
        self._scope.start("list", self._keep_listing, Again.REPLACE)

    def set_shown(self, *, shown: bool) -> None:
        """Ask at once when the list comes on screen, seldom while it is not."""
        self._is_shown = shown
        if shown:
            self.start()

    async def _keep_listing(self) -> None:
        while True:
            wait_s = await self._list()
            await asyncio.sleep(wait_s)

    async def _list(self) -> float:
        """Ask once; return how long to wait, in seconds, before asking again."""
        try:
            runs = await self._service.runs()
        except PatchError as error:
            self.failed.emit(error)
            return _RETRY_S
        self.model.show_runs(runs)
        self.listed.emit()
        if self.model.active != self._active:
            self._active = self.model.active
            self.active_changed.emit(self._active)
        if self._active:
            return _BUSY_S
        return _QUIET_S if self._is_shown else _HIDDEN_S
