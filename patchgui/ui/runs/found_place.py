"""The place in a run where the search found something: gone to as soon as its node and its output are there."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.run.view import RunView
from patchgui.ui.runs.snippet import emphasis_of

if TYPE_CHECKING:
    from patchgui.console.archive.entries import Hit


class FoundPlace(QObject):
    """Leads the run view that is opened next to a hit, and lets what was searched stand out in the output there."""

    def __init__(self, presenter: RunPresenter, view: RunView) -> None:
        super().__init__(view)
        self._presenter, self._view = presenter, view
        self._hit: Hit | None = None
        self._words = ""
        self._read = ("", "")
        presenter.moved.connect(self.go)
        view.pane.output.text.filled.connect(self._look)

    def want(self, hit: "Hit | None", text: str) -> None:
        """Go to a hit of the search ``text``; None: nowhere in particular."""
        self._hit, self._words = hit, ""
        words = emphasis_of(text)
        found = words.search(hit.snippet) if hit is not None and words is not None else None
        if hit is not None and found is not None:
            self._words, self._read = found[0], (hit.instance_id, hit.step)

    def go(self) -> None:
        """Go there now, if its node is there."""
        hit = self._hit
        node = self._presenter.model.node(hit.instance_id) if hit is not None else None
        if hit is None or node is None:
            return
        self._hit = None
        named = [place for place, phase in enumerate(node.phases) if any(step.name == hit.step for step in phase.steps)]
        self._presenter.pick_node(hit.instance_id, named[0] if named else -1)
        if named:
            self._presenter.pick_step(named[0], hit.step)
            self._view.sides.open_drawer()
            self._look()

    def _look(self) -> None:
        output = self._view.pane.output
        if self._words and output.place == self._read and not output.text.is_filling and output.shown_text():
            words, self._words = self._words, ""
            output.finder.look_for(words)
