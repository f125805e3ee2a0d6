"""What the keyboard does on the timeline, and what Ctrl+C copies."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from patchgui.patching.progress import NodeProgress, PhaseProgress
from patchgui.ui.run.matrix_delegate import ROW_HEIGHT_PX
from patchgui.ui.run.matrix_model import MatrixModel

if TYPE_CHECKING:
    from patchgui.ui.run.timeline.view import TimelineView

_ZOOM: Final = 1.25
_PAN: Final = 0.1
_NO_PHASE: Final = -1
_SIDEWAYS: Final[dict[int, int]] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Keys:
    """Acts on a timeline: arrows choose the node and pan, with Shift they choose the phase; + - 0 Z zoom."""

    def __init__(self, view: "TimelineView", model: MatrixModel) -> None:
        self._view, self._model = view, model

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means here; return whether it means anything."""
        view, key = self._view, event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied_text())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            view.pane_wanted.emit()
        elif key in _SIDEWAYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._step_phase(_SIDEWAYS[key])
        elif key in _SIDEWAYS:
            view.show_window(view.window_shown.panned(_SIDEWAYS[key] * _PAN * view.window_shown.span_s))
        else:
            return self._step_node(key) or self._zoom(event)
        return True

    def _zoom(self, event: QKeyEvent) -> bool:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        match event.text():
            case "+" | "=":
                self._view.zoom(_ZOOM)
            case "-":
                self._view.zoom(1 / _ZOOM)
            case "0":
                self._view.fit()
            case "z" | "Z":
                self._view.zoom_to_chosen()
            case _:
                return False
        return True

    def _step_node(self, key: int) -> bool:
        rows = self._view.rows
        last = len(rows) - 1
        here = rows.place_of(self._view.chosen[0])
        page = max(self._view.viewport().height() // ROW_HEIGHT_PX - 1, 1)
        place = here if here is not None else -1
        goals: dict[int, int] = {
            Qt.Key.Key_Up: place - 1,
            Qt.Key.Key_Down: place + 1,
            Qt.Key.Key_PageUp: place - page,
            Qt.Key.Key_PageDown: place + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key not in goals:
            return False
        if last >= 0:
            node = rows.node(min(max(goals[key], 0), last))
            self._view.choose(node.instance_id, _NO_PHASE)
            self._view.reveal()
        return True

    def _step_phase(self, by: int) -> None:
        instance_id, phase = self._view.chosen
        node = self._model.node(instance_id)
        ran = [number for number, each in enumerate(node.phases) if each.started_at is not None] if node else []
        wanted = [number for number in ran if number > phase][:1] if by > 0 else [n for n in ran if n < phase][-1:]
        if wanted:
            self._view.choose(instance_id, wanted[0])

    def copied_text(self) -> str:
        """Return the phases of the chosen node, or of all nodes, as tab separated values with a head line."""
        chosen, rows = self._model.node(self._view.chosen[0]), self._view.rows
        nodes = [chosen] if chosen else [rows.node(place) for place in range(len(rows))]
        lines = ["Node\tPhase\tState\tStart\tEnd\tExit code"]
        lines.extend(_line(node, phase) for node in nodes for phase in node.phases)
        return "\n".join(lines)


def _line(node: NodeProgress, phase: PhaseProgress) -> str:
    return "\t".join(
        (
            node.name or node.instance_id,
            phase.phase.label,
            phase.state.label,
            phase.started_at.isoformat() if phase.started_at else "",
            phase.ended_at.isoformat() if phase.ended_at else "",
            "" if phase.exit_code is None else str(phase.exit_code),
        )
    )
