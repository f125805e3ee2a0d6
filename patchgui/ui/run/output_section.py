"""One stream of an output inside a text document: what came is read as a terminal reads it and put in at its end."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument

from patchgui.patching.own_words import is_engines
from patchgui.ui.run.output_ink import look_of
from patchgui.ui.run.terminal_text import PLAIN, Line, TerminalReader

MOST_LINES: Final = 100_000
"""Of a longer stream the end is shown; a copy has all of it."""
_MOST_COLUMNS: Final = 4_000
"""A longer line is broken: one line is laid out in one go."""
_STEP_CHARS: Final = 2_048


class Section:
    """Where a stream stands in the document, and how much of it is there already."""

    def __init__(self, document: QTextDocument, tone: str) -> None:
        self._tone = tone
        self._reader = TerminalReader()
        self.cursor = QTextCursor(document)
        """Stands after the last character of the stream."""
        self.start = -1
        """Where in the document the stream begins; -1 before it wrote anything."""
        self._text = ""
        self._first = 0
        self._read = 0
        self._open: Line = ()

    @property
    def is_behind(self) -> bool:
        """Whether there is text that the document does not have yet."""
        return self._read < len(self._text)

    @property
    def has_begun(self) -> bool:
        """Whether the stream has anything in the document."""
        return self.start >= 0

    def grow(self, text: str) -> bool:
        """Take the stream as it is now; return False where it is not more of the same, so that all begins anew."""
        if not text.startswith(self._text):
            return False
        lines = text.count("\n", self._first)
        if self._text and lines > 2 * MOST_LINES:
            return False
        if not self._text and lines > MOST_LINES:
            self._first = self._read = _start_of_last(text, MOST_LINES)
        self._text = text
        return True

    def withdraw(self) -> None:
        """Take the stream out of the document, to be put in again after what goes before it."""
        if not self.has_begun:
            return
        self.cursor.setPosition(self.start)
        self.cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        self.cursor.removeSelectedText()
        self.start, self._read, self._open, self._reader = -1, self._first, (), TerminalReader()

    def advance(self) -> None:
        """Put the next part of the text into the document."""
        part = self._text[self._read : self._read + _STEP_CHARS]
        self._read += len(part)
        if not self.has_begun:
            self._begin()
        ended = self._reader.feed(part)
        open_line = self._reader.open_line
        if not ended and open_line == self._open:
            return
        self._drop_open()
        for words, look in _batches(ended, self._tone):
            self.cursor.insertText(words, look)
        for words, style in _bounded(open_line):
            self.cursor.insertText(words, look_of(style, self._tone_of(open_line)))
        self._open = open_line

    def _begin(self) -> None:
        self.cursor.movePosition(QTextCursor.MoveOperation.End)
        self.start = self.cursor.position()
        if not self.cursor.atBlockStart():
            self.cursor.insertBlock()

    def _drop_open(self) -> None:
        """Take the line away that was not at its end: it may be written over."""
        if not self._open:
            return
        length = sum(len(words.encode("utf-16-le")) // 2 for words, _style in _bounded(self._open))
        self.cursor.setPosition(self.cursor.position() - length, QTextCursor.MoveMode.KeepAnchor)
        self.cursor.removeSelectedText()

    def _tone_of(self, line: Line) -> str:
        return _tone(line, self._tone)


def _tone(line: Line, tone: str) -> str:
    return "dim" if line and is_engines(line[0][0]) else tone


def _batches(lines: list[Line], tone: str) -> Iterator[tuple[str, QTextCharFormat]]:
    """Yield the text of whole lines joined to stretches that look alike: one call for each, not for each line."""
    words: list[str] = []
    current = look_of(PLAIN, tone)
    for line in lines:
        own = _tone(line, tone)
        for text, style in _bounded(line):
            look = look_of(style, own)
            if look is not current and words:
                yield "".join(words), current
                words = []
            current = look
            words.append(text)
        words.append("\n")
    if words:
        yield "".join(words), current


def _bounded(line: Line) -> Line:
    """Return a line with breaks where it is longer than anybody lays out in one go."""
    if sum(len(words) for words, _style in line) <= _MOST_COLUMNS:
        return line
    broken = []
    for words, style in line:
        parts = [words[at : at + _MOST_COLUMNS] for at in range(0, len(words), _MOST_COLUMNS)]
        broken.append(("\n".join(parts), style))
    return tuple(broken)


def _start_of_last(text: str, lines: int) -> int:
    at = len(text)
    for _ in range(lines + 1):
        at = text.rfind("\n", 0, at)
    return at + 1
