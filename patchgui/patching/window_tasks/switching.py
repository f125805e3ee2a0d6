"""Another document for a task: parameters that both have stay, others are set aside."""

from collections.abc import Collection
from dataclasses import replace

from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.window_tasks.fields import (
    DOCUMENT,
    DOCUMENT_HASHES,
    DOCUMENT_VERSION,
    is_parameter,
)
from patchgui.patching.window_tasks.names import name_of
from patchgui.patching.wording import listed


def switched(draft: TaskDraft, document: str, version: str | None, declared: Collection[str]) -> TaskDraft:
    """Return the draft with another document, or another version of it.

    Parameters that the new one does not declare are set aside: the service would refuse them. They come back with a
    document that declares them. A hash and a version are those of one document, so a new one leaves them out.
    """
    is_other = document != draft.document
    there = {path: value for path, value in draft.mine.items() if is_parameter(path)}
    pool = {**draft.set_aside, **there}
    kept = {path: value for path, value in pool.items() if path[-1] in declared}
    rest = {path: value for path, value in draft.mine.items() if path not in there}
    made = replace(
        draft, mine={**rest, **kept}, set_aside={path: value for path, value in pool.items() if path not in kept}
    ).with_value(DOCUMENT, document)
    of_base = document == draft.base.get(DOCUMENT)
    for path in DOCUMENT_HASHES if is_other else ():
        made = made.with_value(path, draft.base.get(path) if of_base else None)
    return made.with_value(DOCUMENT_VERSION, version)


def left_out(draft: TaskDraft) -> str:
    """Return a sentence on the parameters that the draft's document has no place for; empty where there are none."""
    names = [name_of(path) for path in draft.base if path in draft.set_aside and path not in draft.mine]
    return f"Left out, since {draft.document} has no such parameter: {listed(names)}." if names else ""
