"""A change of a task that is being made: what the task was, what it is to be, and the difference, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from patchgui.patching.window_tasks.fields import (
    ABSENT_MEANS,
    DOCUMENT,
    NAME,
    TASK_ID,
    TASK_TYPE,
    WINDOW_ID,
    Fields,
    Path,
    fields_of,
    is_nothing,
    is_same,
    members_of,
    parameter,
)
from patchgui.patching.window_tasks.names import is_known, name_of, rank, shown

RUN_COMMAND_TYPE = "RUN_COMMAND"
_IDENTITY = (WINDOW_ID, TASK_ID, TASK_TYPE)
_NOT_TAKEN = frozenset({"TaskType"})
"""Members that GetMaintenanceWindowTask tells and UpdateMaintenanceWindowTask has no place for."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; None stands for a field that is not there."""

    path: Path
    old: Any
    new: Any

    @property
    def name(self) -> str:
        """The field's name in an operator's words."""
        return name_of(self.path)

    @property
    def old_text(self) -> str:
        """The former value on screen; empty where there was none."""
        return shown(self.path, self.old)

    @property
    def new_text(self) -> str:
        """The new value on screen; empty where there is none."""
        return shown(self.path, self.new)


def difference(before: Fields, after: Fields) -> tuple[FieldChange, ...]:
    """Return what differs, in the order in which fields are shown."""
    paths = sorted(dict.fromkeys((*before, *after)), key=rank)
    pairs = ((path, before.get(path), after.get(path)) for path in paths)
    return tuple(FieldChange(path, old, new) for path, old, new in pairs if not is_same(path, old, new))


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as it was read (``base``; empty for one that is yet to be registered) and as it is to be (``mine``).

    ``set_aside`` are the parameters that a switch of the document took away: they come back with a document that has
    them.
    """

    base: Fields
    mine: Fields
    set_aside: Mapping[Path, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Self:
        """Return a draft that changes nothing yet, of a task's members."""
        fields = fields_of(members)
        return cls(fields, fields)

    @property
    def is_new(self) -> bool:
        """Whether the task is yet to be registered."""
        return TASK_ID not in self.base

    @property
    def window_id(self) -> str:
        """The window's id."""
        return str(self.mine.get(WINDOW_ID, ""))

    @property
    def task_id(self) -> str:
        """The task's id; empty for a new one."""
        return str(self.mine.get(TASK_ID, ""))

    @property
    def task_type(self) -> str:
        """The task's type, which never changes."""
        return str(self.mine.get(TASK_TYPE, RUN_COMMAND_TYPE))

    @property
    def runs_a_command(self) -> bool:
        """Whether the task runs a document; others are kept, and shown as they are."""
        return self.task_type == RUN_COMMAND_TYPE

    @property
    def document(self) -> str:
        """The document that the task runs."""
        return str(self.mine.get(DOCUMENT, ""))

    @property
    def title(self) -> str:
        """What the task is called, else its id."""
        return str(self.mine.get(NAME) or self.task_id or "New task")

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """What saving changes; what tells one task from another never does."""
        return tuple(change for change in difference(self.base, self.mine) if change.path not in _IDENTITY)

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of the fields that saving leaves as they are."""
        changed = {change.path for change in self.changes}
        there = (path for path, value in self.base.items() if path not in changed and not is_nothing(path, value))
        return tuple(dict.fromkeys(name_of(path) for path in sorted(there, key=rank) if path not in _IDENTITY))

    def value(self, path: Path) -> Any:
        """Return a field as it is to be; None where it is absent."""
        return self.mine.get(path)

    def with_value(self, path: Path, value: Any) -> Self:
        """Return the draft with another value of a field; None takes it away."""
        if is_same(path, value, self.base.get(path)):
            # As it was: also where the service had it empty and the form has nothing.
            value = self.base.get(path)
        if path not in self.base and path in ABSENT_MEANS and value == ABSENT_MEANS[path]:
            value = None
        if value is None:
            return replace(self, mine={each: kept for each, kept in self.mine.items() if each != path})
        return replace(self, mine={**self.mine, path: value})

    def with_parameter(self, name: str, values: list[str] | None) -> Self:
        """Return the draft with other values of a parameter; None leaves it to the document's default."""
        return self.with_value(parameter(name), values)

    def reverted(self) -> Self:
        """Return the draft that changes nothing."""
        return replace(self, mine=self.base, set_aside={})


def update_members(draft: TaskDraft) -> dict[str, Any]:
    """Return the members of UpdateMaintenanceWindowTask that make the change and leave everything else.

    What is not named stays as it is; but each member is replaced whole, invocation parameters among them. Only with
    Replace can a member be taken away, and then every other one has to be named.
    """
    mine = members_of(_sendable(draft.mine))
    identity = {"WindowId": draft.window_id, "WindowTaskId": draft.task_id}
    changed = {change.path[0] for change in draft.changes}
    if changed <= mine.keys():
        return identity | {name: value for name, value in mine.items() if name in changed}
    return mine | identity | {"Replace": True}


def register_members(draft: TaskDraft) -> dict[str, Any]:
    """Return the members of RegisterTaskWithMaintenanceWindow for a new task."""
    return {"TaskType": RUN_COMMAND_TYPE} | members_of(_whole(draft.mine))


def _sendable(fields: Fields) -> dict[Path, Any]:
    return {path: value for path, value in _whole(fields).items() if path[0] not in _NOT_TAKEN}


def _whole(fields: Fields) -> dict[Path, Any]:
    """Leave out what is empty: the service sends an empty text for what nobody set, and takes none back."""
    return {path: value for path, value in fields.items() if value != "" or not is_known(path)}
