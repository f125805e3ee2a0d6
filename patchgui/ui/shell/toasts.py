"""Messages that belong to no page: errors of background work, at the foot of the window, until closed."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.ui.errors import Trouble
from patchgui.ui.shell.rail import RAIL_PX
from patchgui.ui.widgets.banner import Banner

_WIDTH_PX = 460
_AT_MOST = 3
_GOOD_NEWS_MS = 6000
_UNDO_MS = 20_000


class Toasts(QWidget):
    """A small pile of banners over the page's lower left; errors stay, good news goes by itself."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._shown: list[Banner] = []
        self.hide()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show an error until the user closes it; the same one twice is shown once."""
        if any(banner.text.startswith(trouble.message) for banner in self._shown):
            return
        banner = self._add()
        banner.show_trouble(trouble)
        self.place()

    def show_note(self, text: str, hint: str = "") -> None:
        """Show good news for a few seconds."""
        banner = self._add()
        banner.show_message("success", text, hint)
        QTimer.singleShot(_GOOD_NEWS_MS, banner, banner.dismiss)
        self.place()

    def show_news(self, kind: str, text: str, hint: str, go: Callable[[], object]) -> None:
        """Show what happened elsewhere, and lead there; good news goes by itself, other news stays."""
        banner = self._add()
        banner.show_message(kind, text, hint)
        banner.set_action("Open")
        banner.acted.connect(banner.dismiss)
        banner.acted.connect(go)
        if kind == "success":
            QTimer.singleShot(_GOOD_NEWS_MS, banner, banner.dismiss)
        self.place()

    def show_undoable(self, text: str, hint: str, undo: Callable[[], None]) -> None:
        """Show what was done, with the way back, for as long as it takes to think better of it."""
        banner = self._add()
        banner.show_message("success", text, hint)
        banner.set_action("Undo")
        banner.acted.connect(undo)
        banner.acted.connect(banner.dismiss)
        QTimer.singleShot(_UNDO_MS, banner, banner.dismiss)
        self.place()

    def place(self) -> None:
        """Stand at the lower left of the window, above the status bar."""
        window = self.parentWidget()
        if window is None or not self._shown:
            self.hide()
            return
        width = min(_WIDTH_PX, window.width() - RAIL_PX - 64)
        # What is hidden has no height for a width.
        self.show()
        self._column.invalidate()
        height = self._column.heightForWidth(width)
        self.setGeometry(RAIL_PX + 32, window.height() - height - 58, width, height)
        self.raise_()

    def _add(self) -> Banner:
        banner = Banner()
        banner.setProperty("floating", True)
        banner.set_closable(closable=True)
        banner.closed.connect(self._on_closed)
        self._column.addWidget(banner)
        banner.show()
        self._shown.append(banner)
        while len(self._shown) > _AT_MOST:
            self._drop(self._shown[0])
        return banner

    def _drop(self, banner: Banner) -> None:
        self._shown.remove(banner)
        self._column.removeWidget(banner)
        banner.hide()
        banner.deleteLater()

    def _on_closed(self) -> None:
        banner = self.sender()
        if isinstance(banner, Banner) and banner in self._shown:
            self._drop(banner)
        self.place()
