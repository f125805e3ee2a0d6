"""The text of an output: stdout as it is, stderr in the tone of failure, new words joined on at the end."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.widgets.code_view import CodeView

Piece = tuple[str, str]
"""A tone's name (empty: plain text, ``dim``: what the engine added) and the words in it."""
_MAX_LINES = 20_000


class OutputText(CodeView):
    """Shows pieces of text; follows the end as long as ``follows``, and stops when scrolled up."""

    follow_changed = Signal(bool)
    """The operator scrolled away from the end, or back to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Output", parent=parent)
        self._pieces: list[Piece] = []
        self._last_tone = ""
        self._follows = True
        self._is_filling = False
        self.setMaximumBlockCount(_MAX_LINES)
        self.setUndoRedoEnabled(False)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def follows(self) -> bool:
        """Whether the newest line is kept in sight."""
        return self._follows

    def set_follows(self, *, follows: bool) -> None:
        """Keep the newest line in sight, or leave the view where it is."""
        self._follows = follows
        if follows:
            self._to_end()

    def set_wrapped(self, *, wrapped: bool) -> None:
        """Break long lines, or scroll sideways."""
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wrapped else modes.NoWrap)

    def show_pieces(self, pieces: list[Piece]) -> None:
        """Show ``pieces``; what only grew at its end is joined on, so that a selection stays."""
        pieces = [piece for piece in pieces if piece[1]]
        if pieces == self._pieces:
            return
        self._is_filling = True
        kept = self._grown_by(pieces)
        if kept is None:
            self.clear()
            self._last_tone = ""
            self._insert(pieces)
        else:
            self._insert(kept)
        self._pieces = pieces
        self._is_filling = False
        if self._follows:
            self._to_end()

    def _grown_by(self, pieces: list[Piece]) -> list[Piece] | None:
        old = self._pieces
        if not old or len(pieces) < len(old) or pieces[: len(old) - 1] != old[:-1]:
            return None
        (tone, before), (new_tone, after) = old[-1], pieces[len(old) - 1]
        if tone != new_tone or not after.startswith(before):
            return None
        return [(tone, after[len(before) :]), *pieces[len(old) :]]

    def _insert(self, pieces: list[Piece]) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for tone, words in pieces:
            look = QTextCharFormat()
            look.setForeground(_ink(tone))
            if not cursor.atBlockStart() and tone != self._last_tone:
                cursor.insertText("\n")
            cursor.insertText(words, look)
            self._last_tone = tone
        cursor.endEditBlock()

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.horizontalScrollBar().setValue(0)

    def _on_scrolled(self, value: int) -> None:
        if self._is_filling:
            return
        at_end = value >= self.verticalScrollBar().maximum()
        if at_end != self._follows:
            self._follows = at_end
            self.follow_changed.emit(at_end)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        follows = self._follows
        self._is_filling = True
        super().resizeEvent(event)
        self._is_filling = False
        if follows:
            self._to_end()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pieces") and self._pieces:
            pieces, self._pieces = self._pieces, []
            self.show_pieces(pieces)
        super().changeEvent(event)


def _ink(tone: str) -> QColor:
    colours = theme.current()
    return {"": colours.text, "dim": colours.dim}.get(tone) or colours.role(tone).fg
