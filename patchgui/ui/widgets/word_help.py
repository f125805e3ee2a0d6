"""Help while typing: a list under a search box that ends the word at the cursor. The keyboard stays in the box."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout
from typing_extensions import override

from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.widgets.pick_list import PickDelegate, PickModel
from patchgui.ui.widgets.search_box import SearchBox

Suggest = Callable[[str], Sequence[PickItem]]
"""Given the word at the cursor, what it may become, best first; the key is what is put in its place."""

_ROW_PX = 30
_MOST_ROWS = 8
_WIDTH_PX = 360


class WordHelp(QObject):
    """Offers words under ``box``: arrows choose, Enter or Tab takes, Escape closes. Ctrl+Space opens it at any time."""

    def __init__(self, box: SearchBox, name: str, suggest: Suggest) -> None:
        super().__init__(box)
        self._box, self._suggest = box, suggest
        self._model = PickModel(self)
        # A tool tip's window never takes the keyboard, wherever the window manager would give it.
        self.popup = QFrame(box, Qt.WindowType.ToolTip)
        self.popup.setProperty("role", "popup")
        self.list = QListView(self.popup)
        self.list.setModel(self._model)
        self.list.setItemDelegate(PickDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(name)
        self.list.setMinimumHeight(_ROW_PX)
        column = QVBoxLayout(self.popup)
        column.setContentsMargins(5, 5, 5, 5)
        column.addWidget(self.list)
        box.installEventFilter(self)
        box.textEdited.connect(self._on_edited)
        self.list.clicked.connect(self._take)

    @property
    def items(self) -> tuple[PickItem, ...]:
        """What is offered now."""
        return tuple(self._model.item(row) for row in range(self._model.rowCount()))

    def show_words(self, word: str) -> None:
        """Offer what ``word`` may become; nothing is offered where it can become nothing."""
        items = self._suggest(word)
        self._model.show(items)
        if not items:
            self.popup.hide()
            return
        height = min(len(items), _MOST_ROWS) * _ROW_PX + 12
        self.popup.resize(min(max(self._box.width(), 200), _WIDTH_PX), height)
        self.popup.move(self._box.mapToGlobal(QPoint(0, self._box.height() + 2)))
        self.popup.show()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self.popup.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.show_words(self._word()[1])
            return True
        if not self.popup.isVisible():
            return False
        row = self.list.currentIndex().row()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._stand_on(row + (1 if key == Qt.Key.Key_Down else -1))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab} and row >= 0:
            self._take(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.popup.hide()
        else:
            return False
        return True

    def _stand_on(self, row: int) -> None:
        count = self._model.rowCount()
        index = self._model.index(row % count, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _on_edited(self) -> None:
        word = self._word()[1]
        if word:
            self.show_words(word)
        else:
            self.popup.hide()

    def _word(self) -> tuple[int, str]:
        """Return where the word before the cursor begins, and the word; blanks in quotes do not end it."""
        before = self._box.text()[: self._box.cursorPosition()]
        begin, is_quoted = 0, False
        for place, letter in enumerate(before):
            is_quoted ^= letter == '"'
            if letter == " " and not is_quoted:
                begin = place + 1
        return begin, before[begin:]

    def _take(self, index: QModelIndex) -> None:
        item = self._model.item(index.row())
        begin, word = self._word()
        text = self._box.text()
        # An operator still wants its value; a value is whole, and the next word may follow.
        put = item.key if item.key.endswith(":") else f"{item.key} "
        rest = text[begin + len(word) :].lstrip() if put.endswith(" ") else text[begin + len(word) :]
        self._box.setText(f"{text[:begin]}{put}{rest}")
        self._box.setCursorPosition(begin + len(put))
        self.popup.hide()
        if item.key.endswith(":"):
            self.show_words(item.key)
