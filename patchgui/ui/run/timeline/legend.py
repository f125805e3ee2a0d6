"""What the colours over the timeline and the looks of its bars mean, in one line."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from patchgui.patching.phases import Phase
from patchgui.ui import theme
from patchgui.ui.run.timeline.bars import Kind, kind_of
from patchgui.ui.run.timeline.painter import phase_brush

_HEIGHT_PX: Final = 20
_SWATCH_PX: Final = 10.0
_GAP_PX: Final = 14.0
_HELP: Final = "Ctrl + wheel zooms · drag pans · double click shows one phase"


class TimelineLegend(QWidget):
    """Swatches with words; what has no room at the right is left out, help first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phases: tuple[Phase, ...] = ()
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "Keys: + and - zoom, 0 shows the whole run, Z the chosen phase; arrows pan and choose the node, "
            "Shift + arrows its phase. A drag on the axis zooms to that stretch; Shift + wheel pans."
        )
        self.setAccessibleName("What the colours mean")

    def set_phases(self, phases: Sequence[Phase]) -> None:
        """Explain these phases."""
        self._phases = tuple(phases)
        self.setAccessibleDescription(", ".join(phase.label for phase in phases))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, metrics = theme.current(), QFontMetricsF(self.font())
        painter = QPainter(self)
        entries: list[tuple[QBrush, QPen, str]] = [
            (phase_brush(colours, phase), QPen(Qt.PenStyle.NoPen), phase.label) for phase in self._phases
        ]
        kinds = {kind_of(phase) for phase in self._phases}
        success, reboot = colours.role("success"), colours.role("reboot")
        if Kind.HOOK in kinds:
            entries.append((QBrush(success.soft), QPen(success.fg), "a hook’s bar"))
        if Kind.REBOOT in kinds:
            entries.append((QBrush(reboot.fg, Qt.BrushStyle.BDiagPattern), QPen(reboot.fg), "a reboot’s bar"))
        left = 0.0
        for brush, pen, words in entries:
            width = _SWATCH_PX + 5 + metrics.horizontalAdvance(words)
            if left + width > self.width():
                return
            painter.setBrush(brush)
            painter.setPen(pen)
            painter.drawRect(QRectF(left + 0.5, (_HEIGHT_PX - _SWATCH_PX) / 2, _SWATCH_PX, _SWATCH_PX))
            painter.setPen(colours.dim)
            spot = QRectF(left + _SWATCH_PX + 5, 0, width, _HEIGHT_PX)
            painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            left += width + _GAP_PX
        if left + metrics.horizontalAdvance(_HELP) <= self.width():
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _HELP)
