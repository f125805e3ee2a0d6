"""A line to type a search into: a glass to the left, the shortcut or a cross to the right."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import icon, pixmap
from patchgui.ui.widgets.text import label

_LEFT_PX = 30
_RIGHT_PX = 62


class SearchBox(QLineEdit):
    """A line edit for filters; Escape empties it, arrow down asks to go to the results."""

    results_wanted = Signal()
    """Arrow down or Enter: the keyboard should move on to what was found."""

    def __init__(self, name: str, placeholder: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self._glass = QLabel()
        self._keys = label(keys, "keys")
        self._keys.setFixedHeight(18)
        self._clear = QPushButton()
        self._clear.setProperty("kind", "bare")
        self._clear.setFixedSize(20, 20)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setToolTip("Clear (Esc)")
        self._clear.setAccessibleName("Clear")
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 7, 0)
        row.addWidget(self._glass)
        row.addStretch(1)
        row.addWidget(self._keys)
        row.addWidget(self._clear)
        self.setTextMargins(_LEFT_PX - 8, 0, _RIGHT_PX - 8 if keys else 20, 0)
        self._clear.clicked.connect(self.clear)
        self.textChanged.connect(self._on_text_changed)
        self._on_text_changed("")
        self._paint_icons()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.results_wanted.emit()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_clear"):
            self._paint_icons()
        super().changeEvent(event)

    def _paint_icons(self) -> None:
        ink = theme.current().dim
        self._glass.setPixmap(pixmap("search", ink, 14, self.devicePixelRatioF()))
        self._clear.setIcon(icon("close", ink))

    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._keys.setVisible(not text and bool(self._keys.text()))
