"""What is said over a run that is read from the archive: that it is, and what may be missing of it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from patchgui.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from patchgui.console.archive.entries import ArchivedRun
    from patchgui.console.connection import Connection


class ArchivedNote(Banner):
    """Hidden over a run that is whole, or that is watched where it runs."""

    connection_wanted = Signal(object)
    """The ``Connection`` to open: the run may go on there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("info", parent=parent)
        self._connection: Connection | None = None
        self.hide()
        self.acted.connect(self._on_acted)

    def show_run(self, entry: "ArchivedRun | None") -> None:
        """Say what is to be said of a run; None for one that is watched where it runs."""
        self.setVisible(entry is not None and not (entry.is_whole and entry.summary.is_final))
        if entry is None:
            return
        connection = entry.origin.connection
        self._connection = connection
        self.set_action(f"Open {connection.label}")
        if entry.summary.is_final:
            self.show_message(
                "info",
                "A part of this run is not in the archive.",
                f"Output that nobody looked at is still on {connection.label}, as long as SSM keeps it. "
                "Open the connection to fetch it.",
            )
            return
        self.show_message(
            "warning",
            "This run had not ended when it was seen last.",
            f"It is shown as it stood then. {connection.label} is not open: open it to see how the run goes on.",
        )

    def _on_acted(self) -> None:
        self.connection_wanted.emit(self._connection)
