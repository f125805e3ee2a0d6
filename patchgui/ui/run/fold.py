"""Folds what the watcher tells into model and counts: a slice of a frame at a time, newest state wins."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from patchgui.patching.failures import FailureFold
from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.progress import NodeProgress
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.tally import Tally

_FRAME_MS: Final = 16
_BUDGET_S: Final = 0.004
_OPENING_S: Final = 0.01
"""What a frame may take while a run is opened: until all of it is there, counts tell of a part."""
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
        self._first: Iterator[NodeProgress] = iter(())
        self.is_opening = False
        """Whether nodes that the run began with are still to come."""
        self._pending: dict[str, NodeProgress] = {}
        self.tally = Tally(0)
        self.flow = PhaseFlow()
        self.failures = FailureFold()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fold)

    def start(
        self, phase_labels: tuple[str, ...], nodes: Sequence[NodeProgress], started_at: datetime | None = None
    ) -> None:
        """Begin another run; many nodes come in over several frames, and are only then asked for."""
        self._pending.clear()
        self._first = iter(nodes)
        self.is_opening = True
        self.tally = Tally(len(phase_labels))
        self.failures = FailureFold()
        self.flow.reset(len(phase_labels), started_at)
        self._model.open(phase_labels, ())
        self._timer.start(0)

    def take(self, nodes: Sequence[NodeProgress]) -> None:
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
        while not self._fold():
            self._timer.stop()

    def stop(self) -> None:
        """Fold nothing more."""
        self._timer.stop()
        self._first, self.is_opening = iter(()), False
        self._pending.clear()

    def _fold(self) -> bool:
        """Fold for a part of a frame; return whether nothing is left."""
        until = perf_counter() + (_OPENING_S if self.is_opening else _BUDGET_S)
        model, tally, flow, failures = self._model, self.tally, self.flow, self.failures
        is_left = True
        while is_left and perf_counter() < until:
            nodes = self._next()
            is_left = bool(nodes)
            for node in nodes:
                old = model.replace(node)
                tally.replace(old, node)
                flow.replace(old, node)
                failures.take(node)
        model.publish()
        self.folded.emit()
        if is_left:
            self._timer.start(_FRAME_MS)
        else:
            self.caught_up.emit()
        return not is_left

    def _next(self) -> list[NodeProgress]:
        """Return the next nodes: those that the run began with before newer ones, which wait for their turn."""
        pending = self._pending
        while first := list(islice(self._first, _SLICE)):
            if nodes := [node for node in first if node.instance_id not in pending]:
                return nodes
        self.is_opening = False
        return [pending.pop(instance_id) for instance_id in list(islice(pending, _SLICE))]
