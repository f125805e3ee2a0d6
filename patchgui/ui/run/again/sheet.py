"""What will happen when a run is sent once more: the same column as on the Patch now page, as a dialog."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from patchgui.ui.connection_look import ConnectionTag
from patchgui.ui.patch_now.what_will_happen import WhatWillHappenView
from patchgui.ui.run.again.presenter import AgainPresenter
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    from patchgui.ui.patch_now.consequences import Consequences

_SIZE = QSize(520, 620)


class AgainSheet(QDialog):
    """Shows the forecast of a wish and asks before it is launched. Escape leaves everything as it is."""

    def __init__(self, presenter: AgainPresenter, parent: QWidget) -> None:
        super().__init__(parent)
        self._presenter = presenter
        wish, connection = presenter.wish, presenter.connection
        assert wish is not None
        self.setWindowTitle("Patch Now")
        self.setModal(True)
        self.setAccessibleName(wish.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.happen = WhatWillHappenView()
        self.happen.set_drawer(is_drawer=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        if connection is not None:
            column.addWidget(ConnectionTag(connection))
        column.addWidget(label(wish.title, "page-title"))
        column.addWidget(label(wish.sentence, "dim", wrap=True))
        column.addWidget(self.happen, 1)
        room = parent.window().size()
        self.resize(_SIZE.boundedTo(QSize(room.width() - 40, room.height() - 40)))
        self._connect()
        self._show()

    def _connect(self) -> None:
        presenter, happen = self._presenter, self.happen
        presenter.forecast_changed.connect(self._show)
        presenter.launching_changed.connect(self._on_launching)
        presenter.launch_asked.connect(self._on_launch_asked)
        presenter.launch_failed.connect(happen.show_failure)
        presenter.launch_told.connect(happen.show_waiting)
        happen.stop_wanted.connect(presenter.stop_launching)
        presenter.launched.connect(self.accept)
        happen.launch_wanted.connect(presenter.ask_launch)
        happen.retry_wanted.connect(presenter.foretell_again)
        happen.close_wanted.connect(self.reject)
        self.rejected.connect(presenter.give_up)

    def _show(self) -> None:
        wish = self._presenter.wish
        if wish is not None:
            self.happen.show_state(self._presenter.forecast_state, len(wish.nodes), self._presenter.choice)
            self.happen.go.setEnabled(self._presenter.can_launch)

    def _on_launching(self, launching: bool) -> None:
        self._show()
        self.happen.show_launching(launching=launching)

    def _on_launch_asked(self, question: "Consequences") -> None:
        from patchgui.ui.patch_now.confirm import ConfirmDialog

        dialog = ConfirmDialog(question, self, self._presenter.connection)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._presenter.launch)
        dialog.open()
