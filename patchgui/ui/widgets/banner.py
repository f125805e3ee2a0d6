"""A banner: what happened, to what, and what to do next, where it arose."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.errors import Trouble
from patchgui.ui.icons import icon, pixmap
from patchgui.ui.state_look import look
from patchgui.ui.widgets.command_button import CommandButton


class Banner(QFrame):
    """A message of one ``kind`` (``success``, ``info``, ``warning``, ``error``) with a hint below it.

    The text can be selected; errors carry a button that copies all of it.
    """

    acted = Signal()
    """The button named by :meth:`set_action` was pressed."""
    closed = Signal()
    """The user closed the banner; it is hidden already."""

    def __init__(self, kind: str = "info", text: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._kind, self._detail = kind, ""
        self._glyph = QLabel()
        self._text = _words("banner-text")
        self._hint = _words("banner-hint")
        self._action = QPushButton()
        self._action.setProperty("kind", "small")
        self._action.clicked.connect(self.acted)
        self._copy_command = CommandButton()
        self._copy = _small_button("copy", "Copy this message")
        self._copy.clicked.connect(self._on_copy)
        self._close = _small_button("close", "Close")
        self._close.clicked.connect(self.dismiss)
        self._close.hide()
        self._action.hide()
        self._lay_out()
        if text:
            self.show_message(kind, text, hint)

    def show_message(self, kind: str, text: str, hint: str = "", detail: str = "") -> None:
        """Show another message; ``detail`` is not shown, only copied with the rest."""
        self._kind, self._detail = kind, detail
        self._copy_command.set_command("")
        self._text.setText(text)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        weight = QFont.Weight.DemiBold if hint else QFont.Weight.Normal
        font = self._text.font()
        font.setWeight(weight)
        self._text.setFont(font)
        self._copy.setVisible(kind == "error")
        self.setAccessibleName(f"{look(kind).word}: {text}")
        self.setAccessibleDescription(hint)
        self._paint_glyphs()
        self.update()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show an error; where a command mends it, a button copies that."""
        self.show_message("error", trouble.message, trouble.hint, trouble.detail)
        self._copy_command.set_command(trouble.command)

    def set_action(self, text: str) -> None:
        """Offer a button called ``text``; an empty text takes it away."""
        self._action.setText(text)
        self._action.setVisible(bool(text))

    def set_closable(self, *, closable: bool) -> None:
        """Let the user close the banner, or not."""
        self._close.setVisible(closable)

    def dismiss(self) -> None:
        """Hide the banner, as its cross does."""
        self.hide()
        self.closed.emit()

    @property
    def text(self) -> str:
        """What a copy of the banner says: message, hint and detail."""
        return "\n".join(part for part in (self._text.text(), self._hint.text(), self._detail) if part)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_glyphs()
        super().changeEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = theme.role(look(self._kind).tone)
        painter.setPen(tone.fg if self.property("floating") else Qt.PenStyle.NoPen)
        painter.setBrush(tone.soft)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._action)
        buttons.addWidget(self._copy_command)
        buttons.addStretch(1)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def _paint_glyphs(self) -> None:
        tone = theme.role(look(self._kind).tone)
        self._glyph.setPixmap(pixmap(look(self._kind).icon, tone.fg, 16, self.devicePixelRatioF()))
        self._copy.setIcon(icon("copy", tone.fg))
        self._close.setIcon(icon("close", tone.fg))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


def _words(role: str) -> QLabel:
    made = QLabel()
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _small_button(icon_name: str, name: str) -> QPushButton:
    made = QPushButton()
    made.setProperty("kind", "bare")
    made.setIconSize(QSize(14, 14))
    made.setFixedSize(22, 22)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setObjectName(icon_name)
    return made
