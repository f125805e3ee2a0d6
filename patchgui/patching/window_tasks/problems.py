"""What keeps a draft of a task from being saved, found by the rules of the shapes and of the document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from patchgui.patching.document_parameters import DocumentParameter
from patchgui.patching.window_tasks.draft import TaskDraft, register_members, update_members
from patchgui.patching.window_tasks.fields import (
    DOCUMENT,
    NOTIFICATION_EVENTS,
    RUN_COMMAND,
    TARGETS,
    Path,
    is_nothing,
    is_parameter,
    parameter,
)
from patchgui.patching.window_tasks.names import name_of
from patchgui.patching.wording import listed
from patchgui.ssm.shapes import NotificationEvent
from patchgui.ssm.shapes.maintenance_windows import (
    RegisterTaskWithMaintenanceWindowRequest,
    UpdateMaintenanceWindowTaskRequest,
)

_HINTS: Mapping[Path, str] = {
    ("MaxConcurrency",): "a number of nodes such as 5, or a share such as 10%",
    ("MaxErrors",): "a number of errors such as 0 or 5, or a share such as 10%",
    ("Name",): "3 to 128 letters, digits, dots, hyphens and underscores",
    ("Description",): "1 to 128 characters",
    ("Priority",): "0 or more; smaller numbers start first",
    (*RUN_COMMAND, "TimeoutSeconds"): "30 to 2,592,000 seconds",
    (*RUN_COMMAND, "Comment"): "at most 100 characters",
    (*RUN_COMMAND, "OutputS3BucketName"): "3 to 63 characters",
    (*RUN_COMMAND, "OutputS3KeyPrefix"): "at most 500 characters",
    (*RUN_COMMAND, "DocumentVersion"): "$DEFAULT, $LATEST or a number",
}
_EVENTS = tuple(str(each) for each in NotificationEvent)
_TARGET_HINT = "a key such as tag:Role, InstanceIds or WindowTargetIds, each with 1 to 50 values; at most 5 keys"


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that cannot be sent as it is; ``text`` is a sentence."""

    path: Path
    text: str


def problems_of(draft: TaskDraft, declared: Sequence[DocumentParameter] | None) -> tuple[Problem, ...]:
    """Return what is wrong with a draft; ``declared`` are the document's parameters, None while they are not known.

    What the task had before and the draft leaves alone is not judged by our limits: the service took it once.
    """
    return tuple({problem.path: problem for problem in _found(draft, declared)}.values())


def _found(draft: TaskDraft, declared: Sequence[DocumentParameter] | None) -> Iterator[Problem]:
    if not draft.document:
        yield Problem(DOCUMENT, "Document: choose the one that the task runs.")
    if draft.runs_a_command and is_nothing(TARGETS, draft.value(TARGETS)):
        yield Problem(TARGETS, "Targets: a task that runs a document needs at least one.")
    yield from _outside_limits(draft)
    events = draft.value(NOTIFICATION_EVENTS)
    if events != draft.base.get(NOTIFICATION_EVENTS) and not {*(events or ())} <= {*_EVENTS}:
        yield Problem(NOTIFICATION_EVENTS, f"{name_of(NOTIFICATION_EVENTS)}: any of {listed(_EVENTS)}.")
    if declared is not None and draft.runs_a_command:
        yield from _parameters(draft, declared)


def _outside_limits(draft: TaskDraft) -> Iterator[Problem]:
    try:
        if draft.is_new:
            RegisterTaskWithMaintenanceWindowRequest.from_wire(register_members(draft))
        else:
            UpdateMaintenanceWindowTaskRequest.from_wire(update_members(draft))
    except ValidationError as error:
        for each in error.errors(include_url=False):
            path = _field(draft, tuple(str(part) for part in each["loc"]))
            if path == DOCUMENT and not draft.document:
                continue
            hint = _TARGET_HINT if path == TARGETS else _HINTS.get(path, each["msg"][:1].lower() + each["msg"][1:])
            yield Problem(path, f"{name_of(path)}: {hint}.")


def _field(draft: TaskDraft, location: Path) -> Path:
    """Return the field that an error is about: its location may lead into a list."""
    return next((location[:end] for end in range(len(location), 0, -1) if location[:end] in draft.mine), location)


def _parameters(draft: TaskDraft, declared: Sequence[DocumentParameter]) -> Iterator[Problem]:
    names = {each.name for each in declared}
    changed = {change.path for change in draft.changes}
    judges_all = DOCUMENT in changed
    for each in declared:
        path = parameter(each.name)
        if (judges_all or path in changed) and (said := each.problem(draft.value(path))):
            yield Problem(path, f"{name_of(path)}: {said[:1].lower()}{said[1:]}")
    for path in draft.mine:
        if is_parameter(path) and path[-1] not in names and (judges_all or path in changed):
            yield Problem(path, f"{name_of(path)}: {draft.document} has no parameter {path[-1]}.")
