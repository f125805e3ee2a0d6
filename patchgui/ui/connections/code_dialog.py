"""The question for a code of an MFA device: whose, for what, and one field that keeps nothing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.console.connection import Connection
from patchgui.ui.connection_look import ConnectionTag
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.form_field import named_line
from patchgui.ui.widgets.text import label

if TYPE_CHECKING:
    from patchgui.ssm.credentials import CodeRequest

_WIDTH_PX = 420
_LETTERS = 6
"""Every code of a device that AWS takes has six digits."""


class CodeDialog(QDialog):
    """Modal to the window, opened and never waited for; cancelling it leaves the connection without credentials."""

    entered = Signal(str)
    """The code. It is in no widget any more."""

    def __init__(self, connection: Connection, request: "CodeRequest", parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Patch Now")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAccessibleName("MFA code")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.code = named_line("MFA code", "six digits")
        self.code.setMaxLength(_LETTERS)
        self.code.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.code.setValidator(QRegularExpressionValidator(QRegularExpression(rf"\d{{{_LETTERS}}}"), self.code))
        self.code.textChanged.connect(self._on_changed)
        self.go = QPushButton("Sign in")
        self._lay_out(connection, request)
        self._on_changed("")
        self.code.setFocus()

    def _lay_out(self, connection: Connection, request: "CodeRequest") -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(ConnectionTag(connection))
        column.addWidget(label("Enter the code of your MFA device", "page-title"))
        if request.was_refused:
            column.addWidget(Banner("error", "That code was not accepted.", "Wait for the next one of the device."))
        column.addWidget(label(f"The profile {request.profile} takes on a role that asks for it.", wrap=True))
        device = label(request.device, "help", wrap=True)
        device.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(device)
        column.addWidget(self.code)
        column.addWidget(label("It goes to AWS once and is kept nowhere.", "help"))
        column.addSpacing(8)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        later = QPushButton("Not now")
        later.clicked.connect(self.reject)
        later.setAutoDefault(False)
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_go)
        foot.addWidget(later)
        foot.addWidget(self.go)
        column.addLayout(foot)

    def _on_changed(self, text: str) -> None:
        self.go.setEnabled(len(text) == _LETTERS)

    def _on_go(self) -> None:
        code = self.code.text()
        self.code.clear()
        self.entered.emit(code)
        self.accept()
