"""The table of nodes × phases: keys, copying, column widths and the once-a-second tick of what moves."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from typing_extensions import override

from patchgui.ui.run.matrix_delegate import ROW_HEIGHT_PX, SIDE_PX, MatrixDelegate
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.spans import utc_now
from patchgui.ui.widgets.chip import chip_width

_Index = QModelIndex | QPersistentModelIndex
LOOK_CHANGES = frozenset({QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange})
"""Events after which fonts or colours of a table are others."""
_TICK_MS = 1000
_NAME_MAX_PX = 260
_LEAST_WORDS = "12 s"
_MEASURED = 64
_MAX_SPARE_PX = 140


class MatrixView(QTableView):
    """Shows a :class:`MatrixModel`. The chosen row is remembered by node, not by place."""

    node_chosen = Signal(str, object)
    """Instance id and the phase of the cell (-1: the name) that became current."""
    pane_wanted = Signal()
    """Enter or a click on a row: show the node's pane where it is hidden."""

    def __init__(self, model: MatrixModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._chosen = ""
        self._chosen_phase = -1
        self._is_marking = False
        self._needed: list[int] = []
        self._delegate = MatrixDelegate(model)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._dress()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._sizing = QTimer(self)
        self._sizing.setSingleShot(True)
        self._sizing.setInterval(0)
        self._sizing.timeout.connect(self.size_columns)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        self.clicked.connect(self._on_clicked)

    def _dress(self) -> None:
        self.setAccessibleName("Nodes and phases")
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSortingEnabled(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT_PX)
        columns.setHighlightSections(False)
        columns.setSectionsClickable(True)
        columns.setSortIndicatorShown(False)
        columns.setStretchLastSection(True)
        columns.setMinimumSectionSize(56)
        columns.sectionClicked.connect(self._on_header_clicked)

    def set_live(self, *, live: bool) -> None:
        """Count what moves once a second, or stop: an ended run is not repainted for nothing."""
        if live == self._tick.isActive():
            return
        self._sizing.start()
        self._tick.start() if live else self._tick.stop()

    def mark(self, instance_id: str) -> None:
        """Make a node's row current, which the presenter chose; nobody is told, and a hidden row is marked later."""
        if instance_id != self._chosen or not self.selectionModel().hasSelection():
            self._chosen, self._chosen_phase = instance_id, -1
            self._mark_chosen()

    def forget(self) -> None:
        """Mark no row: another run comes."""
        self._chosen, self._chosen_phase = "", -1
        self._needed = []

    def _mark_chosen(self) -> None:
        place = self._rows.place_of(self._chosen)
        if place is None:
            return
        index = self._rows.index(place, self._chosen_phase + 1)
        flags = QItemSelectionModel.SelectionFlag
        self._is_marking = True
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._is_marking = False
        if not self.visualRect(index).intersects(self.viewport().rect()):
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def size_columns(self) -> None:
        """Give each column what its words need and share what is left among the phases.

        While a run is shown columns only grow: they must not twitch as seconds are counted.
        """
        count = self._rows.columnCount()
        if count < 2:
            return
        before = self._needed if len(self._needed) == count else [0] * count
        self._needed = [max(old, self._needed_px(column)) for column, old in enumerate(before)]
        spare = max(self.viewport().width() - sum(self._needed), 0) // (count - 1)
        for column, width in enumerate(self._needed):
            self.setColumnWidth(column, width + (min(spare, _MAX_SPARE_PX) if column else 0))

    def _needed_px(self, column: int) -> int:
        """Return the width of the longest words among a column's first rows, and of its head."""
        font = QFont(self.font())
        if column == 0:
            font.setWeight(QFont.Weight.DemiBold)
        else:
            font.setPointSizeF(max(font.pointSizeF() - 0.75, 7.0))
        metrics = QFontMetricsF(font)
        places, now = range(min(self._rows.rowCount(), _MEASURED)), utc_now()
        words = sorted({self._rows.words_at(place, column, now) for place in places}, key=len)[-3:]
        head = metrics.horizontalAdvance(str(self._rows.headerData(column, Qt.Orientation.Horizontal)))
        if column == 0:
            widest = max((metrics.horizontalAdvance(word) for word in words), default=0.0)
            return min(ceil(max(widest, head)) + 2 * SIDE_PX, _NAME_MAX_PX)
        widest = max((chip_width(word, metrics) for word in (*words, _LEAST_WORDS)), default=0.0)
        return ceil(max(widest, head)) + SIDE_PX + 2

    def copied_text(self) -> str:
        """Return the selected rows, or all, as tab separated values with a head line."""
        marked = [index.row() for index in self.selectionModel().selectedRows()]
        places = sorted(place for place in marked if self._rows.header_at(place) is None)
        columns = range(self._rows.columnCount())
        lines = ["\t".join(str(self._rows.headerData(c, Qt.Orientation.Horizontal)) for c in columns)]
        lines.extend(
            "\t".join(str(self._rows.index(place, c).data() or "") for c in columns)
            for place in places or range(self._rows.rowCount())
            if self._rows.header_at(place) is None
        )
        return "\n".join(lines)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied_text())
        elif self._fold_by_key(event.key()):
            event.accept()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.pane_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _fold_by_key(self, key: int) -> bool:
        """Fold and open the group whose header is current; return whether the key meant that."""
        place = self.currentIndex().row()
        header = self._rows.header_at(place) if place >= 0 else None
        if header is None:
            return False
        wanted = {
            Qt.Key.Key_Left: True,
            Qt.Key.Key_Right: False,
            Qt.Key.Key_Return: not header.is_folded,
            Qt.Key.Key_Enter: not header.is_folded,
            Qt.Key.Key_Space: not header.is_folded,
        }
        for each, folded in wanted.items():
            if key == each:
                self._rows.fold(place, folded=folded)
                return True
        return False

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        # Qt makes the first row current here: that is nobody's choice.
        self._is_marking = True
        super().focusInEvent(event)
        self._is_marking = False

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sizing.start()

    @override
    def dataChanged(self, topLeft: _Index, bottomRight: _Index, roles: Sequence[int] = ()) -> None:
        # Qt draws the whole table anew, wherever the change is: of thousands of nodes that move few are in sight.
        last = self.rowAt(self.viewport().height() - 1)
        if bottomRight.row() >= self.rowAt(0) and (last < 0 or topLeft.row() <= last):
            super().dataChanged(topLeft, bottomRight, list(roles))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in LOOK_CHANGES and hasattr(self, "_delegate"):
            self._delegate.forget_look()
        super().changeEvent(event)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and self._rows.header_at(current.row()) is None:
            node = self._rows.node_at(current.row())
            self._chosen, self._chosen_phase = node.instance_id, current.column() - 1
            if not self._is_marking:
                self.node_chosen.emit(node.instance_id, current.column() - 1)

    def _on_tick(self) -> None:
        self._sizing.start()
        self.viewport().update()

    def _on_clicked(self, index: QModelIndex) -> None:
        header = self._rows.header_at(index.row())
        if header is None:
            self.pane_wanted.emit()
        else:
            self._rows.fold(index.row(), folded=not header.is_folded)

    def _on_reset(self) -> None:
        self._sizing.start()
        self._mark_chosen()

    def _on_rows_inserted(self) -> None:
        if self._rows.rowCount() <= _MEASURED:
            self._sizing.start()
        if not self.selectionModel().hasSelection():
            self._mark_chosen()

    def _on_header_clicked(self, column: int) -> None:
        last, order = self._rows.sorting
        columns = self.horizontalHeader()
        if column != last:
            wanted, direction = column, Qt.SortOrder.AscendingOrder
        elif order is Qt.SortOrder.AscendingOrder:
            wanted, direction = column, Qt.SortOrder.DescendingOrder
        else:
            wanted, direction = -1, Qt.SortOrder.AscendingOrder
        self._rows.sort(wanted, direction)
        columns.setSortIndicatorShown(wanted >= 0)
        columns.setSortIndicator(max(wanted, 0), direction)
