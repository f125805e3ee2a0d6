"""The list of phases and steps of one node: glyph, name and what came of it, painted by a delegate."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from patchgui.patching.node_state import BAD
from patchgui.patching.progress import PhaseState
from patchgui.ui import theme
from patchgui.ui.icons import pixmap
from patchgui.ui.run.phase_rows import PhaseRow
from patchgui.ui.state_look import look

_ROW_PX = 27
_INDENT_PX = 22
_PILL_PX = 24
_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PhaseRow] = []

    def show(self, rows: Sequence[PhaseRow]) -> bool:
        """Take new rows; return whether there are other lines than before."""
        is_other = [(row.phase, row.step) for row in rows] != [(row.phase, row.step) for row in self.rows]
        if is_other:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()
        elif rows != self.rows:
            self.rows = list(rows)
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))
        return is_other

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tooltip or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.text}: {row.state.label}, {row.note}"
        return None


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, rows: _Rows) -> None:
        super().__init__(rows)
        self._rows = rows

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, _ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = self._rows.rows[index.row()]
        colours = theme.current()
        room: QRect = option.rect.adjusted(0, 1, 0, -1)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setBrush(colours.selection if state & QStyle.StateFlag.State_Selected else colours.hover)
            painter.drawRoundedRect(room, 6, 6)
        left = room.left() + 4 + (_INDENT_PX if row.step else 0)
        self._paint_pill(painter, QRectF(left, room.center().y() - 9, _PILL_PX, 19), row)
        words = QRect(left + _PILL_PX + 8, room.top(), room.right() - left - _PILL_PX - 14, room.height())
        self._paint_words(painter, words, row, option.font)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            painter.setPen(colours.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(room).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.restore()

    def _paint_pill(self, painter: QPainter, ground: QRectF, row: PhaseRow) -> None:
        seen = look(row.state.value)
        tone = theme.role(seen.tone)
        if row.state is not PhaseState.WAITING:
            painter.setBrush(tone.soft)
            painter.drawRoundedRect(ground, ground.height() / 2, ground.height() / 2)
        ink = theme.current().dim if row.state is PhaseState.WAITING else tone.fg
        centre = ground.center()
        glyph = pixmap(seen.icon, ink, 12, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(centre.x() - 6, centre.y() - 6), glyph)

    def _paint_words(self, painter: QPainter, room: QRect, row: PhaseRow, base: QFont) -> None:
        colours = theme.current()
        font = QFont(base)
        font.setWeight(QFont.Weight.DemiBold if row.state in BAD else QFont.Weight.Normal)
        metrics = QFontMetrics(font)
        text_px = metrics.horizontalAdvance(row.text) + 2
        note_px = min(metrics.horizontalAdvance(row.note) + 2, max(room.width() - text_px - 12, room.width() // 2))
        painter.setFont(font)
        painter.setPen(theme.role("failed").fg if row.state in BAD else colours.dim)
        note = metrics.elidedText(row.note, Qt.TextElideMode.ElideRight, note_px)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, note)
        painter.setPen(colours.dim if row.state is PhaseState.WAITING else colours.text)
        text = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, room.width() - note_px - 8)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class PhaseList(QListView):
    """Shows rows and emits which one the operator picked, by click or by key."""

    picked = Signal(object, str)
    """Phase number and step name (empty: the phase)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self._is_showing = False
        self.setModel(self._rows)
        self.setItemDelegate(_RowDelegate(self._rows))
        self.setAccessibleName("Phases and steps of this node")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        # Other rows open and close as a pick is shown: not while Qt still handles the press that made it.
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(0)
        self._telling.timeout.connect(self._tell)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def show_rows(self, rows: Sequence[PhaseRow], phase: int | None, step: str) -> None:
        """Show lines and mark the one that is looked at; nothing is emitted for it."""
        self._is_showing = True
        if self._rows.show(rows):
            self.setFixedHeight(_ROW_PX * min(len(rows), 10) + 2)
        wanted = self._place(rows, phase, step)
        if wanted is not None and self.currentIndex().row() != wanted:
            self.setCurrentIndex(self._rows.index(wanted))
        self._is_showing = False

    def _place(self, rows: Sequence[PhaseRow], phase: int | None, step: str) -> int | None:
        of_phase = [place for place, row in enumerate(rows) if row.phase == phase]
        of_step = [place for place in of_phase if rows[place].step == step]
        current = self.currentIndex().row()
        if current in of_phase and (not rows[current].step or current in of_step):
            return current
        return next(iter(of_phase), None)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._is_showing:
            self._telling.start()

    def _tell(self) -> None:
        if self.currentIndex().isValid():
            row = self._rows.rows[self.currentIndex().row()]
            self.picked.emit(row.phase, row.step)
