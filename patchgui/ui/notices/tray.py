"""The icon beside the clock, and the desktop's own messages, where the desktop has such."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from patchgui.console.notices import Notice
from patchgui.ui.notices.app_icon import app_icon

_SHOWN_MS = 10_000


class Tray(QObject):
    """Shows notices as messages of the desktop; a click on one leads to its run."""

    run_wanted = Signal(str)
    """The id of the run that was told of last."""
    window_wanted = Signal()
    """The icon was clicked."""
    quit_wanted = Signal()
    """The window is to be closed; runs go on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run_id = ""
        self._menu = QMenu()
        self._menu.addAction("Open Patch Now").triggered.connect(self.window_wanted)
        self._menu.addAction("Close the window (runs go on)").triggered.connect(self.quit_wanted)
        self.icon = QSystemTrayIcon(app_icon(), self)
        self.icon.setToolTip("Patch Now")
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self._on_message_clicked)

    def start(self) -> None:
        """Come on screen, if this desktop has a place for it."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()

    def close(self) -> None:
        """Go away."""
        self.icon.hide()

    def show_count(self, count: int) -> None:
        """Show how many notices wait to be looked at."""
        self.icon.setIcon(app_icon(count))
        self.icon.setToolTip(f"Patch Now – {count} to look at" if count else "Patch Now")

    def tell(self, notice: Notice) -> None:
        """Show a message of the desktop, where it has such."""
        self._run_id = notice.run_id
        if self.icon.isVisible() and QSystemTrayIcon.supportsMessages():
            kinds = QSystemTrayIcon.MessageIcon
            kind = kinds.Warning if notice.is_trouble else kinds.Information
            self.icon.showMessage(notice.title, notice.text, kind, _SHOWN_MS)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick}:
            self.window_wanted.emit()

    def _on_message_clicked(self) -> None:
        self.run_wanted.emit(self._run_id)
