"""Paints the matrix: a name in the first column, a chip of glyph and words per phase. No widget per cell."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.ui import theme
from patchgui.ui.run.chip_pixmaps import chip_pixmap
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.spans import cell_text, utc_now
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX

ROW_HEIGHT_PX = 32
SIDE_PX = 8


class MatrixDelegate(QStyledItemDelegate):
    """Draws cells straight from the model's nodes; ``focused_phase`` gets a frame in the current row."""

    def __init__(self, model: MatrixModel) -> None:
        super().__init__(model)
        self._model = model
        self._small: QFont | None = None
        self._strong: QFont | None = None

    def forget_fonts(self) -> None:
        """Take the fonts from the next cell: theme or size changed."""
        self._small = self._strong = None

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(96, ROW_HEIGHT_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        if self._small is None or self._strong is None:
            self._take_fonts(option.font)
        assert self._small is not None
        assert self._strong is not None
        colours = theme.current()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.fillRect(rect, colours.selection)
        painter.setPen(colours.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        node = self._model.node_at(index.row())
        if index.column() == 0:
            self._paint_name(painter, rect, node)
        else:
            self._paint_phase(painter, rect, node, index.column() - 1)
        if is_chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colours.accent)
            painter.drawRoundedRect(rect.adjusted(1, 1, -2, -2), 4, 4)

    def _paint_name(self, painter: QPainter, rect: QRect, node: NodeProgress) -> None:
        assert self._strong is not None
        painter.setFont(self._strong)
        painter.setPen(theme.current().text)
        room = rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        name = painter.fontMetrics().elidedText(
            node.name or node.instance_id, Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_phase(self, painter: QPainter, rect: QRect, node: NodeProgress, number: int) -> None:
        if number >= len(node.phases):
            return
        assert self._small is not None
        phase = node.phases[number]
        text = cell_text(phase, node, utc_now())
        ratio = painter.device().devicePixelRatioF()
        quiet = phase.state is PhaseState.WAITING
        pixels = chip_pixmap(phase.state.value, text, self._small, ratio, quiet=quiet)
        top = rect.top() + (rect.height() - CHIP_HEIGHT_PX) // 2
        painter.save()
        painter.setClipRect(rect)
        painter.drawPixmap(rect.left() + SIDE_PX, top, pixels)
        painter.restore()

    def _take_fonts(self, base: QFont) -> None:
        self._small = QFont(base)
        self._small.setPointSizeF(max(base.pointSizeF() - 0.75, 7.0))
        self._strong = QFont(base)
        self._strong.setWeight(QFont.Weight.DemiBold)
