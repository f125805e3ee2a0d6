"""Paints one row of the timeline: the node's name, its bars, glyph and word on them where they fit."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState
from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.run.timeline.bars import Bar, Kind
from patchgui.ui.state_look import look
from patchgui.ui.theme import Theme

BAR_PX: Final = 18
_GLYPH_PX: Final = 12.0
_PAD_PX: Final = 5.0
_ROUND_PX: Final = 3.0
_HATCH_ALPHA: Final = 70
_MOST_WIDTHS: Final = 4096
_INKS: Final = {
    Phase.SCAN: "grey",
    Phase.BEFORE_INSTALL: "amber",
    Phase.INSTALL: "blue",
    Phase.AFTER_INSTALL: "amber",
    Phase.REBOOT: "violet",
    Phase.ON_EXIT: "green",
    Phase.STEPS: "blue",
}


def phase_brush(colours: Theme, phase: Phase) -> QBrush:
    """Return what stands for a phase where counts over time are drawn: the two hooks of an install share a colour."""
    pattern = Qt.BrushStyle.Dense4Pattern if phase is Phase.AFTER_INSTALL else Qt.BrushStyle.SolidPattern
    return QBrush(colours.marks[_INKS[phase]], pattern)


@dataclass(frozen=True, slots=True)
class RowLook:
    """Fonts and colours of all rows, taken once a paint."""

    colours: Theme
    strong: QFont
    strong_metrics: QFontMetricsF
    small: QFont
    small_metrics: QFontMetricsF
    widths: dict[str, float]
    """How wide words are that were drawn lately: to measure them costs more than to draw their bar."""

    def width_of(self, words: str) -> float:
        """Return how wide words on a bar are, in pixels."""
        known = self.widths.get(words)
        if known is None:
            if len(self.widths) >= _MOST_WIDTHS:
                self.widths.clear()
            known = self.widths[words] = self.small_metrics.horizontalAdvance(words)
        return known

    @classmethod
    def of(cls, base: QFont) -> "RowLook":
        """Return the look of now for a widget's font."""
        strong, small = QFont(base), QFont(base)
        strong.setWeight(QFont.Weight.DemiBold)
        small.setPointSizeF(max(base.pointSizeF() - 1.25, 7.0))
        return cls(theme.current(), strong, QFontMetricsF(strong), small, QFontMetricsF(small), {})


def paint_name(painter: QPainter, room: QRectF, name: str, seen: RowLook) -> None:
    """Draw a node's name, cut in the middle where it is long."""
    painter.setFont(seen.strong)
    painter.setPen(seen.colours.text)
    shown = seen.strong_metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def paint_bar(
    painter: QPainter, bar: Bar, ground: QRectF, seen: RowLook, *, words: str, chosen: bool, away: str
) -> None:
    """Draw one bar: work solid, hooks outlined, reboots hatched; trouble is solid whatever it was.

    ``away`` is how a node that reboots looks: ``rebooting``, ``late`` or ``lost``.
    """
    state = bar.phase.state
    is_reboot = bar.kind is Kind.REBOOT and state in {PhaseState.SUCCESS, PhaseState.RUNNING, PhaseState.REBOOTING}
    seen_as = look(away if is_reboot else state.value)
    tone = seen.colours.role(seen_as.tone)
    is_outlined = bar.kind is Kind.HOOK and state in {PhaseState.SUCCESS, PhaseState.RUNNING}
    ink = tone.fg if is_outlined else seen.colours.on_accent
    if ground.width() < 2 * _ROUND_PX and not chosen:
        # Too narrow for corners and a glyph to be seen.
        painter.fillRect(ground, tone.fg)
        if is_outlined:
            painter.fillRect(ground.adjusted(1, 1, -1, -1), tone.soft)
        return
    painter.setBrush(tone.soft if is_outlined else tone.fg)
    painter.setPen(QPen(tone.fg, 1) if is_outlined else Qt.PenStyle.NoPen)
    shape = ground.adjusted(0.5, 0.5, -0.5, -0.5) if is_outlined else ground
    painter.drawRoundedRect(shape, _ROUND_PX, _ROUND_PX)
    if is_reboot:
        hatch = QColor(ink)
        hatch.setAlpha(_HATCH_ALPHA)
        painter.fillRect(ground, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    if chosen:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(seen.colours.accent, 2))
        painter.drawRoundedRect(ground.adjusted(-2, -2, 2, 2), _ROUND_PX + 2, _ROUND_PX + 2)
    _paint_words(painter, ground, seen_as.icon, words, ink, seen)


def _paint_words(painter: QPainter, ground: QRectF, icon: str, words: str, ink: QColor, seen: RowLook) -> None:
    if ground.width() < _GLYPH_PX + 2:
        return
    words_px = seen.width_of(words)
    fits = _GLYPH_PX + 3 + words_px + 2 * _PAD_PX <= ground.width()
    left = ground.left() + _PAD_PX if fits else ground.center().x() - _GLYPH_PX / 2
    top = ground.center().y() - _GLYPH_PX / 2
    paint_icon(painter, QRectF(left, top, _GLYPH_PX, _GLYPH_PX), icon, ink)
    if fits:
        painter.setFont(seen.small)
        painter.setPen(ink)
        spot = QRectF(left + _GLYPH_PX + 3, ground.top(), words_px + 2, ground.height())
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def paint_now(painter: QPainter, x: float, top: float, bottom: float, colours: Theme) -> None:
    """Draw the line at the moment that is now."""
    painter.setPen(QPen(colours.accent, 1, Qt.PenStyle.DashLine))
    sharp = int(x) + 0.5
    painter.drawLine(QPointF(sharp, top), QPointF(sharp, bottom))
