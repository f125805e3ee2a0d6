"""A search line over a list: type, arrow, Enter. Document pickers and the Ctrl+K palette are made of it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import paint_icon
from patchgui.ui.widgets.pick_item import PickItem, Search
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.text import label

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_ROW_PX = 30
ITEM_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class PickModel(QAbstractListModel):
    """The items found now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[PickItem] = ()

    def show(self, items: Sequence[PickItem]) -> None:
        """Replace the items."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def item(self, row: int) -> PickItem:
        """Return the item in ``row``."""
        return self._items[row]

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._items)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{item.title}\n{item.detail}" if item.detail else item.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.title}, {item.detail}" if item.detail else item.title
        return item if role == ITEM_ROLE else None


class PickDelegate(QStyledItemDelegate):
    """Paints one item: icon, title, and the detail quietly at the right."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, _ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        shown = theme.current()
        item: PickItem = index.data(ITEM_ROLE)
        rect = QRectF(option.rect).adjusted(2, 1, -2, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        font = option.font
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shown.selection)
            painter.drawRoundedRect(rect, 6, 6)
        quiet = shown.on_selection_dim if chosen else shown.dim
        left = rect.left() + 8
        if item.icon:
            paint_icon(painter, QRectF(left, rect.center().y() - 7, 14, 14), item.icon, quiet)
            left += 22
        metrics = QFontMetricsF(font)
        room = rect.right() - 8 - left
        title_px = min(metrics.horizontalAdvance(item.title) + 2, room)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.setPen(shown.text)
        title = metrics.elidedText(item.title, Qt.TextElideMode.ElideRight, title_px)
        painter.drawText(QRectF(left, rect.top(), title_px, rect.height()), flags, title)
        rest = room - title_px - 12
        if item.detail and rest > 40:
            painter.setPen(quiet)
            detail = metrics.elidedText(item.detail, Qt.TextElideMode.ElideRight, rest)
            spot = QRectF(rect.right() - 8 - rest, rect.top(), rest, rect.height())
            painter.drawText(spot, flags | Qt.AlignmentFlag.AlignRight, detail)
        painter.restore()


class PickList(QWidget):
    """The search line and the list under it; the keyboard never leaves the line."""

    picked = Signal(object)
    """A :class:`PickItem` was chosen."""
    dismissed = Signal()
    """Escape on an empty line."""
    found = Signal()
    """Other items are shown: the list may want another height."""

    def __init__(self, name: str, placeholder: str, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = search
        self._model = PickModel(self)
        self.line = SearchBox(name, placeholder)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(PickDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setAccessibleName(name)
        self._list.setMouseTracking(True)
        self._nothing = label("Nothing found.", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self._nothing)
        column.addWidget(self._list, 1)
        self.setFocusProxy(self.line)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self.refresh)
        self._list.clicked.connect(self._on_clicked)

    def open_with(self, key: str = "") -> None:
        """Empty the line, show everything, and stand on the item called ``key`` or the first one."""
        self.line.clear()
        self.refresh()
        for row in range(self._model.rowCount()):
            if self._model.item(row).key == key:
                self._stand_on(row)
                break
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def refresh(self) -> None:
        """Search again with the line as it is."""
        self._model.show(self._search(self.line.text().strip()))
        self._nothing.setVisible(self._model.rowCount() == 0)
        if self._model.rowCount():
            self._stand_on(0)
        self.found.emit()

    def wanted_height(self, most_px: int) -> int:
        """Return how high the list is with all it shows, and no more than ``most_px``."""
        rows = max(self._model.rowCount(), 1)
        return min(rows * _ROW_PX + self.line.sizeHint().height() + 30, most_px)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(Qt.Key(event.key()))
        return False

    def _take_key(self, key: Qt.Key) -> bool:
        row = self._list.currentIndex().row()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if key in steps:
            self._stand_on(min(max(row + steps[key], 0), self._model.rowCount() - 1))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if row >= 0:
                self.picked.emit(self._model.item(row))
        elif key == Qt.Key.Key_Escape and not self.line.text():
            self.dismissed.emit()
        else:
            return False
        return True

    def _stand_on(self, row: int) -> None:
        index = self._model.index(row, 0)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.picked.emit(self._model.item(index.row()))
