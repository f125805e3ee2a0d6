"""Edits a task of a maintenance window: reads it, keeps the draft, saves it. Touches no widget."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from patchgui.console.documents import split_version
from patchgui.console.window_tasks import Saved, WindowTasks
from patchgui.patching.document_parameters import parameters_of
from patchgui.patching.fitness import Severity, check_hook
from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.window_tasks.fields import DOCUMENT_VERSION, Path, parameter
from patchgui.patching.window_tasks.merge import Meanwhile, Overlap, Side, compare, merge
from patchgui.patching.window_tasks.problems import Problem, problems_of
from patchgui.patching.window_tasks.switching import switched
from patchgui.ssm.errors import InvalidInput, NotFound, PatchError
from patchgui.ui.document_options import options_of
from patchgui.ui.errors import trouble_of
from patchgui.ui.preview import PreviewReader
from patchgui.ui.task_scope import Again, TaskScope
from patchgui.ui.window_task.service import TaskService
from patchgui.ui.window_task.state import EditState


class TaskPresenter(QObject):
    """One task at a time. ``scope`` belongs to the connection and closes with it."""

    changed = Signal(object)
    """The new :class:`EditState`."""
    saved = Signal(object)
    """The ``Saved`` that the service has taken."""

    removed = Signal()
    """The task is gone."""

    def __init__(self, service: TaskService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._ids = ("", "")
        self._hook_problems: dict[str, str] = {}
        """What keeps a document from being a hook, by reference; empty where nothing does."""
        self.state = EditState()
        self.previews = PreviewReader(scope, self)

    # -- what the page asks for ----------------------------------------------------------------------------------------

    def edit(self, window_id: str, task_id: str) -> None:
        """Begin with a task; without ``task_id`` with a new one."""
        self._ids = (window_id, task_id)
        self._hook_problems = {}
        for name in ("save", "document", "hooks"):
            self._scope.cancel(name)
        self.previews.show("", None)
        self._set(EditState(documents=self.state.documents))
        self._scope.start("read", self._read, Again.REPLACE)
        self._scope.start("documents", self._read_documents)

    def read_again(self) -> None:
        """Begin anew with the task as it is now."""
        self.edit(*self._ids)

    def set_field(self, path: Path, value: Any) -> None:
        """Take another value of a field; None takes it away."""
        draft = self.state.draft
        if draft is None:
            return
        declared = next((each for each in self.state.declared or () if parameter(each.name) == path), None)
        if value is None and declared is not None and draft.base.get(path) == [*(declared.default or ("",))]:
            # The task names the document's default itself: that is no change.
            value = draft.base[path]
        self._take(draft.with_value(path, value))

    def set_document(self, reference: str) -> None:
        """Take another document, which may pin a version."""
        draft = self.state.draft
        if draft is None or not reference:
            return
        name, version = split_version(reference)
        if (name, version) != (draft.document, draft.value(DOCUMENT_VERSION)):
            self._scope.start("document", partial(self._switch, name, version), Again.REPLACE)

    def read_document_again(self) -> None:
        """Read the list of documents, and the task's own, after one of them could not be read."""
        self._scope.start("documents", self._read_documents)
        self._scope.start("document", self._read_document, Again.REPLACE)

    def revert(self) -> None:
        """Change nothing after all."""
        draft = self.state.draft
        if draft is not None and draft.is_new:
            self.read_again()
        elif draft is not None:
            meanwhile = self.state.meanwhile
            self._replace(meanwhile=None, choices={})
            self._take(TaskDraft(meanwhile.theirs, meanwhile.theirs) if meanwhile is not None else draft.reverted())
            self._scope.start("document", self._read_document, Again.REPLACE)

    def choose(self, overlap: Overlap, side: Side) -> None:
        """Say whose value holds where both changed the same; once all is said, the draft goes on from there."""
        state = self.state
        choices = {**state.choices, overlap: side}
        self._replace(choices=choices)
        if state.draft is not None and state.meanwhile is not None and not self.state.is_undecided:
            self._go_on(state.draft, state.meanwhile, choices)

    def save(self) -> None:
        """Save the draft, where nothing keeps it."""
        if self.state.can_save and self.state.draft is not None:
            self._scope.start("save", partial(self._save, self.state.draft))

    def undo(self) -> None:
        """Write back what was there before the last saving."""
        saved = self.state.saved
        if saved is None:
            return
        if saved.is_added:
            self.remove()
        elif not self.state.is_saving:
            self._scope.start("save", partial(self._save, saved.undo()))

    def remove(self) -> None:
        """Take the task out of its window."""
        draft = self.state.draft
        if draft is not None and not draft.is_new and not self.state.is_saving:
            self._scope.start("save", partial(self._remove, draft.window_id, draft.task_id))

    def preview(self, name: str) -> None:
        """Show a document's text; an empty name shows none."""
        self.previews.show(name, self._service)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _set(self, state: EditState) -> None:
        self.state = state
        self.changed.emit(state)

    def _replace(self, **members: Any) -> None:
        self._set(replace(self.state, **members))

    def _take(self, draft: TaskDraft) -> None:
        """Show a draft that the operator has changed."""
        meanwhile = self.state.meanwhile
        if meanwhile is not None and meanwhile.overlaps:
            meanwhile = compare(draft, meanwhile.theirs)
            self.state = replace(self.state, meanwhile=meanwhile)
            if not meanwhile.overlaps:
                self._go_on(draft, meanwhile, {})
                return
        saved = self.state.saved if not draft.changes else None
        state = replace(self.state, draft=draft, failure=None, saved=saved)
        self._set(replace(state, problems=self._problems(state)))
        self._check_hooks()

    def _problems(self, state: EditState) -> tuple[Problem, ...]:
        draft = state.draft
        if draft is None or not (draft.changes or draft.is_new):
            return ()
        changed = {change.path for change in draft.changes}
        hooks = tuple(
            Problem(parameter(each.name), said)
            for each in state.declared or ()
            if each.picks_document and parameter(each.name) in changed
            for said in (self._hook_problems.get(_first(draft.value(parameter(each.name))), ""),)
            if said
        )
        return (*problems_of(draft, state.declared), *hooks)

    async def _read(self) -> None:
        window_id, task_id = self._ids

        async def ask(tasks: WindowTasks) -> EditState:
            around = await tasks.surroundings(window_id)
            draft = await tasks.read(window_id, task_id) if task_id else tasks.new(window_id)
            return EditState(draft=draft, around=around)

        try:
            read = await self._service.ask_window_tasks(ask)
        except PatchError as error:
            self._replace(trouble=trouble_of(error))
            return
        state = replace(self.state, draft=read.draft, around=read.around, trouble=None)
        self._set(replace(state, problems=self._problems(state)))
        # Under the name of a switch: whoever chooses another document meanwhile does not wait for this one.
        self._scope.start("document", self._read_document, Again.REPLACE)

    async def _read_documents(self) -> None:
        try:
            found = await self._service.documents()
        except PatchError as error:
            self._replace(documents_trouble=trouble_of(error))
            return
        self._replace(documents=options_of(found), documents_trouble=None)

    async def _read_document(self) -> None:
        """Learn the parameters of the draft's document."""
        draft = self.state.draft
        if draft is None or not draft.runs_a_command or not draft.document:
            self._replace(declared=() if draft is not None and draft.document else None, document_trouble=None)
            return
        version = draft.value(DOCUMENT_VERSION)
        try:
            content = (await self._service.document(draft.document, str(version) if version else None)).content
        except PatchError as error:
            self._replace(declared=None, document_trouble=trouble_of(error))
            return
        state = replace(self.state, declared=parameters_of(content), document_trouble=None)
        self._set(replace(state, problems=self._problems(state)))

    async def _switch(self, name: str, version: str | None) -> None:
        """Take another document as soon as its parameters are known: until then the draft stays as it is."""
        try:
            content = (await self._service.document(name, version)).content
        except PatchError as error:
            self._replace(document_trouble=trouble_of(error))
            return
        declared = parameters_of(content)
        assert self.state.draft is not None
        draft = switched(self.state.draft, name, version, [each.name for each in declared])
        self.state = replace(self.state, declared=declared, document_trouble=None)
        self._take(draft)

    def _check_hooks(self) -> None:
        if self._unchecked():
            self._scope.start("hooks", self._look_at_hooks)

    def _unchecked(self) -> list[tuple[Any, str]]:
        draft, declared = self.state.draft, self.state.declared or ()
        if draft is None:
            return []
        chosen = [(each.hook, _first(draft.value(parameter(each.name)))) for each in declared if each.hook]
        return [(hook, reference) for hook, reference in chosen if reference and reference not in self._hook_problems]

    async def _look_at_hooks(self) -> None:
        """Find out whether the chosen documents are fit to be hooks: a node would find out only in the middle."""
        while pending := self._unchecked():
            phase, reference = pending[0]
            try:
                document = await self._service.document(reference)
            except (NotFound, InvalidInput):
                document = None
            except PatchError:
                # Nobody answers: what else is asked says so.
                return
            unfit = [each for each in check_hook(phase, reference, document, {}) if each.severity is Severity.ERROR]
            self._hook_problems[reference] = f"{unfit[0].title} {unfit[0].detail}" if unfit else ""
            self._set(replace(self.state, problems=self._problems(self.state)))

    async def _save(self, draft: TaskDraft) -> None:
        self._replace(is_saving=True, failure=None)
        try:
            told = await self._service.ask_window_tasks(lambda tasks: tasks.save(draft))
        except PatchError as error:
            self._replace(is_saving=False, failure=trouble_of(error))
            return
        except BaseException:
            self._replace(is_saving=False)
            raise
        if isinstance(told, Saved):
            self._on_saved(draft, told)
        else:
            self._on_meanwhile(draft, told)

    async def _remove(self, window_id: str, task_id: str) -> None:
        self._replace(is_saving=True, failure=None)
        try:
            await self._service.ask_window_tasks(lambda tasks: tasks.remove(window_id, task_id))
        except NotFound:
            # Somebody else was faster, or it was done and the answer got lost.
            pass
        except PatchError as error:
            self._replace(is_saving=False, failure=trouble_of(error))
            return
        self._set(EditState(documents=self.state.documents))
        self.removed.emit()

    def _on_saved(self, draft: TaskDraft, saved: Saved) -> None:
        self._ids = (draft.window_id, saved.task_id)
        now = TaskDraft(saved.after, saved.after)
        state = replace(self.state, draft=now, saved=saved, problems=(), failure=None)
        self._set(replace(state, is_saving=False, meanwhile=None, choices={}))
        self.saved.emit(saved)
        # By a task of its own: an undo must not wait for it.
        self._scope.start("document", self._read_document, Again.REPLACE)

    def _on_meanwhile(self, draft: TaskDraft, meanwhile: Meanwhile) -> None:
        self._set(replace(self.state, draft=draft, meanwhile=meanwhile, choices={}, is_saving=False, saved=None))
        if not meanwhile.overlaps:
            self._go_on(draft, meanwhile, {})

    def _go_on(self, draft: TaskDraft, meanwhile: Meanwhile, choices: dict[Overlap, Side]) -> None:
        """Put the draft on top of what somebody else made of the task: it is saved when the operator has seen that."""
        self.state = replace(self.state, meanwhile=replace(meanwhile, overlaps=()), choices={})
        self._take(merge(draft, meanwhile, choices))
        self._scope.start("document", self._read_document, Again.REPLACE)


def _first(values: object) -> str:
    return str(values[0]) if isinstance(values, list) and len(values) == 1 else ""
