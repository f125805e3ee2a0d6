"""The status bar: quiet facts that are always true."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import pixmap
from patchgui.ui.link_state import LinkState
from patchgui.ui.state_look import look
from patchgui.ui.widgets.text import label

_BAR_PX = 26


class StatusBar(QFrame):
    """Connection, nodes and calls to the left; where we are to the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedHeight(_BAR_PX)
        self._state = LinkState.CONNECTING
        self._dot = QLabel()
        self._link = label("", "help")
        self._nodes = label("", "help")
        self._calls = label("", "help")
        self._work = label("", "help")
        self._place = label("", "help")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(6)
        row.addWidget(self._dot)
        row.addWidget(self._link)
        for part in (self._nodes, self._calls, self._work):
            row.addSpacing(14)
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._place)
        self.show_link(LinkState.CONNECTING)

    def show_link(self, state: LinkState, word: str = "") -> None:
        """Show how the connection stands, in ``word`` or the state's own."""
        self._state = state
        self._link.setText(word or state.word)
        self._dot.setPixmap(pixmap("dot", theme.role(look(state.look).tone).fg, 12, self.devicePixelRatioF()))

    def show_nodes(self, text: str) -> None:
        """Show how many nodes there are: ``6 nodes · 5 online``."""
        self._nodes.setText(text)

    def show_calls(self, text: str) -> None:
        """Show how hard the service is asked: ``API 1.2 calls/s · 0 throttled``."""
        self._calls.setText(text)

    def show_work(self, text: str) -> None:
        """Show what goes on in the background: ``Importing 12 of 40 runs``."""
        self._work.setText(text)

    def show_place(self, text: str) -> None:
        """Show where all this is: region and endpoint."""
        self._place.setText(text)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_place"):
            self.show_link(self._state, self._link.text())
        super().changeEvent(event)
