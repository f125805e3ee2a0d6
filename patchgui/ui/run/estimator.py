"""What earlier runs tell of this one: how long it goes on, and how long each node is usually away."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from patchgui.console.rows import RunSummary
from patchgui.patching.estimates import NodeDurations, TimeLeft, time_left
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress
from patchgui.patching.wording import counted
from patchgui.ssm.errors import PatchError
from patchgui.ui.run.reboots import Reboots
from patchgui.ui.run.spans import utc_now
from patchgui.ui.task_scope import Again, TaskScope

_EVERY_S: Final = 2.0
_EVERY_LARGE_S: Final = 10.0
_LARGE: Final = 1000
_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3600.0


class EarlierRuns(Protocol):
    """The part of the archive that knows how long things took."""

    async def durations(self, instance_ids: Sequence[str], document: str, operation: str) -> NodeDurations:
        """Return how long phases took in the last runs of this document and operation. Raises ``PatchError``."""
        ...


class Estimator(QObject):
    """Asks the archive once for each run, then says every few seconds how much longer the run goes on."""

    changed = Signal()
    """``words`` or the reboots' measure are others."""

    def __init__(self, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope
        self._archive: EarlierRuns | None = None
        self._durations = NodeDurations()
        self.reboots = Reboots()
        self.words = ""
        """``about 4 min left, from 6 earlier runs of these nodes``; empty where there is no ground to say so."""
        self.note = ""
        """What it seldom goes beyond, for a tooltip."""

    def use(self, archive: EarlierRuns) -> None:
        """Ask this archive from now on."""
        self._archive = archive

    def open(self, platforms: Mapping[str, str]) -> None:
        """Know nothing of another run yet."""
        self._scope.cancel("estimate")
        self._durations, self.words, self.note = NodeDurations(), "", ""
        self.reboots.know(self._durations, platforms)

    def start(
        self, summary: RunSummary, nodes: Callable[[], Sequence[NodeProgress]], platforms: Mapping[str, str]
    ) -> None:
        """Estimate a run that goes on until :meth:`stop`; ``nodes`` tells where they stand each time."""
        archive = self._archive
        if archive is not None and not summary.is_final:
            self._scope.start("estimate", lambda: self._keep_telling(archive, summary, nodes, platforms), Again.IGNORE)

    def stop(self) -> None:
        """The run has ended: nothing is left."""
        self._scope.cancel("estimate")
        self.words = self.note = ""
        self.changed.emit()

    async def _keep_telling(
        self,
        archive: EarlierRuns,
        summary: RunSummary,
        nodes: Callable[[], Sequence[NodeProgress]],
        platforms: Mapping[str, str],
    ) -> None:
        asked = 0
        while True:
            ids = [node.instance_id for node in nodes()]
            if len(ids) > asked:
                try:
                    self._durations = await archive.durations(ids, summary.document, summary.operation)
                except PatchError:
                    # Nobody asked for an estimate: a run without one is whole.
                    return
                asked = len(ids)
                self.reboots.know(self._durations, platforms)
                self.changed.emit()
            # Ten thousand nodes take a while: not in the loop that draws.
            left = await asyncio.to_thread(time_left, list(nodes()), self._durations, utc_now())
            words = left_words(left, earlier_runs(self._durations))
            note = f"Seldom more than {rounded(left.most_s)}." if left is not None else ""
            if (words, note) != (self.words, self.note):
                self.words, self.note = words, note
                self.changed.emit()
            await asyncio.sleep(_EVERY_S if len(ids) < _LARGE else _EVERY_LARGE_S)


def earlier_runs(durations: NodeDurations) -> int:
    """Return in how many earlier runs these nodes were seen: as often as a phase ran on the one that is known best."""
    seen = (
        len(seconds)
        for phases in durations.of_node.values()
        for phase, seconds in phases.items()
        if phase is not Phase.REBOOT
    )
    return max(seen, default=0)


def left_words(left: TimeLeft | None, runs: int) -> str:
    """Return how much longer a run goes on and how that is known; empty where nothing is."""
    if left is None:
        return ""
    if left.is_own and runs:
        return f"about {rounded(left.likely_s)} left, from {counted(runs, 'earlier run')} of these nodes"
    ground = f"{counted(runs, 'earlier run')} of these nodes and others" if runs else "earlier runs of other nodes"
    return f"about {rounded(left.likely_s)} left, from {ground}"


def rounded(seconds: float) -> str:
    """Return a duration as coarse as an estimate is: ``10 s``, ``4 min``, ``1 h 20 min``."""
    if seconds < _MINUTE_S - 5:
        return f"{max(10, round(seconds / 10) * 10)} s"
    if seconds < _HOUR_S - 30:
        return f"{max(1, round(seconds / 60))} min"
    hours, minutes = divmod(round(seconds / 600) * 10, 60)
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"
