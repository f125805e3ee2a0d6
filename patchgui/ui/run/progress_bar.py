"""The bar under a run's title: how much of all nodes' phases is in which state."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from patchgui.patching.progress import PhaseState
from patchgui.ui import theme
from patchgui.ui.state_look import look

_HEIGHT_PX = 8


class StateBar(QWidget):
    """Shares of a whole by state; its accessible name says them in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: list[tuple[PhaseState, float]] = []
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress")

    def set_shares(self, shares: list[tuple[PhaseState, float]]) -> None:
        """Show shares (0 to 1), left to right; what they leave of 1 still waits."""
        if shares == self._shares:
            return
        self._shares = shares
        words = ", ".join(f"{share:.0%} {state.label}" for state, share in shares)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(ground, _HEIGHT_PX / 2, _HEIGHT_PX / 2)
        painter.setClipPath(shape)
        painter.fillRect(ground, theme.current().line)
        painter.setPen(Qt.PenStyle.NoPen)
        left = 0.0
        for state, share in self._shares:
            width = share * ground.width()
            ink = theme.role(look(state.value).tone).fg
            if state is PhaseState.CANCELLED:
                ink = theme.current().control_line
            painter.fillRect(QRectF(left, 0, width, _HEIGHT_PX), ink)
            left += width
