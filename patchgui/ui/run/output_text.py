"""The text of an output: stdout, then stderr marked at its side; what is new is put in, the rest stays as it is."""

from time import perf_counter
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.run.output_section import Section
from patchgui.ui.widgets.code_view import CodeView

_BUDGET_S: Final = 0.008
_NEXT_MS: Final = 4
_BAR_PX: Final = 3
_MARGIN_PX: Final = 8
_LOOKED_BACK: Final = 2_000


class OutputText(CodeView):
    """Shows both streams of a step; follows the end as long as ``follows``, and stops when scrolled up."""

    follow_changed = Signal(bool)
    """The operator scrolled away from the end, or back to it."""
    grown = Signal()
    """There is more text than before."""
    filled = Signal()
    """All of the text is on screen."""
    scrolled = Signal()
    """Another part of the text is in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Output", parent=parent)
        self._streams = ("", "")
        self._follows = True
        self._is_filling = False
        self._failing: QTextCursor | None = None
        self._found: list[QTextEdit.ExtraSelection] = []
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(_MARGIN_PX)
        self._sections = self._new_sections()
        # Marked in a turn of its own: Qt must not be in the midst of scrolling or laying out, or it crashes.
        self._marking = QTimer(self)
        self._marking.setSingleShot(True)
        self._marking.setInterval(0)
        self._marking.timeout.connect(self._show_marks)
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(0)
        self._telling.timeout.connect(self.filled)
        self._filling = QTimer(self)
        self._filling.setSingleShot(True)
        self._filling.setInterval(_NEXT_MS)
        self._filling.timeout.connect(self._fill)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def follows(self) -> bool:
        """Whether the newest line is kept in sight."""
        return self._follows

    @property
    def is_filling(self) -> bool:
        """Whether there is text that is not on screen yet."""
        return any(section.is_behind for section in self._sections)

    def set_follows(self, *, follows: bool) -> None:
        """Keep the newest line in sight, or leave the view where it is."""
        self._follows = follows
        if follows:
            self._to_end()

    def set_wrapped(self, *, wrapped: bool) -> None:
        """Break long lines, or scroll sideways."""
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wrapped else modes.NoWrap)

    def show_streams(self, stdout: str, stderr: str) -> None:
        """Show both streams; what only grew is put in at its end, so that a selection and the place stay."""
        if (stdout, stderr) == self._streams:
            return
        self._streams = (stdout, stderr)
        grew = [section.grow(text) for section, text in zip(self._sections, self._streams, strict=True)]
        if not all(grew):
            self._begin_anew()
        self._fill()

    # -- filling ------------------------------------------------------------------------------------------------------

    def _new_sections(self) -> tuple[Section, Section]:
        return Section(self.document(), ""), Section(self.document(), "failed")

    def _begin_anew(self) -> None:
        self._is_filling = True
        self.mark_failing("")
        self.clear()
        self._is_filling = False
        self._sections = self._new_sections()
        for section, text in zip(self._sections, self._streams, strict=True):
            section.grow(text)

    def _fill(self) -> None:
        """Put in what has come, for a part of a frame; the rest in the turns to come."""
        until = perf_counter() + _BUDGET_S
        self._is_filling = True
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        while self.is_filling:
            self._advance()
            if perf_counter() > until:
                break
        edit.endEditBlock()
        self._is_filling = False
        if self._follows:
            self._to_end()
        self.grown.emit()
        if self.is_filling:
            self._filling.start()
        else:
            self._filling.stop()
            self._telling.start()

    def _advance(self) -> None:
        stdout, stderr = self._sections
        if stdout.is_behind:
            stderr.withdraw()
            stdout.advance()
            return
        # What is put in right after it is not stdout's.
        stdout.cursor.setKeepPositionOnInsert(True)
        stderr.advance()
        stdout.cursor.setKeepPositionOnInsert(False)

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.horizontalScrollBar().setValue(0)

    # -- what is marked -----------------------------------------------------------------------------------------------

    def mark_failing(self, line: str) -> bool:
        """Mark the last line that ``line`` (see ``failing_line``) speaks of, and bring it into view; "" marks none."""
        block = self._block_of(line) if line else None
        self._failing = QTextCursor(block) if block is not None else None
        self._marking.start()
        if self._failing is None:
            return False
        self.bring_into_view(self._failing)
        return True

    def show_found(self, spots: list[tuple[int, int]], current: tuple[int, int] | None) -> None:
        """Mark spots (from and to, in the document's positions); ``current`` stands out among them."""
        self._found = [self._marked(spot, is_current=spot == current) for spot in spots]
        self._marking.start()

    def bring_into_view(self, cursor: QTextCursor) -> None:
        """Scroll to a place, and stay there."""
        self._follows = False
        here = self.cursorForPosition(self.viewport().rect().topLeft()).blockNumber()
        line_px = max(self.fontMetrics().lineSpacing(), 1)
        rows = max(1, self.viewport().height() // line_px)
        block = cursor.blockNumber()
        if not here <= block < here + rows - 1:
            self._is_filling = True
            self.verticalScrollBar().setValue(max(0, block - rows // 2))
            self._is_filling = False
        self.follow_changed.emit(False)

    def show_column(self, cursor: QTextCursor) -> None:
        """Scroll sideways to what ``cursor`` has selected, where lines are not broken."""
        bar, room = self.horizontalScrollBar(), self.cursorRect(cursor)
        if room.left() < 0 or room.right() > self.viewport().width():
            bar.setValue(max(0, bar.value() + room.left() - self.viewport().width() // 2))

    def spots_in_view(self) -> tuple[int, int]:
        """Return the positions between which the document is in sight."""
        area = self.viewport().rect()
        first, last = self.cursorForPosition(area.topLeft()), self.cursorForPosition(area.bottomRight())
        return first.block().position(), last.block().position() + last.block().length()

    def _block_of(self, line: str) -> QTextBlock | None:
        block = self.document().lastBlock()
        for _ in range(_LOOKED_BACK):
            if not block.isValid():
                return None
            words = block.text().strip()
            # Of a line that goes on the one before, this is the second half.
            if words and (
                words.startswith(line) or line.endswith(words) or (line.startswith(words) and len(words) > 60)
            ):
                return block
            block = block.previous()
        return None

    def _show_marks(self) -> None:
        marks = []
        if self._failing is not None:
            mark = QTextEdit.ExtraSelection()
            look = mark.format
            look.setBackground(theme.role("failed").soft)
            look.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = self._failing
            marks.append(mark)
        self.setExtraSelections([*marks, *self._found])

    def _marked(self, spot: tuple[int, int], *, is_current: bool) -> QTextEdit.ExtraSelection:
        colours = theme.current()
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(spot[0])
        cursor.setPosition(spot[1], QTextCursor.MoveMode.KeepAnchor)
        look = QTextCharFormat()
        look.setBackground(colours.accent if is_current else colours.role("warning").soft)
        look.setForeground(colours.on_accent if is_current else colours.role("warning").fg)
        mark.cursor, mark.format = cursor, look
        return mark

    # -- events -------------------------------------------------------------------------------------------------------

    def _on_scrolled(self, value: int) -> None:
        self.scrolled.emit()
        if self._is_filling:
            return
        at_end = value >= self.verticalScrollBar().maximum()
        if at_end != self._follows:
            self._follows = at_end
            self.follow_changed.emit(at_end)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        start = self._sections[1].start
        if start < 0:
            return
        painter = QPainter(self.viewport())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.role("failed").fg)
        offset, block = self.contentOffset(), self.firstVisibleBlock()
        while block.isValid():
            room = self.blockBoundingGeometry(block).translated(offset)
            if room.top() > self.viewport().height():
                break
            if block.position() + block.length() > start + 1 and block.text():
                painter.drawRect(QRectF(0, room.top(), _BAR_PX, room.height()))
            block = block.next()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        follows = self._follows
        self._is_filling = True
        super().resizeEvent(event)
        self._is_filling = False
        if follows:
            self._to_end()
        self.scrolled.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_filling") and any(self._streams):
            self._begin_anew()
            self._fill()
        super().changeEvent(event)
