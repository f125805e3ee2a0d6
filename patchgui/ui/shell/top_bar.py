"""The top bar: whose nodes these are, and the way to find anything."""

from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import icon, paint_icon
from patchgui.ui.widgets.text import label

_BAR_PX = 44


class LinkState(Enum):
    """How the connection stands: tone of the dot and the word for it."""

    CONNECTING = ("running", "Connecting…")
    CONNECTED = ("success", "Connected")
    TROUBLE = ("failed", "No connection")

    @property
    def tone(self) -> str:
        """The tone of the dot."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The word beside it."""
        return self.value[1]


class ConnectionButton(QPushButton):
    """Names the connection; its menu tells more of it and changes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._label = LinkState.CONNECTING, ""
        self.setProperty("kind", "field")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.menu_shown = QMenu(self)
        self.clicked.connect(self._on_clicked)
        self.show_connection("Starting…", LinkState.CONNECTING)

    @property
    def label(self) -> str:
        """The name of the connection."""
        return self._label

    def show_connection(self, text: str, state: LinkState) -> None:
        """Show the name of the connection and how it stands."""
        self._state, self._label = state, text
        self.setAccessibleName(f"Connection: {text}, {state.word}")
        self.setToolTip(f"{text}: {state.word}")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._label) + 58, super().sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        shown = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shown.role(self._state.tone).fg)
        painter.drawEllipse(QRectF(10, self.height() / 2 - 4, 8, 8))
        painter.setPen(shown.text)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect().adjusted(26, 0, -26, 0), flags, self._label)
        paint_icon(painter, QRectF(self.width() - 23, self.height() / 2 - 7, 14, 14), "chevron-down", shown.dim)

    def _on_clicked(self) -> None:
        self.menu_shown.popup(self.mapToGlobal(self.rect().bottomLeft()))


class _FindButton(QPushButton):
    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "field")
        self.setMinimumWidth(330)
        self.setAccessibleName("Find a node, run, document or action")
        self.setCursor(Qt.CursorShape.IBeamCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 0, 8, 0)
        words = label("Find a node, run, document, action", "dim")
        badge = label(keys, "keys")
        badge.setFixedHeight(18)
        for part in (words, badge):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(words)
        row.addStretch(1)
        row.addWidget(badge)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        paint_icon(painter, QRectF(10, self.height() / 2 - 7, 14, 14), "search", theme.current().dim)


class TopBar(QFrame):
    """Title, connection, search, and the menu of the window."""

    find_wanted = Signal()
    """The search field was pressed."""

    def __init__(self, find_keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedHeight(_BAR_PX)
        self.connection = ConnectionButton()
        self._find = _FindButton(find_keys)
        self._find.clicked.connect(self.find_wanted)
        self.menu = QMenu(self)
        self._more = QPushButton()
        self._more.setProperty("kind", "bare")
        self._more.setFixedSize(28, 28)
        self._more.setAccessibleName("Window menu")
        self._more.setToolTip("Theme, shortcuts, about")
        self._more.clicked.connect(self._on_more)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(label("Patch Now", "strong"))
        row.addWidget(self.connection)
        row.addStretch(1)
        row.addWidget(self._find)
        row.addWidget(self._more)
        self._more.setIcon(icon("menu"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_more"):
            self._more.setIcon(icon("menu"))
        super().changeEvent(event)

    def _on_more(self) -> None:
        corner = self._more.mapToGlobal(self._more.rect().bottomRight())
        corner.setX(corner.x() - self.menu.sizeHint().width())
        self.menu.popup(corner)
