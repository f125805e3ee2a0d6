"""The node table: picks with mouse and keyboard, columns that remember themselves, copy as TSV."""

from PySide6.QtCore import QByteArray, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.patch_now.node_cells import HIDDEN_AT_FIRST, TITLES, Cells, Column
from patchgui.ui.patch_now.node_model import NodeTableModel
from patchgui.ui.patch_now.node_painter import PAD_PX, ROW_PX, NodePainter, RowState, paint_box
from patchgui.ui.widgets.pictured_rows import PicturedRows, Spans

_Index = QModelIndex | QPersistentModelIndex
_PICK_PX = 34
_LEAST_PX, _MOST_PX = 60, 240
_WHERE_WIDE = (Column.LAST_SCAN, Column.TAGS, Column.ADDRESS)
_GIVE_WAY = {
    Column.NODE_ID: 72,
    Column.GROUP: 64,
    Column.COMPLIANCE: 192,
    Column.NAME: 120,
    Column.PLATFORM: 84,
    Column.PING: 84,
}
"""In this order columns lose width where there is too little, and no more than down to so many pixels."""
_READABLE = {Column.NODE_ID: 72, Column.COMPLIANCE: 192, Column.NAME: 120}
_SPARED = (Column.GROUP, Column.NODE_ID)
"""In this order whole columns go where too little is left even so: the tooltip has them, and the filter finds them."""


class _Header(QHeaderView):
    """Titles, the arrow of the sort order, and a tick box for everything that matches."""

    def __init__(self, table: "NodeTable") -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._model_of = table
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumSectionSize(30)
        self.setFixedHeight(30)
        self.setAccessibleName("Columns")

    @override
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        shown = theme.current()
        painter.fillRect(rect, shown.card)
        painter.setPen(shown.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if section == Column.PICK:
            paint_box(painter, QRectF(rect), self._model_of.nodes.visible_pick_state)
            return
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() - 0.75, 7.0))
        painter.setFont(font)
        painter.setPen(shown.dim)
        inner = QRectF(rect).adjusted(PAD_PX, 0, -PAD_PX, 0)
        sorted_here = section == self.sortIndicatorSection()
        metrics = self.fontMetrics()
        room = inner.width() - (14 if sorted_here else 0)
        title = metrics.elidedText(TITLES[section], Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        if sorted_here:
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            left = inner.left() + metrics.horizontalAdvance(title)
            spot = QRectF(left, inner.center().y() - 6, 12, 12)
            paint_icon(painter, spot, "chevron-down" if down else "chevron-up", shown.dim)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 30)


class NodeTable(PicturedRows):
    """A row is picked with a click, Space, Shift and arrows; Ctrl+A picks everything that matches."""

    def __init__(self, model: NodeTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodes = model
        self._anchor = 0
        self._sized_for: list[str] = []
        self._kept_id = ""
        self._natural: dict[Column, int] = {}
        self._columns_are_ours = True
        self._node_painter = NodePainter(self.font(), theme.current())
        self.setModel(model)
        self.setHorizontalHeader(_Header(self))
        self.setAccessibleName("Nodes")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        rows.hide()
        self._prepare_header()
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        model.picks_changed.connect(self._on_picks_changed)
        self.size_columns()

    # -- rows ----------------------------------------------------------------------------------------------------------

    @override
    def row_look(self, row: int) -> tuple[Cells, RowState]:
        is_picked = self.nodes.is_picked(row)
        return self.nodes.cells_at(row), RowState(is_picked, self.is_hovered(row), self.is_stood_on(row))

    @override
    def paint_row(self, painter: QPainter, row: int, spans: Spans) -> None:
        self._painter().paint(painter, *self.row_look(row), spans)

    def _painter(self) -> NodePainter:
        if self._node_painter.font != self.font() or self._node_painter.theme is not theme.current():
            self._node_painter = NodePainter(self.font(), theme.current())
        return self._node_painter

    # -- columns -------------------------------------------------------------------------------------------------------

    def keep_columns(self) -> QByteArray:
        """Return widths, order, sort and visibility of the columns; nothing while the user has changed none of it."""
        return QByteArray() if self._columns_are_ours else self.horizontalHeader().saveState()

    def restore_columns(self, state: QByteArray) -> None:
        """Take up what :meth:`keep_columns` gave; anything else is left alone."""
        if not state.isEmpty() and self.horizontalHeader().restoreState(state):
            self._columns_are_ours = False
            header = self.horizontalHeader()
            self.nodes.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())

    def size_columns(self) -> None:
        """Fit the columns to the longest texts there are; widths that the user chose are left alone."""
        if not self._columns_are_ours or self._sized_for == self.nodes.longest or not self.nodes.total:
            return
        self._sized_for = list(self.nodes.longest)
        painter = self._painter()
        for column in Column:
            if column is Column.PICK:
                continue
            widest = painter.text_width(column, self._sized_for[column])
            title = self.fontMetrics().horizontalAdvance(TITLES[column]) + 2 * PAD_PX + 16
            self._natural[column] = int(min(max(widest, title, _LEAST_PX), _MOST_PX))
        self._fit()

    def _fit(self) -> None:
        """Give each column its natural width; where that is too much together, ids give way before words do."""
        if not self._columns_are_ours:
            return
        self._use_room()
        self._spare_columns()
        shown = {column: px for column, px in self._natural.items() if not self.isColumnHidden(column)}
        excess = sum(shown.values()) + _PICK_PX - self.viewport().width()
        for column, least_px in _GIVE_WAY.items():
            if excess > 0 and column in shown:
                given = min(excess, max(shown[column] - least_px, 0))
                shown[column] -= given
                excess -= given
        for column, px in shown.items():
            self.setColumnWidth(column, px)

    def _spare_columns(self) -> None:
        """Hide what can be spared where the least widths of all columns, each readable, are too much together."""
        room = self.viewport().width() - _PICK_PX
        needed = {
            column: min(px, _READABLE.get(column, px))
            for column, px in self._natural.items()
            if column not in HIDDEN_AT_FIRST
        }
        for column in _SPARED:
            is_too_much = sum(needed.values()) > room
            self.setColumnHidden(column, is_too_much)
            if is_too_much:
                del needed[column]

    def _use_room(self) -> None:
        """Show more columns where the window is wide, until the user has columns of their own."""
        room = self.viewport().width() - _PICK_PX
        room -= sum(px for column, px in self._natural.items() if column not in HIDDEN_AT_FIRST)
        for column in _WHERE_WIDE:
            room -= self._natural[column]
            self.setColumnHidden(column, room < 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._natural:
            self._fit()

    def visible_columns(self) -> list[int]:
        """Return the shown columns with text, in the order on screen."""
        header = self.horizontalHeader()
        logical = [header.logicalIndex(place) for place in range(header.count())]
        return [at for at in logical if at != Column.PICK and not self.isColumnHidden(at)]

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.PICK, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(Column.PICK, _PICK_PX)
        header.setFirstSectionMovable(False)
        header.setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sectionClicked.connect(self._on_section_clicked)
        header.sectionResized.connect(self._on_section_changed)
        header.sectionMoved.connect(self._on_section_changed)
        for column in HIDDEN_AT_FIRST:
            self.setColumnHidden(column, True)

    def _on_header_menu(self) -> None:
        menu = QMenu(self)
        for column in Column:
            if column in {Column.PICK, Column.NAME}:
                continue
            action = QAction(TITLES[column], menu)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setData(int(column))
            menu.addAction(action)
        menu.triggered.connect(self._on_column_switched)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.cursor().pos())

    def _on_column_switched(self, action: QAction) -> None:
        self._columns_are_ours = False
        self.setColumnHidden(int(action.data()), not action.isChecked())

    def _on_section_changed(self) -> None:
        # Qt says the same of its own stretching: only a pressed button is the user.
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._columns_are_ours = False

    def _on_section_clicked(self, section: int) -> None:
        # Qt has moved its own indicator by now, even for the tick box: the model knows what rows are sorted by.
        model, header = self.nodes, self.horizontalHeader()
        if section == Column.PICK:
            header.setSortIndicator(model.sort_column, model.sort_order)
            self.toggle_all()
            return
        self._columns_are_ours = False
        again = section == model.sort_column and model.sort_order is Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if again else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(section, order)
        model.sort(section, order)

    # -- picking -------------------------------------------------------------------------------------------------------

    def toggle_all(self) -> None:
        """Pick everything that matches, or leave it when all of it is picked."""
        if self.nodes.visible_pick_state is Qt.CheckState.Checked:
            self.nodes.set_picked(0, self.nodes.rowCount() - 1, picked=False)
        else:
            self.nodes.pick_everything_that_matches()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if row < 0 or event.button() is not Qt.MouseButton.LeftButton:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.nodes.set_picked(self._anchor, row, picked=True)
        else:
            self.nodes.set_picked(row, row, picked=not self.nodes.is_picked(row))
            self._anchor = row

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.nodes.pick_everything_that_matches()
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.nodes.as_tsv(self.visible_columns()))
        elif event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and row >= 0:
            self.nodes.set_picked(row, row, picked=not self.nodes.is_picked(row))
            self._anchor = row
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down} and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._extend(row, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Escape and self.nodes.picked_count:
            self.nodes.pick_nothing()
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction("Pick everything that matches").triggered.connect(self.nodes.pick_everything_that_matches)
        menu.addAction("Pick nothing").triggered.connect(self.nodes.pick_nothing)
        menu.addSeparator()
        menu.addAction("Copy as table").triggered.connect(self._on_copy)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def stand_on_first(self) -> None:
        """Take the keyboard, on the current row or else the first one."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.currentIndex().isValid() and self.nodes.rowCount():
            self.setCurrentIndex(self.nodes.index(0, Column.NAME))

    def stand_on(self, instance_id: str) -> None:
        """Go to a node, if it is visible."""
        row = self.nodes.row_of(instance_id)
        if row >= 0:
            self.setCurrentIndex(self.nodes.index(row, Column.NAME))
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

    def _extend(self, row: int, step: int) -> None:
        to = min(max(row + step, 0), self.nodes.rowCount() - 1)
        self.nodes.set_picked(max(row, 0), to, picked=True)
        self.setCurrentIndex(self.nodes.index(to, Column.NAME))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.nodes.as_tsv(self.visible_columns()))

    def _on_about_to_reset(self) -> None:
        row = self.currentIndex().row()
        self._kept_id = self.nodes.row_at(row).instance_id if 0 <= row < self.nodes.rowCount() else ""

    def _on_reset(self) -> None:
        self.size_columns()
        self._anchor = 0
        if self._kept_id:
            row = self.nodes.row_of(self._kept_id)
            if row >= 0:
                self.setCurrentIndex(self.nodes.index(row, Column.NAME))
        self.horizontalHeader().viewport().update()

    def _on_picks_changed(self) -> None:
        self.horizontalHeader().viewport().update()
