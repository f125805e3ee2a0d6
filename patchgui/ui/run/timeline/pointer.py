"""What the mouse does on the rows of the timeline: choose, drag, zoom."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from patchgui.ui.run.timeline.window import TimeWindow

if TYPE_CHECKING:
    from patchgui.ui.run.timeline.view import TimelineView

_ZOOM_PER_NOTCH: Final = 1.25
_NOTCH: Final = 120
_PAN_PER_NOTCH: Final = 0.1


class Pointer(QObject):
    """Filters the events of a timeline's viewport."""

    def __init__(self, view: "TimelineView") -> None:
        super().__init__(view)
        self._view = view
        self._pressed: QPointF | None = None
        self._window: TimeWindow | None = None
        self._scrolled = 0
        self._is_drag = False

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QWheelEvent):
            return self._on_wheel(event)
        if isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonDblClick:
            self._view.zoom_to_chosen()
        elif isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonPress:
            self._on_press(event)
        elif isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseMove:
            self._on_move(event)
        elif isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonRelease:
            self._on_release(event)
        return False

    def _on_wheel(self, event: QWheelEvent) -> bool:
        """Zoom with Ctrl, pan with Shift or sideways; what goes up and down scrolls the rows as anywhere."""
        delta, view = event.angleDelta(), self._view
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            view.zoom(_ZOOM_PER_NOTCH ** (delta.y() / _NOTCH), event.position().x() - view.names_px)
            return True
        sideways = delta.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        sideways = delta.x() or sideways
        if not sideways:
            return False
        view.show_window(view.window_shown.panned(-sideways / _NOTCH * _PAN_PER_NOTCH * view.window_shown.span_s))
        return True

    def _on_press(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._is_drag = event.position(), False
            self._window, self._scrolled = self._view.window_shown, self._view.verticalScrollBar().value()

    def _on_move(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._window is None:
            return
        moved, view = event.position() - self._pressed, self._view
        if not self._is_drag and moved.manhattanLength() >= QApplication.startDragDistance():
            self._is_drag = True
            view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._is_drag:
            view.show_window(self._window.panned(-moved.x() / view.scale_width * self._window.span_s))
            view.verticalScrollBar().setValue(round(self._scrolled - moved.y()))

    def _on_release(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._is_drag:
            self._is_drag = False
            self._view.viewport().unsetCursor()
            return
        found = self._view.bar_at(event.position()) if pressed is not None else None
        if found is not None:
            node, bar = found
            self._view.choose(node.instance_id, bar.number if bar is not None else -1)
            self._view.pane_wanted.emit()
