"""Draws the rows of the node table: boxes, names, ids, pings and chips."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.patch_now.node_cells import Cells, Column
from patchgui.ui.state_look import look
from patchgui.ui.theme import Theme
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX, paint_chip
from patchgui.ui.widgets.chip_pixmaps import drawn_chip
from patchgui.ui.widgets.pictured_rows import Spans
from patchgui.ui.widgets.text import fixed_font

ROW_PX = 32
"""The height of a row."""
BOX_PX = 14
"""The side of a tick box."""
PAD_PX = 6
"""The air to the left and right in a cell."""
_MIDDLE, _RIGHT = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
_BRIGHT = frozenset({Column.NAME, Column.PLATFORM, Column.GROUP})
_ENDS_MATTER = frozenset({Column.NAME, Column.NODE_ID})
"""What tells nodes of a fleet apart stands at the end of their names."""


def paint_box(painter: QPainter, centre_of: QRectF, state: Qt.CheckState) -> None:
    """Draw a tick box in the middle of a rectangle: empty, ticked, or with a dash for *some*."""
    shown = theme.current()
    box = QRectF(0, 0, BOX_PX, BOX_PX)
    box.moveCenter(centre_of.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state is Qt.CheckState.Unchecked:
        painter.setPen(QPen(shown.dim, 1.2))
        painter.setBrush(shown.card)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shown.accent)
        painter.drawRoundedRect(box, 3, 3)
        mark = "check" if state is Qt.CheckState.Checked else "partial"
        paint_icon(painter, box.adjusted(1, 1, -1, -1), mark, shown.on_accent)
    painter.restore()


class RowState(NamedTuple):
    """What a row's picture depends on besides its cells."""

    is_picked: bool
    is_hovered: bool
    is_stood_on: bool


class NodePainter:
    """Draws whole rows in one font and one theme, which are taken apart once."""

    def __init__(self, font: QFont, shown: Theme) -> None:
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        self.font, self.theme = QFont(font), shown
        self._key = font.key()
        self._plain = _Type.of(font)
        self._bold, self._code = _Type.of(bold), _Type.of(fixed_font(font))

    def paint(self, painter: QPainter, cells: Cells, state: RowState, spans: Spans) -> None:
        """Draw one row: its ground, and the cell of each column that is shown."""
        self._paint_ground(painter, spans, state)
        for column, rect in spans:
            inner = rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
            if column == Column.PICK:
                paint_box(painter, rect, Qt.CheckState.Checked if state.is_picked else Qt.CheckState.Unchecked)
            elif column == Column.COMPLIANCE:
                self._paint_compliance(painter, inner, cells)
            elif column == Column.PING:
                self._paint_ping(painter, inner, cells, state)
            else:
                self._paint_text(painter, inner, Column(column), cells.texts[column], state)

    def text_width(self, column: Column, text: str) -> float:
        """Return how wide ``text`` is drawn in ``column``, air included."""
        extra = {Column.PING: 20.0, Column.COMPLIANCE: 33.0}.get(column, 0.0)
        return self._type(column).metrics.horizontalAdvance(text) + 2 * PAD_PX + extra + 2

    def _type(self, column: Column) -> "_Type":
        return {Column.NAME: self._bold, Column.NODE_ID: self._code}.get(column, self._plain)

    def _quiet(self, state: RowState) -> QColor:
        return self.theme.on_selection_dim if state.is_picked else self.theme.dim

    def _paint_text(self, painter: QPainter, room: QRectF, column: Column, text: str, state: RowState) -> None:
        painter.setPen(self.theme.text if column in _BRIGHT else self._quiet(state))
        self._type(column).draw(painter, room, text, _MIDDLE if column in _ENDS_MATTER else _RIGHT)

    def _paint_ping(self, painter: QPainter, room: QRectF, cells: Cells, state: RowState) -> None:
        ping, text = cells.ping
        online = ping == "success"
        glyph = QRectF(room.left(), room.center().y() - 6, 12, 12)
        paint_icon(painter, glyph, look(ping).icon, self.theme.role("success").fg if online else self._quiet(state))
        painter.setPen(self.theme.text if online else self._quiet(state))
        self._plain.draw(painter, room.adjusted(17, 0, 0, 0), text, _RIGHT)

    def _paint_compliance(self, painter: QPainter, room: QRectF, cells: Cells) -> None:
        tone, text = cells.compliance
        with_glyph = tone != "unknown"
        ratio = painter.device().devicePixelRatioF()
        chip = drawn_chip(tone, text, self._key, ratio, not with_glyph, self.theme.name)
        if with_glyph and chip.width() <= room.width() * ratio:
            painter.drawPixmap(QPointF(room.left(), room.center().y() - CHIP_HEIGHT_PX / 2), chip)
        else:
            paint_chip(painter, room, tone, text, self.font, with_glyph=with_glyph)

    def _paint_ground(self, painter: QPainter, spans: Spans, state: RowState) -> None:
        whole = spans[0][1].united(spans[-1][1])
        if state.is_picked:
            painter.fillRect(whole, self.theme.selection)
        elif state.is_hovered:
            painter.fillRect(whole, self.theme.hover)
        last = QRectF(whole.left(), whole.bottom() - 1, whole.width(), 1)
        painter.fillRect(last, self.theme.accent if state.is_stood_on else self.theme.line)
        if state.is_stood_on:
            painter.fillRect(QRectF(whole.left(), whole.top(), whole.width(), 1), self.theme.accent)


class _Type(NamedTuple):
    """A font and its measures, which Qt works out anew each time it is asked."""

    font: QFont
    metrics: QFontMetricsF

    @classmethod
    def of(cls, font: QFont) -> "_Type":
        return cls(font, QFontMetricsF(font))

    def draw(self, painter: QPainter, room: QRectF, text: str, mode: Qt.TextElideMode) -> None:
        """Draw a line of text at the left of ``room``, in the middle of its height, cut where it is too long."""
        painter.setFont(self.font)
        base = room.center().y() + (self.metrics.ascent() - self.metrics.descent()) / 2
        painter.drawText(QPointF(room.left(), round(base)), self.metrics.elidedText(text, mode, room.width() + 0.5))
