"""The difference as text: what goes in one colour with a minus, what comes in another with a plus."""

from collections.abc import Iterator, Sequence
from html import escape

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QTextEdit, QWidget
from typing_extensions import override

from patchgui.patching.window_tasks.draft import FieldChange
from patchgui.ui import theme
from patchgui.ui.widgets.text import fixed_font


class DiffView(QTextEdit):
    """Read-only; its text can be selected, copied and read aloud as a whole."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setProperty("role", "diff")
        self.setFont(fixed_font(self.font()))
        self._changes: tuple[FieldChange, ...] = ()
        self._kept: tuple[str, ...] = ()

    def show_changes(self, changes: Sequence[FieldChange], kept: Sequence[str] = ()) -> None:
        """Show these changes, and the names of what is kept."""
        if (tuple(changes), tuple(kept)) != (self._changes, self._kept):
            self._changes, self._kept = tuple(changes), tuple(kept)
            self._write()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._write()

    def _write(self) -> None:
        place = self.verticalScrollBar().value()
        self.setHtml("".join(self._paragraphs()))
        self.verticalScrollBar().setValue(place)

    def _paragraphs(self) -> Iterator[str]:
        dim = theme.current().dim.name()
        for change in self._changes:
            yield _paragraph(change.name, theme.current().text.name(), 8)
            if change.old is not None:
                yield _paragraph(f"- {change.old_text or '(empty)'}", theme.role("failed").fg.name(), 0)
            if change.new is not None:
                yield _paragraph(f"+ {change.new_text or '(empty)'}", theme.role("success").fg.name(), 0)
        if self._kept:
            yield _paragraph(f"kept: {', '.join(self._kept)}", dim, 14 if self._changes else 8)


def _paragraph(text: str, colour: str, above_px: int) -> str:
    return f'<p style="color:{colour}; margin:{above_px}px 0 0 0; white-space:pre-wrap">{escape(text)}</p>'
