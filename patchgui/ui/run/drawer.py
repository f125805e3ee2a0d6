"""Matrix and node pane side by side; where the window is narrow, the pane slides over the matrix as a drawer."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

_NARROW_PX = 1180
_DRAWER_PX = 480
_DRAWER_SHARE = 0.62


class SideBySide(QWidget):
    """Holds ``main`` and ``side``; below a width of 1180 px ``side`` is a drawer that opens on demand."""

    narrowed = Signal(bool)
    """The side became a drawer, or stands beside again."""
    closed = Signal()
    """The drawer is shut; the keyboard belongs to the main part."""

    def __init__(self, main: QWidget, side: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._main, self._side = main, side
        self._is_narrow = False
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(16)
        self._splitter.addWidget(main)
        self._splitter.addWidget(side)
        self._splitter.setStretchFactor(0, 63)
        self._splitter.setStretchFactor(1, 37)
        self._splitter.setSizes([630, 370])
        side.setMinimumWidth(360)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._splitter)

    @property
    def is_narrow(self) -> bool:
        """Whether the side is a drawer now."""
        return self._is_narrow

    @property
    def is_open(self) -> bool:
        """Whether the drawer covers part of the main part."""
        return self._is_narrow and self._side.isVisible()

    def open_drawer(self) -> None:
        """Show the drawer; side by side there is nothing to do."""
        if self._is_narrow:
            self._place()
            self._side.show()
            self._side.raise_()

    def close_drawer(self) -> None:
        """Take the drawer away."""
        if self.is_open:
            self._side.hide()
            self.closed.emit()

    def _place(self) -> None:
        width = min(max(_DRAWER_PX, int(self.width() * 0.45)), int(self.width() * _DRAWER_SHARE) or _DRAWER_PX)
        self._side.setGeometry(self.width() - width, 0, width, self.height())

    @override
    def minimumSizeHint(self) -> QSize:
        """Ask for the main part only: where the side has no room beside it, it is a drawer."""
        return self._main.minimumSizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < _NARROW_PX
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            if is_narrow:
                self._side.setParent(self)
                self._side.hide()
            else:
                self._splitter.addWidget(self._side)
                self._side.show()
            self.narrowed.emit(is_narrow)
        if is_narrow:
            self._place()
