"""The rail: the pages there are, and where you are."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui import theme

RAIL_PX = 152
"""How wide the rail is."""
_ITEM_PX = 34


class _RailItem(QAbstractButton):
    def __init__(self, key: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.key, self._count = key, 0
        self.setText(title)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleDescription(f"{count} at work" if count else "")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(RAIL_PX, _ITEM_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shown.selection if self.isChecked() else shown.hover)
            painter.drawRoundedRect(ground, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(shown.accent)
            painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = self.font()
        if self.isChecked():
            font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(shown.accent if self.isChecked() else shown.dim)
        box = ground.adjusted(12, 0, -12, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._count:
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(self._count))


class Rail(QFrame):
    """One item per page; arrow keys move, the page follows."""

    chosen = Signal(str)
    """The key of the page the user went to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedWidth(RAIL_PX)
        self.setAccessibleName("Pages")
        self._group = QButtonGroup(self)
        self._items: dict[str, _RailItem] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 12, 8, 12)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self._group.buttonClicked.connect(self._on_clicked)

    def add(self, key: str, title: str, keys: str) -> None:
        """Add a page at the end."""
        item = _RailItem(key, title, self)
        item.setToolTip(f"{title} ({keys})" if keys else title)
        self._items[key] = item
        self._group.addButton(item)
        self._column.insertWidget(self._column.count() - 1, item)

    def show_current(self, key: str) -> None:
        """Mark where the user is."""
        self._items[key].setChecked(True)

    def set_count(self, key: str, count: int) -> None:
        """Show how many things are at work on a page; 0 shows nothing."""
        if key in self._items:
            self._items[key].set_count(count)

    def _on_clicked(self, item: QAbstractButton) -> None:
        if isinstance(item, _RailItem):
            self.chosen.emit(item.key)
