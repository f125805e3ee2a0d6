"""The windows and the editor of a task in one place: where one leads to the other and back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from patchgui.ui.windows.page import WindowsPage

if TYPE_CHECKING:
    from patchgui.ui.window_task.editor import TaskEditor


class WindowsHome(QStackedWidget):
    """Shows the windows; the editor is made for the first task that is edited."""

    def __init__(
        self, page: WindowsPage, make_editor: "Callable[[], TaskEditor]", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.page = page
        self.editor: TaskEditor | None = None
        self._make_editor = make_editor
        self.addWidget(page)
        self.setFocusProxy(page)
        page.task_edit_wanted.connect(self.edit_task)
        page.task_add_wanted.connect(self.add_task)

    @property
    def is_editing(self) -> bool:
        """Whether a task is on screen."""
        return self.currentWidget() is not self.page

    def edit_task(self, window_id: str, task_id: str) -> None:
        """Edit a task of a window."""
        if self.editor is None:
            self.editor = self._make_editor()
            self.editor.left.connect(self._on_left)
            self.addWidget(self.editor)
        self.editor.edit(window_id, task_id)
        self.setCurrentWidget(self.editor)
        self.setFocusProxy(self.editor)

    def add_task(self, window_id: str) -> None:
        """Make a task for a window."""
        self.edit_task(window_id, "")

    def save_task(self) -> None:
        """Save the task that is on screen."""
        if self.editor is not None and self.is_editing:
            self.editor.save()

    def _on_left(self, window_id: str) -> None:
        self.setFocusProxy(self.page)
        self.setCurrentWidget(self.page)
        self.page.read_again()
        self.page.choose(window_id)
