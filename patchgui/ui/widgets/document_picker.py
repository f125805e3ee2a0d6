"""A field that holds a document's name and opens a searchable list of documents."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from patchgui.ui.widgets.field_picker import NONE_KEY, FieldPicker
from patchgui.ui.widgets.pick_item import PickItem


class DocumentOption(NamedTuple):
    """A document that may be chosen: ``detail`` says owner and platforms."""

    name: str
    detail: str = ""


class DocumentPicker(FieldPicker):
    """Holds a document, ``Name`` or ``Name:version``, or none."""

    list_name = "Documents"
    list_hint = "Search documents, or Name:version"

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self._options: tuple[DocumentOption, ...] = ()
        super().__init__(name, parent=parent)

    def set_options(self, options: Sequence[DocumentOption]) -> None:
        """Offer these documents; whoever searches among the same ones already is not disturbed."""
        if tuple(options) != self._options:
            self._options = tuple(options)
            self.refresh_list()

    @override
    def search(self, typed: str) -> list[PickItem]:
        """Return the documents that match every word typed; an exact ``Name:version`` may be entered as it is."""
        words = typed.lower().split()
        base, _, version = typed.partition(":")
        found = [
            PickItem(option.name, option.name, option.detail, "document")
            for option in self._options
            if all(word in f"{option.name} {option.detail}".lower() for word in words)
        ]
        if not typed:
            found.insert(0, PickItem(NONE_KEY, "None", "runs nothing here", "dash"))
        if version and any(option.name == base for option in self._options):
            found.insert(0, PickItem(typed, typed, "this version, always", "document"))
        return found
