"""A change of a task as it is told in one go: another document, its hooks, parameters and other fields."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchgui.console.documents import split_version
from patchgui.console.rows import DocumentDetail
from patchgui.patching.document_parameters import DocumentParameter, parameters_of
from patchgui.patching.fitness import Severity, check_hook
from patchgui.patching.phases import Phase
from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.window_tasks.fields import DOCUMENT_VERSION, Path, parameter
from patchgui.patching.window_tasks.problems import problems_of
from patchgui.patching.window_tasks.switching import switched
from patchgui.ssm.errors import InvalidInput, NotFound

ReadDocument = Callable[[str], Awaitable[DocumentDetail]]
"""Returns a document by its name, which may pin a version; raises ``NotFound``."""


@dataclass(frozen=True, slots=True)
class TaskEdits:
    """What is to be otherwise. Empty texts take a thing away; what is not named stays.

    ``document`` may pin a version as in ``Name:3``; ``parameters`` are by their names, None for the default.
    """

    document: str | None = None
    hooks: Mapping[Phase, str] = field(default_factory=dict)
    parameters: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    fields: Mapping[Path, Any] = field(default_factory=dict)


async def edited(draft: TaskDraft, edits: TaskEdits, read_document: ReadDocument) -> TaskDraft:
    """Return the draft with these edits.

    Raises:
        InvalidInput: a value cannot be sent, or the document has no such parameter or hook.
        NotFound: a document does not exist.
    """
    for path, value in edits.fields.items():
        draft = draft.with_value(path, value)
    if not draft.runs_a_command and (edits.document or edits.hooks or edits.parameters):
        raise InvalidInput(
            f"{draft.title} is of type {draft.task_type}: only tasks that run a document have one.",
            hint="Its priority, rate, name and description can be changed.",
        )
    declared = None
    if draft.runs_a_command and draft.document:
        draft, declared = await _with_document(draft, edits, read_document)
        draft = _with_parameters(draft, edits, declared)
        await _check_hooks(edits.hooks, read_document)
    problems = problems_of(draft, declared)
    if problems:
        raise InvalidInput(
            " ".join(problem.text for problem in problems),
            field=".".join(problems[0].path),
            hint="Correct the value and try again. Nothing was saved.",
        )
    return draft


async def _with_document(
    draft: TaskDraft, edits: TaskEdits, read_document: ReadDocument
) -> tuple[TaskDraft, tuple[DocumentParameter, ...]]:
    name, version = split_version(edits.document) if edits.document else (draft.document, None)
    if not edits.document:
        version = draft.value(DOCUMENT_VERSION)
    content = (await read_document(f"{name}:{version}" if version else name)).content
    declared = parameters_of(content)
    if edits.document:
        draft = switched(draft, name, version, [each.name for each in declared])
    return draft, declared


def _with_parameters(draft: TaskDraft, edits: TaskEdits, declared: Sequence[DocumentParameter]) -> TaskDraft:
    names = {each.name for each in declared}
    for name, values in edits.parameters.items():
        if name not in names:
            there = ", ".join(sorted(names)) or "none"
            raise InvalidInput(f"{draft.document} has no parameter “{name}”.", hint=f"It has: {there}.")
        draft = draft.with_parameter(name, None if values is None else list(values))
    for phase, reference in edits.hooks.items():
        slot = next((each.name for each in declared if each.hook is phase), None)
        if slot is None:
            raise InvalidInput(
                f"{draft.document} runs no document {phase.label.lower()}.",
                hint="Choose one with hooks as well: --document AWS-RunPatchBaselineWithHooks",
            )
        draft = draft.with_value(parameter(slot), [reference] if reference else None)
    return draft


async def _check_hooks(hooks: Mapping[Phase, str], read_document: ReadDocument) -> None:
    for phase, reference in hooks.items():
        if not reference:
            continue
        try:
            document = await read_document(reference)
        except (NotFound, InvalidInput):
            document = None
        unfit = [each for each in check_hook(phase, reference, document, {}) if each.severity is Severity.ERROR]
        if unfit:
            raise InvalidInput(unfit[0].title, field=phase.value, hint=unfit[0].detail)
