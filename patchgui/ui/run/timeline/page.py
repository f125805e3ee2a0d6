"""The timeline with its corner and its legend: what the card of the nodes shows on that tab."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.phases import Phase
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.timeline.corner import TimelineCorner
from patchgui.ui.run.timeline.legend import TimelineLegend
from patchgui.ui.run.timeline.order import Order
from patchgui.ui.run.timeline.view import TimelineView

_ZOOM: Final = 1.6


class TimelinePage(QWidget):
    """Passes on what its parts say."""

    node_chosen = Signal(str, object)
    pane_wanted = Signal()

    def __init__(self, model: MatrixModel, flow: PhaseFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = TimelineView(model, flow)
        self.corner = TimelineCorner()
        self.view.set_corner(self.corner)
        self.legend = TimelineLegend()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self.view, 1)
        whole.addWidget(self.legend)
        self.setFocusProxy(self.view)
        self.corner.zoom_pressed.connect(self._on_zoom)
        self.corner.order_chosen.connect(self._on_order)
        self.view.zoom_changed.connect(self._refresh)
        self.view.node_chosen.connect(self.node_chosen)
        self.view.pane_wanted.connect(self.pane_wanted)
        self._refresh()

    def open(self, phases: Sequence[Phase]) -> None:
        """Show another run."""
        self.view.open()
        self.view.head.set_phases(phases)
        self.legend.set_phases(phases)
        self.corner.show_order(Order.RUN, descending=False)
        self._refresh()

    def _on_zoom(self, name: str) -> None:
        if name == "fit":
            self.view.fit()
        else:
            self.view.zoom(_ZOOM if name == "plus" else 1 / _ZOOM)

    def _on_order(self, order: Order, descending: bool) -> None:
        self.view.sort(order, descending=descending)

    def _refresh(self) -> None:
        is_whole = self.view.window_shown.is_whole
        for name in ("dash", "fit"):
            self.corner.zooms[name].setEnabled(not is_whole)
