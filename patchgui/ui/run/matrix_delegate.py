"""Paints the matrix: a name in the first column, a chip of glyph and words per phase. No widget per cell."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView
from typing_extensions import override

from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.ui import theme
from patchgui.ui.run.group_painter import paint_group
from patchgui.ui.run.grouping import GroupHeader
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.reboots import LOOKS
from patchgui.ui.run.spans import cell_text, utc_now
from patchgui.ui.theme import Theme
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX
from patchgui.ui.widgets.chip_pixmaps import drawn_chip

ROW_HEIGHT_PX = 32
SIDE_PX = 8


class MatrixDelegate(QStyledItemDelegate):
    """Draws cells straight from the model's nodes; the current cell gets a frame while the table has the keyboard."""

    def __init__(self, model: MatrixModel) -> None:
        super().__init__(model)
        self._model = model
        self._look: _Look | None = None

    def forget_look(self) -> None:
        """Take fonts and colours anew at the next cell: theme or size changed."""
        self._look = None

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(96, ROW_HEIGHT_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        seen = self._look
        ratio = painter.device().devicePixelRatioF()
        if seen is None or seen.ratio != ratio:
            seen = self._look = _Look.of(option.font, ratio)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.fillRect(rect, seen.theme.selection)
        painter.setPen(seen.theme.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        header = self._model.header_at(index.row())
        if header is not None:
            self._paint_header(painter, option, index.column(), header, seen)
            return
        node = self._model.node_at(index.row())
        column = index.column()
        if column == 0:
            self._paint_name(painter, rect, node, seen)
        elif column <= len(node.phases):
            self._paint_phase(painter, rect, node, node.phases[column - 1], seen)
        if is_chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(seen.theme.accent)
            painter.drawRoundedRect(rect.adjusted(1, 1, -2, -2), 4, 4)

    @staticmethod
    def _paint_header(
        painter: QPainter, option: QStyleOptionViewItem, column: int, header: GroupHeader, seen: "_Look"
    ) -> None:
        """Draw the whole line of a group, of which this cell shows its part: no cell of it ends in mid-word."""
        cell: QRect = option.rect
        table = option.widget
        left = table.columnViewportPosition(0) if isinstance(table, QTableView) else cell.left()
        painter.save()
        painter.setClipRect(cell)
        if not option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(cell.adjusted(0, 0, 0, -1), seen.theme.window)
        chosen = option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_HasFocus
        paint_group(painter, QRect(left, cell.top(), 0, cell.height()), header, seen.strong, seen.small_key)
        if chosen and column == 0:
            painter.setPen(seen.theme.accent)
            painter.drawRoundedRect(cell.adjusted(1, 1, -2, -2), 4, 4)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, node: NodeProgress, seen: "_Look") -> None:
        painter.setFont(seen.strong)
        painter.setPen(seen.theme.text)
        room = rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        name = seen.metrics.elidedText(node.name or node.instance_id, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_phase(
        self, painter: QPainter, rect: QRect, node: NodeProgress, phase: PhaseProgress, seen: "_Look"
    ) -> None:
        state, clock = str(phase.state), None
        if phase.state is PhaseState.REBOOTING:
            clock = self._model.reboots.clock(node, utc_now())
            state = LOOKS[clock.standing] if clock is not None else state
        text = cell_text(phase, node, utc_now(), clock)
        quiet = phase.state is PhaseState.WAITING
        pixels = drawn_chip(state, text, seen.small_key, seen.ratio, quiet, seen.theme.name)
        top = rect.top() + (rect.height() - CHIP_HEIGHT_PX) // 2
        width = rect.width() - SIDE_PX
        if pixels.width() <= width * seen.ratio:
            painter.drawPixmap(rect.left() + SIDE_PX, top, pixels)
        else:
            part = QRect(0, 0, int(width * seen.ratio), pixels.height())
            painter.drawPixmap(QPoint(rect.left() + SIDE_PX, top), pixels, part)


@dataclass(frozen=True, slots=True)
class _Look:
    """Fonts and colours of every cell, taken once: asking Qt for them in each cell costs more than drawing it."""

    theme: Theme
    ratio: float
    small_key: str
    strong: QFont
    metrics: QFontMetrics

    @classmethod
    def of(cls, base: QFont, ratio: float) -> "_Look":
        small, strong = QFont(base), QFont(base)
        small.setPointSizeF(max(base.pointSizeF() - 0.75, 7.0))
        strong.setWeight(QFont.Weight.DemiBold)
        return cls(theme.current(), ratio, small.key(), strong, QFontMetrics(strong))
