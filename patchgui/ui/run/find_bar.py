"""The line below the tabs of an output in which words are looked for: how many, the next, the one before."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.icons import icon
from patchgui.ui.run.output_search import Search
from patchgui.ui.run.output_text import OutputText
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.text import label

_TYPING_MS = 80
_GROWING_MS = 400
"""While the text grows, it is searched anew no more often."""


class FindBar(QWidget):
    """Searches an :class:`OutputText`; F3 and Shift+F3 step, Escape closes."""

    closed = Signal()

    def __init__(self, text: OutputText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._search = Search()
        self.box = SearchBox("Find in this output", "Find in this output")
        self.count = label("", "dim")
        self.before = _tool("Previous (Shift+F3)")
        self.next = _tool("Next (F3)")
        self.close_button = _tool("Close (Esc)")
        self._lay_out()
        self._typing = self._timer(_TYPING_MS)
        self._growing = self._timer(_GROWING_MS)
        self.box.textChanged.connect(self._typing.start)
        self.box.results_wanted.connect(self.step)
        self.before.clicked.connect(self.step_back)
        self.next.clicked.connect(self.step)
        self.close_button.clicked.connect(self.close_bar)
        text.grown.connect(self._on_grown)
        # Spots are looked up in a turn of their own: a scroll bar moves many times in one.
        self._showing = QTimer(self)
        self._showing.setSingleShot(True)
        self._showing.setInterval(0)
        self._showing.timeout.connect(self._show_spots)
        text.scrolled.connect(self._showing.start)
        self.refresh_icons()
        self.hide()

    def _timer(self, after_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(self._look)
        return timer

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box, 1)
        for part in (self.count, self.before, self.next, self.close_button):
            row.addWidget(part)

    def open_bar(self) -> None:
        """Look for something: what is selected, or else what was looked for last."""
        chosen = self._text.textCursor().selectedText()
        self.show()
        if chosen and "\u2029" not in chosen:
            self.box.setText(chosen)
        self.box.setFocus()
        self.box.selectAll()
        self._look()

    def look_for(self, words: str) -> None:
        """Look for words that were found elsewhere; the keyboard stays where it is."""
        self.show()
        self.box.setText(words)
        self._look()

    def close_bar(self) -> None:
        """Look for nothing any more; the keyboard goes to the text."""
        self.hide()
        self._typing.stop()
        self._growing.stop()
        self._search = Search()
        self._text.show_found([], None)
        self._text.setFocus()
        self.closed.emit()

    def step(self) -> None:
        """Go to the next one."""
        self._go(1)

    def step_back(self) -> None:
        """Go to the one before."""
        self._go(-1)

    def _go(self, by: int) -> None:
        if self.isHidden():
            self.open_bar()
            return
        if self._typing.isActive() or self._growing.isActive():
            self._look()
        self._search.step(by)
        self._show_current()

    def _look(self) -> None:
        if self.isHidden():
            return
        self._typing.stop()
        self._growing.stop()
        was_other = self.box.text() != self._search.words
        first, _last = self._text.spots_in_view()
        self._search.look(self._text.toPlainText(), self.box.text(), first)
        if was_other:
            self._show_current()
        else:
            self._show_spots()

    def _show_current(self) -> None:
        current = self._search.current
        if current is not None:
            cursor = QTextCursor(self._text.document())
            cursor.setPosition(current[0])
            self._text.bring_into_view(cursor)
            cursor.setPosition(current[1], QTextCursor.MoveMode.KeepAnchor)
            self._text.show_column(cursor)
        self._show_spots()

    def _show_spots(self) -> None:
        if self.isHidden():
            return
        self._text.show_found(self._search.between(*self._text.spots_in_view()), self._search.current)
        self.count.setText(self._search.count_words)
        self.box.setProperty("invalid", bool(self._search.words) and not self._search.spots)
        for tool in (self.before, self.next):
            tool.setEnabled(bool(self._search.spots))

    def _on_grown(self) -> None:
        if self.isVisible() and not self._growing.isActive():
            self._growing.start()

    def refresh_icons(self) -> None:
        """Draw the marks of the tools in the colours of now."""
        ink = theme.current().dim
        for tool, name in ((self.before, "chevron-up"), (self.next, "chevron-down"), (self.close_button, "close")):
            tool.setIcon(icon(name, ink))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "close_button"):
            self.refresh_icons()
        super().changeEvent(event)


def _tool(tooltip: str) -> QPushButton:
    made = QPushButton()
    made.setProperty("kind", "bare")
    made.setToolTip(tooltip)
    made.setAccessibleName(tooltip)
    return made
