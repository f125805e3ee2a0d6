"""Text as it is: read-only, in the fixed font, never wrapped by surprise."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from patchgui.ui.widgets.text import fixed_font


class CodeView(QPlainTextEdit):
    """A read-only look at a script or a document; Tab leaves it."""

    def __init__(self, name: str, *, wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("role", "code")
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wrap else modes.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(fixed_font(self.font()))

    def show_text(self, text: str) -> None:
        """Show ``text`` from its start; the same text again keeps the place."""
        if text != self.toPlainText():
            self.setPlainText(text)
