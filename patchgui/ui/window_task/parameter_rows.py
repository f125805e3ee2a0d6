"""Makes a field of the form for each parameter that a document declares."""

import re
from collections.abc import Callable
from typing import Any

from patchgui.patching.document_parameters import DocumentParameter
from patchgui.patching.document_steps import NO_HOOK
from patchgui.patching.window_tasks.names import parameter_label, spoken
from patchgui.ui.window_task.rows import ChoiceRow, DocumentRow, FieldRow, LineRow, TextRow

_LONG_CHARS = 60
_MARKS = re.compile(r"^\((Optional|Required)\)\s*", re.IGNORECASE)
"""Amazon's documents say so in each description; the form shows it."""


def row_of(declared: DocumentParameter) -> FieldRow:
    """Return the field of a parameter: its values travel as lists of texts, None where the default holds."""
    title = parameter_label(declared.name) if declared.hook else spoken(declared.name)
    title = f"{title} *" if declared.is_required else title
    default, said = declared.default or (), _MARKS.sub("", declared.help)
    if declared.picks_document:
        return DocumentRow(title, said, to_text=_document_text, of_text=_one(default))
    if declared.kind == "Boolean" or declared.allowed_values:
        values = ("true", "false") if declared.kind == "Boolean" else declared.allowed_values
        choices = [(value, value or "(empty)") for value in values]
        return ChoiceRow(title, choices, said, to_text=_choice_text(default), of_text=_one(default))
    placeholder = ", ".join(default) or "empty"
    if declared.is_list:
        of_text = _lines(default)
        return TextRow(title, said, placeholder="\n".join(default), to_text=_line_text, of_text=of_text)
    if declared.kind == "StringMap" or any(len(value) > _LONG_CHARS or "\n" in value for value in default):
        return TextRow(title, said, placeholder=placeholder, to_text=_line_text, of_text=_one(default))
    return LineRow(title, said, placeholder=placeholder, to_text=_line_text, of_text=_one(default))


def _line_text(values: Any) -> str:
    return "\n".join(map(str, values)) if isinstance(values, list) else ""


def _document_text(values: Any) -> str:
    text = _line_text(values)
    return "" if text == NO_HOOK else text


def _choice_text(default: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda values: _line_text(values if isinstance(values, list) else list(default))


def _one(default: tuple[str, ...]) -> Callable[[str], list[str] | None]:
    """Return what makes a text the one value; nothing at all, or the default itself, leaves it to the document."""
    return lambda text: [text] if text and (text,) != default else None


def _lines(default: tuple[str, ...]) -> Callable[[str], list[str] | None]:
    return lambda text: text.split("\n") if text and tuple(text.split("\n")) != default else None
