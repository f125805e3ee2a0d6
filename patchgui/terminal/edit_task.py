"""``patchgui windows edit-task``: changes a task of a maintenance window after showing what that changes."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from patchgui.connect import open_session
from patchgui.console.session import ConsoleSession
from patchgui.console.task_edits import TaskEdits, edited
from patchgui.console.window_tasks import Saved
from patchgui.patching.phases import Phase
from patchgui.patching.window_tasks.draft import FieldChange, TaskDraft
from patchgui.patching.window_tasks.fields import RUN_COMMAND, Path
from patchgui.patching.window_tasks.merge import Meanwhile, Overlap, Side, merge
from patchgui.patching.window_tasks.switching import left_out
from patchgui.patching.wording import counted, listed
from patchgui.place import Place
from patchgui.ssm.errors import Conflict, InvalidInput
from patchgui.ssm.own_thread import in_own_thread
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.guard import pass_guard
from patchgui.terminal.paint import Paint, paint_for

DECLINED = 1
"""Exit status when the operator, asked, did not want it."""
_FIELDS: Mapping[str, Path] = {
    "new_name": ("Name",),
    "description": ("Description",),
    "priority": ("Priority",),
    "max_concurrency": ("MaxConcurrency",),
    "max_errors": ("MaxErrors",),
    "cutoff_behavior": ("CutoffBehavior",),
    "service_role": ("ServiceRoleArn",),
    "comment": (*RUN_COMMAND, "Comment"),
    "delivery_timeout_s": (*RUN_COMMAND, "TimeoutSeconds"),
}
_HOOKS = {
    "before_install": Phase.BEFORE_INSTALL,
    "after_install": Phase.AFTER_INSTALL,
    "on_exit": Phase.ON_EXIT,
}


async def edit_task(options: Namespace, place: Place) -> int:
    """Change a task: show the difference, ask, save; what somebody else changed meanwhile is shown and kept."""
    async with open_session(place, ask_code) as session:
        window_id = await session.windows.id_of(options.name)
        task_id = await session.windows.task_id_of(window_id, options.task)
        draft = await session.window_tasks.read(window_id, task_id)
        draft = await edited(draft, _edits(options), session.document)
        return await _Talk(options, session).settle(draft)


def _edits(options: Namespace) -> TaskEdits:
    given = vars(options)
    parameters: dict[str, list[str] | None] = {}
    for name, value in options.parameters or ():
        parameters[name] = [*(parameters.get(name) or ()), value]
    for name in options.unset or ():
        parameters[name] = None
    # An empty text takes a field away; an option that was not given is None.
    told = {path: given[name] for name, path in _FIELDS.items() if given[name] is not None}
    fields = {path: None if value == "" else value for path, value in told.items()}
    hooks = {phase: given[name] for name, phase in _HOOKS.items() if given[name] is not None}
    return TaskEdits(options.document, hooks, parameters, fields)


class _Talk:
    """What is said and asked between a draft and its saving."""

    def __init__(self, options: Namespace, session: ConsoleSession) -> None:
        self._options = options
        self._session = session
        self._paint = paint_for(sys.stdout)
        self._theirs: tuple[FieldChange, ...] = ()

    async def settle(self, draft: TaskDraft) -> int:
        """Save the draft as soon as nobody else has changed the task since it was shown."""
        while draft.changes:
            self._say(_told(draft, self._paint))
            if not await self._may_save(draft):
                return self._end(draft, None)
            saved = await self._session.window_tasks.save(draft)
            if isinstance(saved, Saved):
                return self._end(draft, saved)
            draft = await self._merged(draft, saved)
        if not self._theirs:
            self._say(["The task is like that already: there is nothing to save."])
        else:
            self._say(["The task is like that now: there is nothing left to save."])
        return self._end(draft, Saved(draft.task_id, draft.base, draft.base))

    async def _may_save(self, draft: TaskDraft) -> bool:
        options, connection = self._options, self._session.connection
        if not options.yes:
            if options.json or not sys.stdin.isatty():
                if options.json:
                    _print_json(_json(draft, None, self._theirs))
                raise InvalidInput("Nothing was saved: nobody was there to be asked.", hint="Save it with: --yes")
            answer = await _ask(f"Save {counted(len(draft.changes), 'change')}? [y/N] ")
            if answer.casefold() not in {"y", "yes"}:
                return False
        await pass_guard(connection, options.confirm, may_ask=not options.json)
        return True

    async def _merged(self, draft: TaskDraft, meanwhile: Meanwhile) -> TaskDraft:
        """Return the draft on top of what somebody else made of the task.

        Raises:
            Conflict: both changed the same, and nobody can be asked whose holds.
        """
        self._theirs = (*self._theirs, *meanwhile.changes)
        self._say(["", self._paint.text("Somebody else changed this task meanwhile:", "warning")])
        self._say(_lines(meanwhile.changes, self._paint))
        if meanwhile.overlaps and (self._options.yes or self._options.json):
            names = listed([overlap.name for overlap in meanwhile.overlaps])
            raise Conflict(
                f"Somebody else changed the same meanwhile: {names}. Nothing was saved.",
                hint="Look at the task and decide: patchgui windows show WINDOW",
            )
        choices = {overlap: await self._choice(overlap, draft, meanwhile) for overlap in meanwhile.overlaps}
        self._say(["", "Your changes on top of that:"])
        return merge(draft, meanwhile, choices)

    async def _choice(self, overlap: Overlap, draft: TaskDraft, meanwhile: Meanwhile) -> Side:
        self._say([f"{overlap.name}: yours is {overlap.text(draft.mine)}, theirs {overlap.text(meanwhile.theirs)}."])
        while True:
            answer = (await _ask("Keep [m]ine or [t]heirs? ")).casefold()
            if answer in {"m", "mine"}:
                return Side.MINE
            if answer in {"t", "theirs"}:
                return Side.THEIRS

    def _end(self, draft: TaskDraft, saved: Saved | None) -> int:
        if self._options.json:
            _print_json(_json(draft, saved, self._theirs))
        elif saved is None:
            self._say(["Nothing was saved."])
        elif saved.changes:
            self._say([self._paint.text(f"Saved: {counted(len(saved.changes), 'change')}.", "success")])
        if saved is not None and saved.unkept:
            self._say([self._paint.text("The service made something else of it:", "warning")])
            self._say(_lines(saved.unkept, self._paint))
        return DECLINED if saved is None else 0

    def _say(self, lines: Sequence[str] | Iterator[str]) -> None:
        if not self._options.json:
            sys.stdout.writelines(f"{line}\n" for line in lines)


def _told(draft: TaskDraft, paint: Paint) -> Iterator[str]:
    yield f"{paint.text(draft.title, 'bold')}  {draft.window_id}"
    yield from _lines(draft.changes, paint)
    if said := left_out(draft):
        yield paint.text(f"  {said}", "warning")
    if draft.kept:
        yield paint.text(f"  kept: {', '.join(draft.kept)}", "dim")


def _lines(changes: Sequence[FieldChange], paint: Paint) -> Iterator[str]:
    for change in changes:
        if change.old is not None:
            yield paint.text(f"  - {change.name}: {change.old_text or '(empty)'}", "failed")
        if change.new is not None:
            yield paint.text(f"  + {change.name}: {change.new_text or '(empty)'}", "success")


def _json(draft: TaskDraft, saved: Saved | None, theirs: Sequence[FieldChange]) -> dict[str, Any]:
    changes = saved.changes if saved is not None else draft.changes
    return {
        "WindowId": draft.window_id,
        "WindowTaskId": draft.task_id,
        "Saved": saved is not None,
        "Changes": [_change(change) for change in changes],
        "Kept": list(draft.kept),
        "Meanwhile": [_change(change) for change in theirs],
        "Unkept": [_change(change) for change in saved.unkept] if saved is not None else [],
    }


def _change(change: FieldChange) -> dict[str, Any]:
    return {"Field": ".".join(change.path), "Name": change.name, "Old": change.old, "New": change.new}


def _print_json(told: Any) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")


async def _ask(question: str) -> str:
    return (await in_own_thread(lambda: _typed(question), "question")).strip()


def _typed(question: str) -> str:
    sys.stdout.write(question)
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise InvalidInput("Nothing was saved: the input ended before the answer.", hint="Save it with: --yes")
    return answer
