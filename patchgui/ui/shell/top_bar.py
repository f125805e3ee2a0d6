"""The top bar: whose nodes these are, and the way to find anything."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection, ConnectionColour
from patchgui.ui import theme
from patchgui.ui.connection_look import paint_mark
from patchgui.ui.icons import icon, paint_icon
from patchgui.ui.link_state import LinkState
from patchgui.ui.state_look import look
from patchgui.ui.widgets.text import label

_BAR_PX = 44


class ConnectionButton(QPushButton):
    """Names the connection in its colour, and says when something is wrong with it; its menu changes it."""

    menu_wanted = Signal(object)
    """The ``QMenu`` is about to be shown: fill it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._label, self._colour = LinkState.CONNECTING, "", ConnectionColour.GREY
        self.setProperty("kind", "field")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.menu_shown = QMenu(self)
        self.clicked.connect(self.open_menu)

    @property
    def label(self) -> str:
        """The name of the connection."""
        return self._label

    def show_connection(self, connection: Connection, state: LinkState) -> None:
        """Show the name and the colour of the connection, and how it stands."""
        self._state, self._label, self._colour = state, connection.label, connection.colour
        self.setAccessibleName(f"Connection: {self._label}, {state.word}")
        self.setToolTip(f"{self._label}: {state.word} (Ctrl+L)")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        width = self._font().horizontalAdvance(self._label) + 58
        if self._state is not LinkState.CONNECTED:
            width += self.fontMetrics().horizontalAdvance(self._state.word) + 34
        return QSize(width, super().sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        shown = theme.current()
        painter = QPainter(self)
        middle = self.height() / 2
        paint_mark(painter, 10, middle, self._colour)
        painter.setPen(shown.text)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect().adjusted(28, 0, -26, 0), flags, self._label)
        if self._state is not LinkState.CONNECTED:
            left = 28 + self._font().horizontalAdvance(self._label) + 14
            tone = theme.role(look(self._state.look).tone)
            paint_icon(painter, QRectF(left, middle - 7, 14, 14), look(self._state.look).icon, tone.fg)
            painter.setFont(self.font())
            painter.setPen(tone.fg)
            painter.drawText(self.rect().adjusted(left + 20, 0, -26, 0), flags, self._state.word)
        paint_icon(painter, QRectF(self.width() - 23, middle - 7, 14, 14), "chevron-down", shown.dim)

    def open_menu(self) -> None:
        """Show the menu below the button."""
        self.menu_shown.clear()
        self.menu_wanted.emit(self.menu_shown)
        self.menu_shown.popup(self.mapToGlobal(self.rect().bottomLeft()))
        actions = [action for action in self.menu_shown.actions() if action.isEnabled() and not action.isSeparator()]
        if actions:
            self.menu_shown.setActiveAction(actions[0])

    def _font(self) -> QFontMetrics:
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        return QFontMetrics(font)


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
