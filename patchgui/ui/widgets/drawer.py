"""A drawer: a column that has no room of its own and comes in from the right over the page."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

_SHADE_ALPHA = 90


class Drawer(QWidget):
    """Covers its parent with a shade and holds one widget at the right; Escape and a click outside close it."""

    closed = Signal()
    """The drawer is shut."""

    def __init__(self, parent: QWidget, width_px: int) -> None:
        super().__init__(parent)
        self._width = width_px
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 16, 16, 16)
        self._row.addStretch(1)
        self._held: QWidget | None = None
        parent.installEventFilter(self)
        self.hide()

    def hold(self, widget: QWidget) -> None:
        """Take ``widget`` in."""
        self._held = widget
        widget.setFixedWidth(self._width)
        self._row.addWidget(widget)
        widget.show()

    def release(self) -> QWidget | None:
        """Give the widget back, free of the drawer's width."""
        widget, self._held = self._held, None
        if widget is not None:
            self._row.removeWidget(widget)
            widget.setMinimumWidth(0)
            widget.setMaximumWidth(16777215)
        self.hide()
        return widget

    def open_drawer(self) -> None:
        """Come in, with the keyboard."""
        self._cover()
        self.show()
        self.raise_()
        if self._held is not None:
            self._held.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Keep Tab inside: what is under the shade is out of reach."""
        here = self.focusWidget()
        wanted = Qt.FocusPolicy.TabFocus
        stops = [
            child
            for child in self.findChildren(QWidget)
            if child.focusPolicy() & wanted and child.isVisible() and child.isEnabled() and not child.focusProxy()
        ]
        if not stops:
            return False
        at = stops.index(here) if here in stops else -1
        stops[(at + (1 if next else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def close_drawer(self) -> None:
        """Go away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget() and not self.isHidden():
            self._cover()
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_drawer()
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_drawer()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor(Qt.GlobalColor.black)
        shade.setAlpha(_SHADE_ALPHA)
        QPainter(self).fillRect(self.rect(), shade)

    def _cover(self) -> None:
        page = self.parentWidget()
        if page is not None:
            self.setGeometry(page.rect())
