"""The Windows page: the list and its calendar, and beside them the chosen window, or a form."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.target_draft import TargetDraft
from patchgui.console.window_changes import consequences
from patchgui.console.window_draft import WindowDraft
from patchgui.ui.shell.question import Question
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.key import key_on
from patchgui.ui.widgets.scroll_column import ScrollColumn
from patchgui.ui.widgets.text import label
from patchgui.ui.windows.acts import CHANGE, CREATE, REGISTER, Refused
from patchgui.ui.windows.calendar import RunCalendar
from patchgui.ui.windows.calendar_sheet import CalendarSheet
from patchgui.ui.windows.detail import WindowDetail
from patchgui.ui.windows.moments import my_zone_name
from patchgui.ui.windows.presenter import WindowsPresenter
from patchgui.ui.windows.target_form import TargetForm
from patchgui.ui.windows.window_form import WindowForm
from patchgui.ui.windows.windows_list import WindowsList

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_SIDE_PX = 440
_NARROW_SIDE_PX = 396
_WIDE_PX = 1200
_MARGIN_PX = 16
_COLUMNS = "windows/columns"


class WindowsPage(QWidget):
    """Puts presenter and views together. The presenter belongs to the connection, and ends with it."""

    run_wanted = Signal(str)
    """The id of a command that an execution sent: its run is to be shown."""
    done = Signal(object)
    """A ``Done``: something was done, and may be undone."""
    task_edit_wanted = Signal(str, str)
    """The ids of a window and of a task of it that is to be edited."""
    task_add_wanted = Signal(str)
    """The id of a window that a task is to be added to."""

    def __init__(
        self,
        presenter: WindowsPresenter,
        state: ViewState,
        nodes: "Callable[[], Sequence[NodeRow]]",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.presenter = presenter
        self._state, self._nodes = state, nodes
        self.list = WindowsList(self.presenter)
        self.table = self.list.table
        self.calendar = RunCalendar()
        self.detail = WindowDetail(self.presenter.chosen, self.presenter.acts)
        self._nothing_comes = label("No window is enabled: none will open.", "dim", wrap=True)
        self._nothing_comes.hide()
        self.form = WindowForm()
        self.target_form = TargetForm()
        self._before = WindowDraft()
        self._edited_id = ""
        self._awaits_keyboard = False
        self._side = QStackedWidget()
        self._lay_out()
        self._connect()
        self.table.set_columns(state.blob(_COLUMNS))

    @property
    def window_id(self) -> str:
        """The id of the chosen window; empty for none."""
        return self.table.current_id

    def choose(self, window_id: str) -> None:
        """Stand on a window, and show it whole."""
        self.table.choose(window_id)
        self._on_chosen(window_id)

    def focus_filter(self) -> None:
        """Put the keyboard into the filter."""
        self._awaits_keyboard = False
        self.list.box.setFocus()

    def begin_new(self) -> None:
        """Open the form of a new window."""
        self._edited_id = ""
        self.form.begin_new()
        self._show_side(self.form)
        self.form.name.setFocus()

    def edit_chosen(self) -> None:
        """Open the form of the chosen window."""
        window = self.presenter.chosen.window.value
        if window is None or self.presenter.acts.lack(CHANGE):
            return
        self._before, self._edited_id = WindowDraft.of(window), self.window_id
        self.form.begin(self._before)
        self._show_side(self.form)
        self.form.editor.line.setFocus()

    def register_target(self) -> None:
        """Open the form of a target of the chosen window."""
        row = self.presenter.row(self.window_id)
        if row is not None:
            self._edited_id = row.window_id
            self.target_form.begin(row.name, self._nodes())
            self._show_side(self.target_form)
            self.target_form.tags[0].key.setFocus()

    def read_again(self) -> None:
        """Read the list and the chosen window again."""
        self.presenter.start()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        calendar = Card("Next four weeks")
        calendar.set_note(f"by your clocks, {my_zone_name()}")
        area = ScrollColumn()
        area.column.addWidget(self.calendar)
        area.column.addStretch(1)
        calendar.body.addWidget(self._nothing_comes)
        calendar.body.addWidget(area, 1)
        left = QVBoxLayout()
        left.setSpacing(_MARGIN_PX)
        left.addWidget(self.list, 3)
        left.addWidget(calendar, 2)
        for part in (self.detail, self.form, self.target_form):
            self._side.addWidget(part)
        self._side.setFixedWidth(_SIDE_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        row.setSpacing(_MARGIN_PX)
        row.addLayout(left, 1)
        row.addWidget(self._side)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        stops = (self.list.box, self.list.new, self.table, self.calendar, self.detail.enabled)
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def _connect(self) -> None:
        presenter, detail = self.presenter, self.detail
        presenter.listed.connect(self._on_listed)
        presenter.calendar_drawn.connect(self._on_calendar)
        presenter.acts.done.connect(self.done)
        self.table.chosen.connect(self._on_chosen)
        self.calendar.chosen.connect(self.choose)
        detail.enable_wanted.connect(self._on_enable)
        self.list.create_wanted.connect(self.begin_new)
        self.table.opened.connect(self._on_opened)
        detail.edit_wanted.connect(self.edit_chosen)
        detail.register_wanted.connect(self.register_target)
        self.form.save_wanted.connect(self._on_save)
        self.target_form.save_wanted.connect(self._on_register)
        self.target_form.groups_wanted.connect(presenter.load_groups)
        presenter.groups_loaded.connect(self.target_form.show_groups)
        for form in (self.form, self.target_form):
            form.cancelled.connect(self._show_detail)
        presenter.acts.saved.connect(self._on_saved)
        presenter.acts.refused.connect(self._on_refused)
        presenter.acts.lacks_changed.connect(self._on_lacks)
        detail.delete_wanted.connect(self.ask_delete)
        detail.deregister_wanted.connect(self._ask_deregister)
        detail.cancel_wanted.connect(self._ask_cancel)
        detail.run_wanted.connect(self.run_wanted)
        detail.task_remove_wanted.connect(self._ask_remove_task)
        detail.task_edit_wanted.connect(self._on_task_edit)
        detail.task_add_wanted.connect(self._on_task_add)
        key_on(self.table, "Del", self.ask_delete)

    def _on_listed(self) -> None:
        if self.presenter.row(self.window_id) is None:
            first = self.presenter.model.row_at(0).window_id if self.presenter.model.rowCount() else ""
            self.choose(first)
        else:
            self.detail.show_row(self.presenter.row(self.window_id))
        # Last: a table that has the keyboard and no row yet stands on its first one without choosing it.
        self._take_keyboard()

    def _on_calendar(self, sheet: CalendarSheet) -> None:
        self.calendar.show_sheet(sheet)
        self.calendar.setVisible(bool(sheet.lines))
        self._nothing_comes.setVisible(not sheet.lines)

    def _take_keyboard(self) -> None:
        """Let the table have the keyboard as soon as it is there, unless the user went to another part meanwhile."""
        if self._awaits_keyboard and self.table.isVisible():
            self._awaits_keyboard = False
            self.table.setFocus()

    def _on_chosen(self, window_id: str) -> None:
        if self._side.currentWidget() is not self.detail and window_id != self._edited_id:
            self._show_side(self.detail)
        self.presenter.chosen.choose(window_id)
        self.calendar.show_current(window_id)
        self.detail.show_row(self.presenter.row(window_id))

    def _on_opened(self, _window_id: str) -> None:
        self.detail.edit.setFocus()

    def _show_side(self, part: QWidget) -> None:
        self._awaits_keyboard = False
        self._side.setCurrentWidget(part)

    def _show_detail(self) -> None:
        self._show_side(self.detail)
        self.table.setFocus()

    def _on_save(self, draft: WindowDraft) -> None:
        if self._edited_id:
            self.presenter.acts.update(self._edited_id, self._before, draft)
        else:
            self.presenter.acts.create(draft)

    def _on_register(self, draft: TargetDraft) -> None:
        self.presenter.acts.register(self._edited_id, draft.target())

    def _on_saved(self, window_id: str) -> None:
        self._show_detail()
        self.choose(window_id)

    def _on_refused(self, refused: Refused) -> None:
        shown = self._side.currentWidget()
        if refused.kind in {CREATE, CHANGE, REGISTER} and isinstance(shown, WindowForm | TargetForm):
            shown.show_failure(refused.trouble)

    def _on_lacks(self) -> None:
        lack = self.presenter.acts.lack(CREATE)
        self.list.new.setEnabled(not lack)
        self.list.new.setToolTip(lack or "Make a maintenance window (Ctrl+N)")

    def _on_enable(self, is_enabled: bool) -> None:
        row = self.presenter.row(self.window_id)
        if row is not None:
            self.presenter.acts.set_enabled(row.window_id, row.name, enabled=is_enabled)

    def ask_delete(self) -> None:
        """Ask whether to delete the chosen window, saying what goes with it."""
        row = self.presenter.row(self.window_id)
        if row is None:
            return
        question = Question(
            f"Delete “{row.name}”?",
            consequences(*self.detail.counts),
            "Delete the window",
            self,
        )
        question.accepted.connect(lambda: self.presenter.acts.delete(row.window_id, row.name))
        question.open()

    def _ask_deregister(self, target_id: str, name: str) -> None:
        window_id = self.window_id
        question = Question(
            f"Deregister “{name}”?",
            "The nodes are not touched. A target that a task names stays, and says so.",
            "Deregister the target",
            self,
        )
        question.accepted.connect(lambda: self.presenter.acts.deregister(window_id, target_id))
        question.open()

    def _ask_remove_task(self, task_id: str, name: str) -> None:
        window_id = self.window_id
        question = Question(
            f"Remove “{name}”?",
            "It does not run any more when the window opens; what it has begun goes on. It cannot be undone.",
            "Remove the task",
            self,
        )
        question.accepted.connect(lambda: self.presenter.acts.remove_task(window_id, task_id, name))
        question.open()

    def _ask_cancel(self, execution_id: str) -> None:
        question = Question(
            "Cancel this execution?",
            "Tasks that have not begun do not begin, and commands that run are cancelled. "
            "What runs on a node may go on there for a moment; on-exit hooks still run.",
            "Cancel the execution",
            self,
        )
        question.accepted.connect(lambda: self.presenter.acts.cancel(execution_id))
        question.open()

    def _on_task_edit(self, task_id: str) -> None:
        self.task_edit_wanted.emit(self.window_id, task_id)

    def _on_task_add(self) -> None:
        self.task_add_wanted.emit(self.window_id)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(_SIDE_PX if event.size().width() >= _WIDE_PX else _NARROW_SIDE_PX)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.presenter.set_shown(shown=True)
        self._awaits_keyboard = True
        self._take_keyboard()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._state.keep_blob(_COLUMNS, self.table.columns())
        self.presenter.set_shown(shown=False)
