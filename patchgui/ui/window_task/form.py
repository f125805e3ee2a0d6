"""The form: the document and its parameters, targets and pace, and what few changes need."""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.window_tasks.fields import (
    DOCUMENT,
    DOCUMENT_VERSION,
    TARGETS,
    TASK_ID,
    TASK_TYPE,
    WINDOW_ID,
    Path,
    is_nothing,
    parameter,
)
from patchgui.patching.window_tasks.names import name_of, shown
from patchgui.ui.preview import Preview
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card, line
from patchgui.ui.widgets.document_picker import DocumentPicker
from patchgui.ui.widgets.field_picker import NONE_KEY
from patchgui.ui.widgets.form_field import clear, part
from patchgui.ui.widgets.hook_preview import HookPreview
from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.tab_order import last_stop, put_after
from patchgui.ui.widgets.text import label
from patchgui.ui.window_task.common_rows import rate_rows, seldom_rows
from patchgui.ui.window_task.parameter_rows import row_of
from patchgui.ui.window_task.rows import DocumentRow, FieldRow
from patchgui.ui.window_task.state import EditState
from patchgui.ui.window_task.targets_row import TargetsRow

if TYPE_CHECKING:
    from patchgui.patching.document_parameters import DocumentParameter

_NEVER_SHOWN = (WINDOW_ID, TASK_ID, TASK_TYPE)
_MORE, _FEWER = "Name, role, output, notification, time-out, cutoff…", "Fewer settings"


class _TaskDocumentPicker(DocumentPicker):
    """A task runs something in any case: *None* is not offered."""

    @override
    def search(self, typed: str) -> list[PickItem]:
        return [item for item in super().search(typed) if item.key != NONE_KEY]


class TaskForm(Card):
    """Shows an :class:`EditState` and says what the user makes of it."""

    edited = Signal(object, object)
    """The path of a field, and its new value; None takes it away."""
    document_chosen = Signal(str)
    """The task should run this document; it may pin a version."""
    preview_wanted = Signal(str)
    """The text of this document should be shown; empty for none."""
    document_retried = Signal()
    """The documents should be read again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Task", parent)
        self.document = DocumentRow("Document", picker=_TaskDocumentPicker("Document"))
        self.targets = TargetsRow()
        self.more = QPushButton(_MORE)
        self.more.setProperty("kind", "link")
        self._document_trouble = Banner("error")
        self._document_trouble.hide()
        self._preview = HookPreview()
        self._rows: dict[Path, FieldRow] = {}
        self._seldom: Mapping[Path, FieldRow] = {}
        self._parameters: dict[Path, FieldRow] = {}
        self._declared: tuple[DocumentParameter, ...] | None = None
        self._is_of_command: bool | None = None
        self._area = ScrollColumn(self, right_px=10)
        self._parameter_column, self._seldom_column = QVBoxLayout(), QVBoxLayout()
        self._kept_column = QVBoxLayout()
        self._kept_title = label("Kept as it is", "field")
        self._lay_out()
        self._connect()

    def row(self, path: Path) -> FieldRow:
        """Return the field of a path. Raises KeyError for one that is not on the form."""
        return (self._rows | self._parameters)[path]

    def show_state(self, state: EditState) -> None:
        """Show the draft of ``state``."""
        draft = state.draft
        if draft is None:
            return
        self.title.setText("New task" if draft.is_new else f"Edit {draft.title}")
        self.set_note("" if draft.runs_a_command else draft.task_type)
        self._make_rows(draft)
        self._show_document(state, draft)
        self._make_parameters(state)
        if state.around is not None:
            self.targets.show_registered(state.around.targets)
        for path, row in (self._rows | self._parameters).items():
            row.show_value(draft.value(path))
            row.show_problem(state.problem_of(path))
        self._show_kept(draft)
        if any(state.problem_of(path) for path in self._seldom):
            # What keeps the task from being saved must be in sight.
            self._set_folded(is_folded=False)

    def show_preview(self, preview: Preview | None) -> None:
        """Show the text of a document."""
        self._preview.show_preview(preview)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = self._area.column
        column.setSpacing(12)
        self.body.addWidget(self._area, 1)
        column.addWidget(self.document)
        column.addWidget(self._document_trouble)
        self._parameter_column.setSpacing(12)
        column.addLayout(self._parameter_column)
        column.addWidget(self._preview)
        column.addWidget(line())
        column.addWidget(self.targets)
        self._pace = QHBoxLayout()
        self._pace.setSpacing(12)
        column.addLayout(self._pace)
        column.addWidget(self.more)
        self._seldom_column.setSpacing(12)
        self._seldom_part = part(self._seldom_column)
        self._seldom_part.hide()
        column.addWidget(self._seldom_part)
        kept = QVBoxLayout()
        kept.setSpacing(4)
        kept.addWidget(self._kept_title)
        kept.addLayout(self._kept_column)
        column.addLayout(kept)
        column.addStretch(1)
        self.setFocusProxy(self.document.picker)

    def _connect(self) -> None:
        self.document.edited.connect(self._on_document)
        self.document.looked_at.connect(self.preview_wanted)
        self.targets.edited.connect(partial(self.edited.emit, TARGETS))
        self.more.clicked.connect(self._on_more)
        self._document_trouble.set_action("Try again")
        self._document_trouble.acted.connect(self.document_retried)

    def _make_rows(self, draft: TaskDraft) -> None:
        """Make the fields that a task of this type has, once."""
        if self._is_of_command is draft.runs_a_command:
            return
        self._is_of_command = draft.runs_a_command
        for row in self._rows.values():
            if row is not self.targets:
                row.deleteLater()
        pace, self._seldom = rate_rows(), seldom_rows(runs_a_command=draft.runs_a_command)
        for path, row in pace.items():
            self._hold(path, row)
            self._pace.addWidget(row, 1)
        for path, row in self._seldom.items():
            self._hold(path, row)
            self._seldom_column.addWidget(row)
        self._rows = {**pace, **self._seldom} | ({TARGETS: self.targets} if draft.runs_a_command else {})
        self.targets.setVisible(draft.runs_a_command)

    def _make_parameters(self, state: EditState) -> None:
        """Make the fields that the document asks for; they stay for as long as it asks for the same."""
        if state.declared == self._declared:
            for row in self._parameters.values():
                self._offer(row, state)
            return
        self._declared = state.declared
        for row in self._parameters.values():
            self._parameter_column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._parameters = {}
        is_command = state.draft is not None and state.draft.runs_a_command
        for declared in state.declared or () if is_command else ():
            row, path = row_of(declared), parameter(declared.name)
            self._hold(path, row)
            self._offer(row, state)
            self._parameters[path] = row
            self._parameter_column.addWidget(row)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Let Tab go through the fields as they stand, not as they were made."""
        pace = [row for path, row in self._rows.items() if path not in self._seldom and row is not self.targets]
        upper = (self.document, *self._parameters.values(), self._preview, self.targets)
        stops = (*upper, *pace, self.more, *self._seldom.values())
        for before, after in pairwise(stops):
            put_after(last_stop(before), after)

    def _hold(self, path: Path, row: FieldRow) -> None:
        row.edited.connect(partial(self.edited.emit, path))
        if isinstance(row, DocumentRow):
            row.looked_at.connect(self.preview_wanted)
            row.look_on_focus()

    def _offer(self, row: FieldRow, state: EditState) -> None:
        if isinstance(row, DocumentRow):
            row.set_options(state.documents)

    def _show_document(self, state: EditState, draft: TaskDraft) -> None:
        self.document.setVisible(draft.runs_a_command)
        version = draft.value(DOCUMENT_VERSION)
        self.document.set_options(state.documents)
        self.document.show_value(f"{draft.document}:{version}" if version else draft.document)
        self.document.show_problem(state.problem_of(DOCUMENT))
        trouble = state.document_trouble or state.documents_trouble
        self._document_trouble.setVisible(trouble is not None)
        if trouble is not None:
            self._document_trouble.show_trouble(trouble)

    def _show_kept(self, draft: TaskDraft) -> None:
        """Show what the form has no field for: it goes back as it came."""
        own = {*_NEVER_SHOWN, *self._rows, *self._parameters}
        own |= {DOCUMENT, DOCUMENT_VERSION} if draft.runs_a_command else set()
        lines = [
            f"{name_of(path)}: {shown(path, value)}"
            for path, value in draft.mine.items()
            if path not in own and not is_nothing(path, value)
        ]
        clear(self._kept_column)
        for text in lines:
            self._kept_column.addWidget(label(text, "dim", wrap=True))
        self._kept_title.setVisible(bool(lines))

    def _set_folded(self, *, is_folded: bool) -> None:
        self._seldom_part.setVisible(not is_folded)
        self.more.setText(_MORE if is_folded else _FEWER)

    def _on_more(self) -> None:
        self._set_folded(is_folded=not self._seldom_part.isHidden())

    def _on_document(self, reference: Any) -> None:
        self.document_chosen.emit(reference or "")
