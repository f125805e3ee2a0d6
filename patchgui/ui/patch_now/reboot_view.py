"""Whether and when nodes restart after an install, and what runs on them after a restart that was put off."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from patchgui.patching.moment import moment_of, moment_words
from patchgui.ui.patch_now.choice import NO_REBOOT, PUT_OFF, REBOOT_IF_NEEDED
from patchgui.ui.widgets.document_picker import DocumentOption, DocumentPicker
from patchgui.ui.widgets.form_field import form_field, mark_line, named_line, part
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.text import label

_CHOICES = ((REBOOT_IF_NEEDED, "If needed"), (NO_REBOOT, "Do not reboot"), (PUT_OFF, "Later"))
_PUT_OFF_SAYS = "Only nodes whose patches wait for a restart do it then."


class RebootView(QWidget):
    """Shows the choice; says when it, the moment or the document changed."""

    changed = Signal()
    """Something reads differently now."""
    document_chosen = Signal(str)
    """The user chose a document for after the restart, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = SegmentedControl("Reboot", _CHOICES)
        self._at = named_line("Reboot at", tip="Your time: 03:00, or 2026-11-27 03:00")
        self._at.setPlaceholderText("03:00")
        self._told = label("", "dim", wrap=True)
        self._after = DocumentPicker("After the scheduled reboot")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form_field("Reboot", self._choice))
        later = QVBoxLayout()
        later.setSpacing(8)
        later.addWidget(self._at)
        later.addWidget(self._told)
        later.addLayout(form_field("After the scheduled reboot", self._after))
        self._later = part(later)
        column.addWidget(self._later)
        self._choice.changed.connect(self._on_changed)
        self._at.textChanged.connect(self._on_changed)
        self._after.chosen.connect(self._on_document_chosen)
        self._show_parts()

    @property
    def value(self) -> str:
        """What is chosen: one of ``choice``'s words."""
        return self._choice.value

    @property
    def at(self) -> str:
        """The moment as typed; empty for the next three o'clock in the morning."""
        return self._at.text().strip()

    @property
    def after(self) -> str:
        """The document that runs after the restart; empty for none."""
        return self._after.value

    def set_options(self, options: Sequence[DocumentOption]) -> None:
        """Offer these documents."""
        self._after.set_options(options)

    def _on_changed(self) -> None:
        self._show_parts()
        self.changed.emit()

    def _on_document_chosen(self, name: str) -> None:
        self.document_chosen.emit(name)
        self._on_changed()

    def _show_parts(self) -> None:
        self._later.setVisible(self.value == PUT_OFF)
        now = datetime.now().astimezone()
        moment = moment_of(self.at, now)
        mark_line(self._at, fits=moment is not None)
        words = moment_words(moment, now) if moment else ""
        self._told.setText(f"{words[:1].upper()}{words[1:]}. {_PUT_OFF_SAYS}" if words else "")
        self._told.setVisible(moment is not None)
