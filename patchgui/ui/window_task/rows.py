"""The fields of the form: each a title, a control, and below it what helps or what is wrong."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.ui.widgets.document_picker import DocumentOption, DocumentPicker
from patchgui.ui.widgets.form_field import mark_line, named_line
from patchgui.ui.widgets.menu_button import MenuButton
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.text import fixed_font, label

ToText = Callable[[Any], str]
"""Makes a field's value, None for absent, the text of its control."""
OfText = Callable[[str], Any]
"""Makes the text of a control a field's value, None for absent."""
_SEGMENTS_CHARS = 34
"""More letters than that do not fit beside each other: then a menu offers the choices."""


def plain_text(value: Any) -> str:
    """Return a value as it is typed."""
    return "" if value is None else str(value)


def text_or_none(text: str) -> str | None:
    """Return the text, None for nothing."""
    return text or None


def number_or_text(text: str) -> int | str | None:
    """Return a whole number, None for nothing, or the text where it is none: then the rules say so."""
    stripped = text.strip()
    return int(stripped) if stripped.isdecimal() else stripped or None


class FieldRow(QWidget):
    """One field. Its control is shown by :meth:`show_value`; what the user makes of it is emitted."""

    edited = Signal(object)
    """The new value as it is sent; None takes the field away."""

    def __init__(self, title: str, control: QWidget, help_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.control = title, control
        self._help = label(help_text, "help", wrap=True)
        self._problem = label("", "danger", wrap=True)
        self._problem.hide()
        words = label(title, "field")
        words.setBuddy(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (words, control, self._problem, self._help):
            column.addWidget(part)
        # Hidden, never shown, before it has a parent: Qt would put it up as a window of its own.
        self._help.setHidden(not help_text)

    @property
    def problem(self) -> str:
        """What is wrong with the value; empty when nothing is."""
        return self._problem.text()

    def show_value(self, value: Any) -> None:
        """Show a value without saying :attr:`edited`; None stands for absent."""
        raise NotImplementedError

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the value; nothing for an empty text."""
        said = text.removeprefix(f"{self.title.removesuffix(' *')}: ")
        self._problem.setText(said[:1].upper() + said[1:])
        self._problem.setVisible(bool(text))
        self.control.setAccessibleDescription(text)


class LineRow(FieldRow):
    """A field of one line."""

    def __init__(
        self,
        title: str,
        help_text: str = "",
        *,
        placeholder: str = "",
        to_text: ToText = plain_text,
        of_text: OfText = text_or_none,
        parent: QWidget | None = None,
    ) -> None:
        self.line = named_line(title, tip=help_text)
        super().__init__(title, self.line, help_text, parent)
        self._to_text, self._of_text = to_text, of_text
        self.line.setPlaceholderText(placeholder)
        self.line.textEdited.connect(self._on_edited)

    @override
    def show_value(self, value: Any) -> None:
        text = self._to_text(value)
        # A number that is typed as 05 is 5, and stays as it is typed.
        if self._of_text(self.line.text()) != self._of_text(text):
            self.line.setText(text)

    @override
    def show_problem(self, text: str) -> None:
        super().show_problem(text)
        mark_line(self.line, fits=not text)

    def _on_edited(self, text: str) -> None:
        self.edited.emit(self._of_text(text))


class TextRow(FieldRow):
    """A field of several lines."""

    def __init__(
        self,
        title: str,
        help_text: str = "",
        *,
        placeholder: str = "",
        to_text: ToText,
        of_text: OfText,
        parent: QWidget | None = None,
    ) -> None:
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(title)
        self.text.setTabChangesFocus(True)
        self.text.setFont(fixed_font(self.text.font()))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 4 + 14)
        self.text.setPlaceholderText(placeholder)
        super().__init__(title, self.text, help_text, parent)
        self._to_text, self._of_text = to_text, of_text
        self.text.textChanged.connect(self._on_changed)

    @override
    def show_value(self, value: Any) -> None:
        text = self._to_text(value)
        if self._of_text(self.text.toPlainText()) != self._of_text(text):
            self.text.blockSignals(True)
            self.text.setPlainText(text)
            self.text.blockSignals(False)

    def _on_changed(self) -> None:
        self.edited.emit(self._of_text(self.text.toPlainText()))


class ChoiceRow(FieldRow):
    """A field of a few values; beside each other where they fit, else in a menu."""

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        help_text: str = "",
        *,
        to_text: ToText = plain_text,
        of_text: OfText = text_or_none,
        parent: QWidget | None = None,
    ) -> None:
        fits = len(choices) <= 4 and sum(len(words) for _, words in choices) <= _SEGMENTS_CHARS
        self.choice = (SegmentedControl if fits else MenuButton)(title, choices)
        super().__init__(title, self.choice, help_text, parent)
        self._to_text, self._of_text = to_text, of_text
        self.choice.changed.connect(self._on_changed)

    @override
    def show_value(self, value: Any) -> None:
        self.choice.set_value(self._to_text(value))

    def _on_changed(self, value: str) -> None:
        self.edited.emit(self._of_text(value))


class DocumentRow(FieldRow):
    """A field that names a document; ``looked_at`` tells which one to show."""

    looked_at = Signal(str)
    """The user chose this document, or none; or came to the field of one with the keyboard or the mouse."""

    def __init__(
        self,
        title: str,
        help_text: str = "",
        *,
        picker: DocumentPicker | None = None,
        to_text: ToText = plain_text,
        of_text: OfText = text_or_none,
        parent: QWidget | None = None,
    ) -> None:
        self.picker = picker or DocumentPicker(title)
        super().__init__(title, self.picker, help_text, parent)
        self._to_text, self._of_text = to_text, of_text
        self.picker.chosen.connect(self._on_chosen)

    def look_on_focus(self) -> None:
        """Tell of the document as soon as the field has the keyboard, not only when another is chosen."""
        self.picker.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and watched is self.picker and self.picker.value:
            self.looked_at.emit(self.picker.value)
        return False

    def set_options(self, options: Sequence[DocumentOption]) -> None:
        """Offer these documents."""
        self.picker.set_options(options)

    @override
    def show_value(self, value: Any) -> None:
        text = self._to_text(value)
        if text != self.picker.value:
            self.picker.set_value(text)

    def _on_chosen(self, name: str) -> None:
        self.looked_at.emit(name)
        self.edited.emit(self._of_text(name))
