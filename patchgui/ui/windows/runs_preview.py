"""The next runs of a schedule line by line: by the window's clocks and by mine, with what clocks do to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from patchgui.patching.schedules.preview import PreviewedRun
from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.windows.moments import my_zone_name, short

_LINE_PX: Final = 22
_GAP_PX: Final = 14


class RunsPreview(QWidget):
    """Paints runs under the names of both zones; where my clocks show the same, mine are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[tuple[str, str, str, str], ...] = ()
        self._heads = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[str, ...]:
        """What each line says."""
        return tuple(" · ".join(filter(None, line[:3])) for line in self._lines)

    def show_runs(self, runs: Sequence[PreviewedRun], zone_name: str, now: datetime) -> None:
        """Show these runs; none hides the widget."""
        lines = [_line(run, now) for run in runs]
        differs = any(
            run.at is not None and run.at.astimezone().replace(tzinfo=None, fold=0) != run.local for run in runs
        )
        self._lines = tuple((own, mine if differs else "", note, icon) for own, mine, note, icon in lines)
        self._heads = (zone_name, f"{my_zone_name()}, yours" if differs else "")
        self.setAccessibleName("Next runs: " + "; ".join(self.lines))
        self.setVisible(bool(runs))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, (len(self._lines) + 1) * _LINE_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.current()
        small = QFont(self.font())
        small.setPointSizeF(max(small.pointSizeF() - 0.75, 7.0))
        painter.setFont(small)
        own, mine = self._heads
        # Over the column of notes there is room for the name of my zone.
        head_px = QFontMetrics(small).horizontalAdvance(own) + _GAP_PX
        first, second = max(head_px, self._column_px(0, self.font())), self._column_px(1, small)
        _write(painter, 0, 0, first, own, colours.dim)
        _write(painter, first, 0, self.width() - first, mine, colours.dim)
        for number, (local, here, note, icon) in enumerate(self._lines, 1):
            top = number * _LINE_PX
            painter.setPen(colours.line)
            painter.drawLine(0, top, self.width(), top)
            font = QFont(self.font())
            font.setStrikeOut(icon == "skipped")
            painter.setFont(font)
            _write(painter, 0, top, first, local, colours.dim if icon == "skipped" else colours.text)
            painter.setFont(small)
            left = first + (second if here else 0)
            _write(painter, first, top, second, here, colours.dim)
            if note:
                tone = theme.role("warning").fg
                paint_icon(painter, QRectF(left, top + _LINE_PX / 2 - 6, 12, 12), icon, tone)
                _write(painter, left + 16, top, self.width() - left - 16, note, tone)

    def _column_px(self, place: int, font: QFont) -> int:
        metrics = QFontMetrics(font)
        widest = max((metrics.horizontalAdvance(line[place]) for line in self._lines), default=0)
        return widest + _GAP_PX if widest else 0


def _write(painter: QPainter, left: int, top: int, width: int, words: str, ink: QColor) -> None:
    painter.setPen(ink)
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width - 6)
    painter.drawText(left, top, width, _LINE_PX, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _line(run: PreviewedRun, now: datetime) -> tuple[str, str, str, str]:
    own = short(run.local, now)
    if run.at is None:
        return own, "", "left out: no clock shows it", "skipped"
    here = run.at.astimezone()
    mine = f"{here:%H:%M}" if here.date() == run.local.date() else f"{here:%a %H:%M}"
    if run.is_doubled:
        return own, mine, "shown twice: the first counts", "clock"
    if run.change is not None:
        return own, mine, run.change.words, "clock"
    return own, mine, "", ""
