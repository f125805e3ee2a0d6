"""Folds what the watcher tells into model and counts: a slice of a frame at a time, newest state wins."""

from datetime import datetime
from itertools import islice
from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.progress import NodeProgress
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.tally import Tally

_FRAME_MS: Final = 16
_BUDGET_S: Final = 0.004
_SLICE: Final = 64


class NodeFold(QObject):
    """Takes nodes in any number at any time; changes the model once a frame, for at most a third of it."""

    folded = Signal()
    """The model and the tally are newer than before."""
    caught_up = Signal()
    """Nothing is left to fold."""

    def __init__(self, model: MatrixModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._pending: dict[str, NodeProgress] = {}
        self.tally = Tally(0)
        self.flow = PhaseFlow()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fold)

    def start(
        self, phase_labels: tuple[str, ...], nodes: tuple[NodeProgress, ...], started_at: datetime | None = None
    ) -> None:
        """Begin another run; many nodes come in over several frames."""
        self._pending.clear()
        self.tally = Tally(len(phase_labels))
        self.flow.reset(len(phase_labels), started_at)
        self._model.open(phase_labels, ())
        self._pending.update((node.instance_id, node) for node in nodes)
        self._timer.start(0)

    def take(self, nodes: tuple[NodeProgress, ...]) -> None:
        """Fold ``nodes`` in the frames to come."""
        self._pending.update((node.instance_id, node) for node in nodes)
        if self._pending and not self._timer.isActive():
            self._timer.start(_FRAME_MS)

    def touch(self) -> None:
        """Tell ``folded`` in the next frame, though no node changed."""
        if not self._timer.isActive():
            self._timer.start(_FRAME_MS)

    def flush(self) -> None:
        """Fold everything at once, however long it takes."""
        self._timer.stop()
        self._fold()
        while self._pending:
            self._fold()

    def stop(self) -> None:
        """Fold nothing more."""
        self._timer.stop()
        self._pending.clear()

    def _fold(self) -> None:
        until = perf_counter() + _BUDGET_S
        model, tally, flow, pending = self._model, self.tally, self.flow, self._pending
        while pending and perf_counter() < until:
            for instance_id in list(islice(pending, _SLICE)):
                node = pending.pop(instance_id)
                old = model.replace(node)
                tally.replace(old, node)
                flow.replace(old, node)
        model.publish()
        self.folded.emit()
        if pending:
            self._timer.start(_FRAME_MS)
        else:
            self.caught_up.emit()
