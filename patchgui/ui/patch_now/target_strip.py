"""Says that nodes are chosen by a target, how many they are now, and lets go of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.patching.wording import counted
from patchgui.ui.patch_now.target import TargetState
from patchgui.ui.widgets.banner import Banner

_LATE = "SSM works the nodes out when the run starts; the table shows those of now."


class TargetStrip(QWidget):
    """Hidden while nodes are picked by hand."""

    let_go = Signal()
    """Nodes should be picked by hand again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banner = Banner("info")
        self._banner.set_action("Pick by hand")
        self._banner.acted.connect(self.let_go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._banner)
        self.hide()

    def show_target(self, state: TargetState | None) -> None:
        """Show how the target stands, or nothing."""
        self.setVisible(state is not None)
        if state is None:
            return
        words = state.target.words
        if state.trouble is not None:
            trouble = state.trouble
            self._banner.show_message("error", f"{words}: {trouble.message}", trouble.hint, trouble.detail)
        elif state.node_count is None:
            self._banner.show_message("info", f"Target: {words}", "Looking up its nodes…")
        else:
            self._banner.show_message("info", f"Target: {words} · {counted(state.node_count, 'node')} now", _LATE)
