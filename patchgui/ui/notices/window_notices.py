"""Brings notices before the operator: on the page, in the title, on the icon, or as a message of the desktop."""

from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from patchgui.console.notice_settings import NoticeFile
from patchgui.console.notices import Notice
from patchgui.ui.console_pages import ConsolePages
from patchgui.ui.notices.app_icon import app_icon
from patchgui.ui.notices.presenter import NoticesPresenter
from patchgui.ui.notices.sheet import NoticesSheet
from patchgui.ui.notices.tray import Tray
from patchgui.ui.shell.actions import Action
from patchgui.ui.shell.window import Shell
from patchgui.ui.task_scope import TaskScope


class WindowNotices(QObject):
    """Tells nothing to who looks at the run, tells who looks at the window in it, and everybody else outside of it."""

    def __init__(
        self, shell: Shell, pages: ConsolePages, scope: TaskScope, file: NoticeFile, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._shell, self._pages = shell, pages
        self._unread = 0
        self.presenter = NoticesPresenter(scope, file, self)
        self.presenter.raised.connect(self._on_raised)
        self.presenter.failed.connect(shell.toasts.show_trouble)
        pages.runs_told.connect(self.presenter.take)
        self.tray = Tray(self)
        self.tray.run_wanted.connect(self._on_run_wanted)
        self.tray.window_wanted.connect(self._bring_up)
        self.tray.quit_wanted.connect(shell.close)
        shell.installEventFilter(self)
        shell.setWindowIcon(app_icon())
        shell.actions_list.add(Action("action:notices", "Notices…", self.open_sheet))
        shell.top_bar.menu.addAction("Notices…").triggered.connect(self.open_sheet)

    def start(self) -> None:
        """Read the settings and come on screen."""
        self.presenter.load()
        self.tray.start()

    def close(self) -> None:
        """Go off the screen."""
        self.tray.close()
        self._show_unread(0)

    def open_sheet(self) -> None:
        """Open the settings."""
        sheet = NoticesSheet(self.presenter.settings, self._shell)
        sheet.save_wanted.connect(self.presenter.save)
        sheet.test_wanted.connect(self.presenter.test)
        self.presenter.saved.connect(sheet.accept)
        self.presenter.not_saved.connect(sheet.show_failure)
        self.presenter.tested.connect(sheet.show_trial)
        sheet.open()

    def _on_raised(self, notice: Notice) -> None:
        if not self._shell.isActiveWindow():
            self._show_unread(self._unread + 1)
            QApplication.alert(self._shell)
            if self.presenter.settings.on_desktop:
                self.tray.tell(notice)
        if self._shell.isActiveWindow() and self._pages.shows_run(notice.run_id):
            return
        kind = "warning" if notice.is_trouble else "success"
        self._shell.toasts.show_news(kind, notice.title, notice.text, partial(self._pages.open_run, notice.run_id))

    def _on_run_wanted(self, run_id: str) -> None:
        self._bring_up()
        self._pages.open_run(run_id)

    def _bring_up(self) -> None:
        self._shell.showNormal() if self._shell.isMinimized() else self._shell.show()
        self._shell.raise_()
        self._shell.activateWindow()

    def _show_unread(self, count: int) -> None:
        self._unread = count
        self._shell.show_unread(count)
        self._shell.setWindowIcon(app_icon(count))
        self.tray.show_count(count)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.setBadgeNumber(count)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and self._unread:
            self._show_unread(0)
        return super().eventFilter(watched, event)
