"""The second column: what. Operation, reboot, hooks with a look into the chosen one, and rate."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.patching.wording import counted
from patchgui.ui.errors import Trouble
from patchgui.ui.patch_now.choice import (
    DELIVERY_TIMEOUT_S,
    INSTALL,
    SCAN,
    Choice,
    is_concurrency,
    is_error_limit,
    is_snapshot_id,
)
from patchgui.ui.patch_now.extra_settings import ExtraSettings
from patchgui.ui.patch_now.reboot_view import RebootView
from patchgui.ui.preview import Preview
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.document_picker import DocumentOption, DocumentPicker
from patchgui.ui.widgets.form_field import form_field, mark_line, named_line, part
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.tab_order import put_after
from patchgui.ui.widgets.text import label
from patchgui.ui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from patchgui.ui.patch_now.extras_view import ExtrasView
    from patchgui.ui.widgets.hook_preview import HookPreview

_SCAN_SAYS = "A scan finds what is missing and changes nothing: no hooks, no restart."


class WhatView(Card):
    """Shows a :class:`Choice` and says when the user made another one."""

    choice_made = Signal(object)
    """The new :class:`Choice`."""
    extras_changed = Signal(object)
    """The user wishes output kept, or somebody told, in another way: the new :class:`ExtraSettings`."""
    preview_wanted = Signal(str)
    """The document whose text should be shown; empty for none."""
    documents_wanted = Signal()
    """The documents should be read again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What", parent)
        self._choice = Choice()
        self._operation = SegmentedControl("Operation", ((SCAN, "Scan"), (INSTALL, "Scan and install")))
        self._operation.set_value(INSTALL)
        self._reboot = RebootView()
        self._use_hooks = Toggle("Use lifecycle hooks")
        self._before = DocumentPicker("Before install")
        self._after = DocumentPicker("After install")
        self._on_exit = DocumentPicker("On exit")
        self._preview: HookPreview | None = None
        self._hooks, self._seldom = QVBoxLayout(), QVBoxLayout()
        self._rate_title = label("Rate", "field")
        self._at_a_time = named_line("At a time", tip="Nodes that run at one time: a number, or a share such as 10%")
        self._stop_after = named_line("Stop after errors", tip="Errors after which no further node starts: 0, 5 or 10%")
        self._more = QPushButton()
        self._more.setProperty("kind", "link")
        self._set_already = label("", "help", wrap=True)
        self._timeout = named_line("Delivery time-out, minutes", tip="How long a node may take to answer: 1 to 43200")
        self._snapshot = named_line("Snapshot id", tip="One patch snapshot for all nodes; empty makes a new one")
        self._extras: ExtrasView | None = None
        self._keeps_output = False
        self._documents_trouble = Banner("error")
        self._documents_trouble.set_action("Try again")
        self._lay_out()
        self._connect()
        self._show_parts()

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return self._choice

    def show_documents(self, found: Sequence[DocumentOption] | Trouble) -> None:
        """Offer these documents as hooks, or say why there are none."""
        self._documents_trouble.setVisible(isinstance(found, Trouble))
        if isinstance(found, Trouble):
            self._documents_trouble.show_trouble(found)
            return
        for picker in self._pickers():
            picker.set_options(found)
        self._reboot.set_options(found)

    def show_preview(self, preview: Preview | None) -> None:
        """Show the text of a document."""
        if self._preview is None and preview is not None:
            self._preview = self._make_preview()
        if self._preview is not None:
            self._preview.show_preview(preview)

    def show_rate(self, node_count: int, automatic: tuple[str, str]) -> None:
        """Say how fast it goes by itself for so many nodes."""
        nodes = f" for {counted(node_count, 'node')}" if node_count else ""
        own = bool(self._choice.max_concurrency or self._choice.max_errors)
        self._rate_title.setText(f"Rate · {'yours' if own else 'automatic'}{nodes}")
        self._at_a_time.setPlaceholderText(automatic[0])
        self._stop_after.setPlaceholderText(automatic[1])

    def offer_extras(self, settings: ExtraSettings | None) -> None:
        """Offer to keep the output, as it was last wished; None where there is nothing that would keep it."""
        self._keeps_output = settings is not None
        if self._extras is None and settings is not None:
            self._extras = self._make_extras()
        if self._extras is not None:
            self._extras.setVisible(settings is not None)
            self._extras.set_settings(settings or ExtraSettings())
        if settings is not None and settings.problems:
            # What keeps the run from being sent must be in sight.
            self._more_part.show()
        self._on_extras(settings or ExtraSettings())

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        area = ScrollColumn(self)
        self.body.addWidget(area, 1)
        column = area.column
        column.setSpacing(12)
        column.addLayout(form_field("Operation", self._operation))
        self._scan_note = label(_SCAN_SAYS, "dim", wrap=True)
        column.addWidget(self._scan_note)
        column.addWidget(self._reboot)
        column.addWidget(self._use_hooks)
        hooks = self._hooks
        hooks.setSpacing(12)
        hooks.addWidget(self._documents_trouble)
        self._documents_trouble.hide()
        for title, picker in zip(("Before install", "After install", "On exit"), self._pickers(), strict=True):
            hooks.addLayout(form_field(title, picker))
        self._hooks_part = part(hooks)
        column.addWidget(self._hooks_part)
        rate = QGridLayout()
        rate.setHorizontalSpacing(8)
        rate.setVerticalSpacing(4)
        rate.addWidget(self._rate_title, 0, 0, 1, 2)
        rate.setColumnStretch(0, 1)
        rate.setColumnStretch(1, 1)
        rate.addWidget(self._at_a_time, 1, 0)
        rate.addWidget(self._stop_after, 1, 1)
        column.addLayout(rate)
        column.addWidget(self._more)
        column.addWidget(self._set_already)
        more = self._seldom
        more.setSpacing(12)
        more.addLayout(form_field("Delivery time-out, minutes", self._timeout))
        more.addLayout(form_field("Snapshot id", self._snapshot))
        self._more_part = part(more)
        self._more_part.hide()
        column.addWidget(self._more_part)
        self._problem = label("", "danger", wrap=True)
        column.addWidget(self._problem)
        column.addStretch(1)

    def _make_preview(self) -> "HookPreview":
        from patchgui.ui.widgets.hook_preview import HookPreview

        made = HookPreview()
        self._hooks.addWidget(made)
        put_after(self._on_exit, made)
        return made

    def _make_extras(self) -> "ExtrasView":
        from patchgui.ui.patch_now.extras_view import ExtrasView

        made = ExtrasView()
        made.changed.connect(self._on_extras_changed)
        self._seldom.addWidget(made)
        put_after(self._snapshot, made)
        return made

    def _connect(self) -> None:
        self._operation.changed.connect(self._on_changed)
        self._reboot.changed.connect(self._on_changed)
        self._reboot.document_chosen.connect(self.preview_wanted)
        self._use_hooks.toggled.connect(self._on_changed)
        for picker in self._pickers():
            picker.chosen.connect(self._on_hook_chosen)
        for line in (self._at_a_time, self._stop_after, self._timeout, self._snapshot):
            line.textChanged.connect(self._on_changed)
        self._timeout.setPlaceholderText(str(DELIVERY_TIMEOUT_S // 60))
        self._snapshot.setPlaceholderText("new for each run")
        self._more.clicked.connect(self._on_more)
        self._documents_trouble.acted.connect(self.documents_wanted)

    def _pickers(self) -> tuple[DocumentPicker, DocumentPicker, DocumentPicker]:
        return self._before, self._after, self._on_exit

    def _on_hook_chosen(self, name: str) -> None:
        self.preview_wanted.emit(name)
        self._on_changed()

    def _on_extras_changed(self, settings: ExtraSettings) -> None:
        self.extras_changed.emit(settings)
        self._on_extras(settings)

    def _on_extras(self, settings: ExtraSettings) -> None:
        if settings != self._choice.extras:
            self._choice = replace(self._choice, extras=settings)
            self.choice_made.emit(self._choice)
        self._show_parts()

    def _on_more(self) -> None:
        self._more_part.setVisible(self._more_part.isHidden())
        self._show_parts()

    def _on_changed(self) -> None:
        self._choice = replace(
            self._choice,
            operation=self._operation.value,
            reboot=self._reboot.value,
            reboot_at=self._reboot.at,
            after_reboot=self._reboot.after,
            use_hooks=self._use_hooks.isChecked(),
            before_install=self._before.value,
            after_install=self._after.value,
            on_exit=self._on_exit.value,
            max_concurrency=self._at_a_time.text().strip(),
            max_errors=self._stop_after.text().strip(),
            delivery_timeout_s=_minutes(self._timeout.text()) * 60,
            snapshot_id=self._snapshot.text().strip(),
        )
        self._show_parts()
        self.choice_made.emit(self._choice)

    def _show_parts(self) -> None:
        choice = self._choice
        self._scan_note.setVisible(not choice.installs)
        self._reboot.setVisible(choice.installs)
        self._use_hooks.setVisible(choice.installs)
        self._hooks_part.setVisible(choice.installs and choice.use_hooks)
        mark_line(self._at_a_time, fits=is_concurrency(choice.max_concurrency))
        mark_line(self._stop_after, fits=is_error_limit(choice.max_errors))
        mark_line(self._snapshot, fits=is_snapshot_id(choice.snapshot_id))
        self._problem.setText("\n".join(choice.problems))
        self._problem.setVisible(bool(choice.problems))
        chosen = choice.extras.words
        more = "Time-out, snapshot, output…" if self._keeps_output else "Time-out, snapshot…"
        is_folded = self._more_part.isHidden()
        self._more.setText(more if is_folded else "Fewer settings")
        self._set_already.setText(f"Set: {chosen}")
        self._set_already.setVisible(bool(chosen) and is_folded)


def _minutes(text: str) -> int:
    """Return the minutes typed, within what SSM takes; anything else is the usual time."""
    return min(max(int(text), 1), 43_200) if text.strip().isdigit() else DELIVERY_TIMEOUT_S // 60
