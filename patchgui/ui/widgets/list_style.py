"""How a list of things looks: one row each, no grid, a line under each row, columns as wide as so many letters."""

from math import ceil

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.widgets.chip import CHIP_HEIGHT_PX
from patchgui.ui.widgets.chip_pixmaps import chip_pixmap

ROW_PX = 36
SIDE_PX = 8
_CHIP_GAP_PX = 3
_CENTRE = Qt.AlignmentFlag.AlignVCenter


def dress_list(table: QTableView, name: str, stretched: int) -> None:
    """Give a table the look and the keyboard of a list; the column ``stretched`` takes what room is left."""
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(ROW_PX)
    columns = table.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)


def choose_row(table: QTableView, place: int) -> None:
    """Make one row current and the only chosen one, whatever keys are held down: Ctrl+3 may have brought its page."""
    flags = table.selectionModel().SelectionFlag
    table.selectionModel().setCurrentIndex(table.model().index(place, 0), flags.ClearAndSelect | flags.Rows)


def em_px(table: QTableView) -> float:
    """Return the width, in pixels, by which columns are measured: that of an average letter of the table's font."""
    return QFontMetricsF(table.font()).horizontalAdvance("m") * 0.82


def column_px(table: QTableView, width_em: float) -> int:
    """Return how wide a column is, in pixels, that has room for so many letters."""
    return ceil(width_em * em_px(table)) + 2 * SIDE_PX


class ListDelegate(QStyledItemDelegate):
    """Paints the ground of a row, and what most cells are made of; what a cell shows is up to each list."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(96, ROW_PX)

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> QColor:
        """Paint what is under a cell; return the ink of its quiet words."""
        colours = theme.current()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, colours.selection)
        painter.setPen(colours.line)
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        return colours.on_selection_dim if chosen else colours.dim

    def paint_chip(self, painter: QPainter, rect: QRect, state: str, words: str, font: QFont) -> int:
        """Paint a state as glyph and words at the left of a cell; return how far right of it the next one stands."""
        small = QFont(font)
        small.setPointSizeF(max(small.pointSizeF() - 0.75, 7.0))
        pixels = chip_pixmap(state, words, small, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.left() + SIDE_PX, rect.top() + (rect.height() - CHIP_HEIGHT_PX) // 2, pixels)
        return ceil(pixels.width() / pixels.devicePixelRatio()) + _CHIP_GAP_PX

    def paint_words(
        self, painter: QPainter, room: QRect, words: str, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    ) -> int:
        """Paint words in pen and font of now, with … where they are too long; return how wide they are, in pixels."""
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | _CENTRE, shown)
        return painter.fontMetrics().horizontalAdvance(shown)
