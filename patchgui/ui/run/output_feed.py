"""Fetches what one step wrote on one node, again and again while it writes. Only the open step is fetched."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from patchgui.console.rows import StepOutput
from patchgui.ssm.errors import PatchError
from patchgui.ui.run.service import RunService
from patchgui.ui.task_scope import Again, TaskScope

_TASK: Final = "output"
_POLL_S: Final = 0.5
_SLOWEST_POLL_S: Final = 4.0
"""A step that writes nothing for long is asked less often."""
_RETRY_S: Final = 3.0
_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class OutputShown:
    """What the output pane shows: the words of ``step`` on ``instance_id``, or why there are none.

    ``output`` is None while the first answer is awaited; ``trouble`` and ``hint`` say why an answer did not come.
    """

    instance_id: str
    step: str
    output: StepOutput | None = None
    trouble: str = ""
    hint: str = ""
    note: str = ""


class OutputFeed(QObject):
    """Follows one step at a time; what has ended is kept, so going back to it shows it at once."""

    changed = Signal(object)
    """An :class:`OutputShown`."""

    def __init__(self, service: RunService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._scope = scope
        self._run_id = ""
        self._shown = OutputShown("", "")
        self._kept: dict[tuple[str, str], StepOutput] = {}

    def open(self, run_id: str) -> None:
        """Follow steps of another run from now on."""
        self._scope.cancel(_TASK)
        self._run_id = run_id
        self._kept.clear()
        self._shown = OutputShown("", "")

    def show_note(self, instance_id: str, step: str, note: str) -> None:
        """Show a sentence instead of output: the step has not run."""
        wanted = OutputShown(instance_id, step, note=note)
        if wanted != self._shown:
            self._scope.cancel(_TASK)
            self._tell(wanted)

    def follow(self, instance_id: str, step: str) -> None:
        """Show what ``step`` wrote and go on while it writes; the step that is followed already is left alone."""
        known = self._shown
        if (known.instance_id, known.step, known.note) == (instance_id, step, "") and (
            self._scope.is_running(_TASK) or (known.output is not None and known.output.is_complete)
        ):
            return
        kept = self._kept.get((instance_id, step))
        self._tell(OutputShown(instance_id, step, kept))
        if kept is None:
            self._scope.start(_TASK, lambda: self._poll(instance_id, step), Again.REPLACE)
        else:
            self._scope.cancel(_TASK)

    def pause(self) -> None:
        """Ask no more until the next :meth:`follow`."""
        self._scope.cancel(_TASK)

    async def _poll(self, instance_id: str, step: str) -> None:
        wait_s = _POLL_S
        while True:
            try:
                output = await self._service.output(self._run_id, instance_id, step)
            except PatchError as error:
                self._tell(replace(self._shown, trouble=str(error), hint=error.hint))
                await asyncio.sleep(_RETRY_S)
                continue
            wait_s = _POLL_S if output != self._shown.output else min(wait_s * 1.3, _SLOWEST_POLL_S)
            self._tell(OutputShown(instance_id, step, output))
            if output.is_complete:
                self._keep(instance_id, step, output)
                return
            await asyncio.sleep(wait_s)

    def _keep(self, instance_id: str, step: str, output: StepOutput) -> None:
        self._kept[instance_id, step] = output
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    def _tell(self, shown: OutputShown) -> None:
        if shown != self._shown:
            self._shown = shown
            self.changed.emit(shown)
