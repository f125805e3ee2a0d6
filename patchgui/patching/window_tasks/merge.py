"""A task that somebody else changed while a draft of it was made: what they changed, and where both did."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from patchgui.patching.window_tasks.draft import FieldChange, TaskDraft, difference
from patchgui.patching.window_tasks.fields import (
    DOCUMENT,
    DOCUMENT_HASHES,
    DOCUMENT_VERSION,
    Fields,
    Path,
    is_parameter,
    is_same,
)
from patchgui.patching.window_tasks.names import name_of, shown


class Side(StrEnum):
    """Whose value holds where both have changed a field."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Fields that both have changed, each in another way; they are chosen together.

    Several are those of another document: its parameters make no sense with the first one.
    """

    paths: tuple[Path, ...]

    @property
    def name(self) -> str:
        """What it is about, in an operator's words."""
        return name_of(self.paths[0]) if len(self.paths) == 1 else "Document and parameters"

    def text(self, fields: Fields) -> str:
        """Return what these fields are, as one line."""
        there = [path for path in self.paths if path in fields]
        if len(self.paths) == 1:
            return shown(there[0], fields[there[0]]) if there else "nothing"
        return "; ".join(f"{name_of(path)} {shown(path, fields[path])}" for path in there) or "nothing"


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What became of the task since a draft of it was begun: as it is now, what changed, and the overlaps."""

    theirs: Fields
    changes: tuple[FieldChange, ...]
    overlaps: tuple[Overlap, ...]


def compare(draft: TaskDraft, theirs: Fields) -> Meanwhile:
    """Return what somebody else changed since the draft's task was read; no changes where it is as it was."""
    changes = difference(draft.base, theirs)
    mine = {change.path for change in draft.changes}
    both = [
        change.path
        for change in changes
        if change.path in mine and not is_same(change.path, change.new, draft.mine.get(change.path))
    ]
    return Meanwhile(theirs, changes, _grouped(both, {change.path for change in changes}, mine, draft, theirs))


def merge(draft: TaskDraft, meanwhile: Meanwhile, choices: Mapping[Overlap, Side]) -> TaskDraft:
    """Return the draft as a change of the task that is there now: theirs, and mine on top.

    Raises:
        KeyError: an overlap has no choice.
    """
    mine = dict(meanwhile.theirs)
    left = {path for overlap in meanwhile.overlaps if choices[overlap] is Side.THEIRS for path in overlap.paths}
    kept = {path for overlap in meanwhile.overlaps if choices[overlap] is Side.MINE for path in overlap.paths}
    for path in kept | {change.path for change in draft.changes} - left:
        if path in draft.mine:
            mine[path] = draft.mine[path]
        else:
            mine.pop(path, None)
    return replace(draft, base=meanwhile.theirs, mine=mine)


def _grouped(
    both: list[Path], theirs_changed: set[Path], mine_changed: set[Path], draft: TaskDraft, theirs: Fields
) -> tuple[Overlap, ...]:
    """Take the fields of the document as one where one side has another document and the other touched its fields."""
    their_part = {path for path in theirs_changed if _is_of_document(path)}
    my_part = {path for path in mine_changed if _is_of_document(path)}
    are_apart = not is_same(DOCUMENT, theirs.get(DOCUMENT), draft.mine.get(DOCUMENT))
    touched = [
        path
        for path in dict.fromkeys((*draft.base, *theirs, *draft.mine))
        if path in their_part | my_part and not is_same(path, theirs.get(path), draft.mine.get(path))
    ]
    if not (are_apart and their_part and my_part):
        return tuple(Overlap((path,)) for path in both)
    return (Overlap(tuple(touched)), *(Overlap((path,)) for path in both if not _is_of_document(path)))


def _is_of_document(path: Path) -> bool:
    return path in (DOCUMENT, DOCUMENT_VERSION, *DOCUMENT_HASHES) or is_parameter(path)
