"""A table that draws each row once and then stamps it.

Qt asks a delegate cell by cell, and a delegate in Python answers in a tenth of a millisecond: a screen full takes two
frames, however little of it changed. Here a row is one picture, kept for as long as it looks the same, so that a list
that fills costs what is new in it.
"""

from collections.abc import Hashable, Sequence
from math import ceil

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QTableView, QWidget
from typing_extensions import override

from patchgui.ui import theme

Spans = Sequence[tuple[int, QRectF]]
"""The shown columns from left to right, each with its place in the row's picture."""
_SCREENS_KEPT = 3


class PicturedRows(QTableView):
    """What is drawn by rows. Subclasses tell what a row looks like, and draw it; rows have one height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: dict[Hashable, QPixmap] = {}
        """What was drawn of late, by its look."""
        self._drawn_for: Hashable = None
        self._hovered = -1
        self.setMouseTracking(True)
        self.entered.connect(self._on_entered)
        self.viewportEntered.connect(self._on_nothing_entered)

    def row_look(self, row: int) -> Hashable:
        """Return what the picture of a row depends on, other than columns, font and theme."""
        raise NotImplementedError

    def paint_row(self, painter: QPainter, row: int, spans: Spans) -> None:
        """Draw a row; its ground is there already."""
        raise NotImplementedError

    def is_hovered(self, row: int) -> bool:
        """Whether the pointer is over a row."""
        return row == self._hovered

    def is_stood_on(self, row: int) -> bool:
        """Whether a row is the keyboard's."""
        return self.currentIndex().row() == row and self.hasFocus()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self.executeDelayedItemsLayout()
        first, last = self._rows_between(event.rect())
        if first < 0:
            return
        spans, ratio = self._spans(), self.viewport().devicePixelRatioF()
        self._forget_other_looks(spans, ratio)
        painter, drawn = QPainter(self.viewport()), dict[Hashable, QPixmap]()
        for row in range(first, last + 1):
            look = self.row_look(row)
            picture = self.pictures.get(look) or self._picture(row, spans, ratio)
            self.pictures[look] = drawn[look] = picture
            painter.drawPixmap(0, self.rowViewportPosition(row), picture)
        painter.end()
        if len(self.pictures) > _SCREENS_KEPT * (self.viewport().height() // self.rowHeight(first) + 1):
            self.pictures = drawn

    def _rows_between(self, rect: QRect) -> tuple[int, int]:
        first, last = self.rowAt(rect.top()), self.rowAt(rect.bottom())
        return first, last if last >= 0 else self.model().rowCount() - 1

    def _spans(self) -> Spans:
        header = self.horizontalHeader()
        columns = (header.logicalIndex(place) for place in range(header.count()))
        height = self.verticalHeader().defaultSectionSize()
        return [
            (column, QRectF(header.sectionViewportPosition(column), 0, header.sectionSize(column), height))
            for column in columns
            if not header.isSectionHidden(column)
        ]

    def _forget_other_looks(self, spans: Spans, ratio: float) -> None:
        places = tuple((column, rect.left(), rect.width()) for column, rect in spans)
        drawn_for = (places, ratio, self.viewport().width(), theme.current().name, self.font().key())
        if drawn_for != self._drawn_for:
            self.pictures, self._drawn_for = {}, drawn_for

    def _picture(self, row: int, spans: Spans, ratio: float) -> QPixmap:
        width, height = self.viewport().width(), self.verticalHeader().defaultSectionSize()
        picture = QPixmap(ceil(width * ratio), ceil(height * ratio))
        picture.setDevicePixelRatio(ratio)
        # Text on a ground of its own is as sharp as on the window.
        picture.fill(self.palette().base().color())
        painter = QPainter(picture)
        self.paint_row(painter, row, spans)
        painter.end()
        return picture

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _on_entered(self, index: QModelIndex) -> None:
        self._hover(index.row())

    def _on_nothing_entered(self) -> None:
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        before, self._hovered = self._hovered, row
        for each in (before, row):
            if each >= 0:
                top, height = self.rowViewportPosition(each), self.rowHeight(each)
                self.viewport().update(0, top, self.viewport().width(), height)
