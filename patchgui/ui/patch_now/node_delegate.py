"""Draws the cells of the node table: boxes, names, ids, pings and chips."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.patch_now.node_cells import Cells, Column
from patchgui.ui.patch_now.node_model import CELLS_ROLE, PICKED_ROLE
from patchgui.ui.state_look import look
from patchgui.ui.widgets.chip import paint_chip
from patchgui.ui.widgets.text import fixed_font

_Index = QModelIndex | QPersistentModelIndex
ROW_PX = 32
"""The height of a row."""
BOX_PX = 14
"""The side of a tick box."""
PAD_PX = 6
"""The air to the left and right in a cell."""
_MIDDLE_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft

_FITTING_LIMIT = 2000
"""So many fitted texts are kept: some screens full."""


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


class NodeDelegate(QStyledItemDelegate):
    """One delegate for all columns; fonts are made once per table font."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._fonts_of = QFont()
        self._bold = self._code = self._plain = QFont()
        self._fitting: dict[tuple[bool, bool, str, Qt.TextElideMode, float], str] = {}
        self._make_fonts(table.font())

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(80, ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        cells: Cells | None = index.data(CELLS_ROLE)
        if cells is None:
            return
        if self._table.font() != self._fonts_of:
            self._make_fonts(self._table.font())
        shown = theme.current()
        rect = QRectF(option.rect)
        picked = bool(index.data(PICKED_ROLE))
        self._paint_ground(painter, rect, option, picked=picked)
        inner = rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
        match index.column():
            case Column.PICK:
                paint_box(painter, rect, Qt.CheckState.Checked if picked else Qt.CheckState.Unchecked)
            case Column.COMPLIANCE:
                state, text = cells.compliance
                paint_chip(painter, inner, state, text, self._plain, with_glyph=state != "unknown")
            case Column.PING:
                self._paint_ping(painter, inner, cells, picked=picked)
            case column:
                ink = shown.on_selection_dim if picked else shown.dim
                bright = column in {Column.NAME, Column.PLATFORM, Column.GROUP}
                painter.setPen(shown.text if bright else ink)
                font = self._bold if column == Column.NAME else self._code if column == Column.NODE_ID else self._plain
                # What tells nodes of a fleet apart stands at the end of their names.
                ends_matter = column in {Column.NAME, Column.NODE_ID}
                mode = Qt.TextElideMode.ElideMiddle if ends_matter else Qt.TextElideMode.ElideRight
                painter.setFont(font)
                painter.drawText(inner, _MIDDLE_LEFT, self._fitted(font, cells.texts[column], mode, inner.width()))

    def text_width(self, column: int, text: str) -> float:
        """Return how wide ``text`` is drawn in ``column``, air included."""
        font = self._bold if column == Column.NAME else self._code if column == Column.NODE_ID else self._plain
        extra = {Column.PING: 20.0, Column.COMPLIANCE: 33.0}.get(Column(column), 0.0)
        return QFontMetricsF(font).horizontalAdvance(text) + 2 * PAD_PX + extra + 2

    def _paint_ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, *, picked: bool) -> None:
        shown = theme.current()
        if picked:
            painter.fillRect(rect, shown.selection)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, shown.hover)
        painter.setPen(shown.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if self._table.hasFocus() and self._table.currentIndex().row() == option.index.row():
            painter.setPen(QPen(shown.accent, 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_ping(self, painter: QPainter, rect: QRectF, cells: Cells, *, picked: bool) -> None:
        shown = theme.current()
        state, text = cells.ping
        online = state == "success"
        quiet = shown.on_selection_dim if picked else shown.dim
        glyph = QRectF(rect.left(), rect.center().y() - 6, 12, 12)
        paint_icon(painter, glyph, look(state).icon, shown.role("success").fg if online else quiet)
        painter.setPen(shown.text if online else quiet)
        painter.setFont(self._plain)
        room = rect.adjusted(17, 0, 0, 0)
        shown_text = self._fitted(self._plain, text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _MIDDLE_LEFT, shown_text)

    def _fitted(self, font: QFont, text: str, mode: Qt.TextElideMode, width: float) -> str:
        """Return ``text`` as it fits; measured once, because a list that fills is painted again and again."""
        key = (font is self._bold, font is self._code, text, mode, width)
        fitted = self._fitting.get(key)
        if fitted is None:
            if len(self._fitting) >= _FITTING_LIMIT:
                self._fitting.clear()
            fitted = self._fitting[key] = QFontMetricsF(font).elidedText(text, mode, width + 0.5)
        return fitted

    def _make_fonts(self, font: QFont) -> None:
        self._fonts_of = QFont(font)
        self._fitting.clear()
        self._plain = QFont(font)
        self._bold = QFont(font)
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._code = fixed_font(font)
