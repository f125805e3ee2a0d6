"""How the editor stands: one frozen value that the presenter tells and the views show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from patchgui.console.window_tasks import Saved, Surroundings
from patchgui.patching.document_parameters import DocumentParameter
from patchgui.patching.window_tasks.draft import TaskDraft
from patchgui.patching.window_tasks.fields import DOCUMENT, Path
from patchgui.patching.window_tasks.merge import Meanwhile, Overlap, Side
from patchgui.patching.window_tasks.problems import Problem
from patchgui.ui.errors import Trouble
from patchgui.ui.widgets.document_picker import DocumentOption


@dataclass(frozen=True, slots=True)
class EditState:
    """The draft and all that is known around it.

    Attributes:
        draft: None while the task is read; ``trouble`` says why it could not be.
        declared: the parameters of the draft's document; None while they are read, or where they can't be.
        document_trouble: why the document could not be read.
        problems: what keeps the draft from being saved.
        meanwhile: what somebody else changed since the task was read, while that is of interest.
        choices: whose value holds where both changed the same; saving waits until each is chosen.
        saved: what was saved last, for as long as nothing else was changed.
        failure: why the draft could not be saved.
    """

    draft: TaskDraft | None = None
    trouble: Trouble | None = None
    around: Surroundings | None = None
    documents: Sequence[DocumentOption] = ()
    documents_trouble: Trouble | None = None
    declared: tuple[DocumentParameter, ...] | None = None
    document_trouble: Trouble | None = None
    problems: tuple[Problem, ...] = ()
    meanwhile: Meanwhile | None = None
    choices: Mapping[Overlap, Side] = field(default_factory=dict)
    saved: Saved | None = None
    is_saving: bool = False
    failure: Trouble | None = None

    @property
    def is_undecided(self) -> bool:
        """Whether both changed the same, and it is not chosen yet whose value holds."""
        return self.meanwhile is not None and any(each not in self.choices for each in self.meanwhile.overlaps)

    @property
    def can_save(self) -> bool:
        """Whether there is something to save, and nothing keeps it."""
        draft = self.draft
        if draft is None or self.is_saving or self.problems or self.is_undecided:
            return False
        is_known = self.declared is not None or not draft.runs_a_command or not self._is_switched(draft)
        return bool(draft.changes) and is_known

    @staticmethod
    def _is_switched(draft: TaskDraft) -> bool:
        return draft.base.get(DOCUMENT) != draft.mine.get(DOCUMENT)

    def problem_of(self, path: Path) -> str:
        """Return what is wrong with a field; empty when nothing is."""
        return next((problem.text for problem in self.problems if problem.path == path), "")
