"""Follows one run: takes the watcher's events, keeps the models, knows which node and step are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from patchgui.console.events import (
    NodesChanged,
    RunChanged,
    RunEnded,
    RunEvent,
    RunOpened,
    WatchRecovered,
    WatchTrouble,
)
from patchgui.console.rows import RunSummary
from patchgui.patching.failures import FailureFold, FailureGroup
from patchgui.patching.node_state import BAD, first_trouble, node_state, telling_step
from patchgui.patching.phase_flow import PhaseFlow
from patchgui.patching.phases import Pipeline
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.ssm.errors import PatchError
from patchgui.ui.run.again.presenter import AgainPresenter
from patchgui.ui.run.before_after.feed import BeforeAfterFeed, PatchStates
from patchgui.ui.run.estimator import EarlierRuns, Estimator
from patchgui.ui.run.failures.feed import FailureFeed
from patchgui.ui.run.fold import NodeFold
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.output_feed import OutputFeed
from patchgui.ui.run.service import RunService
from patchgui.ui.run.spans import utc_now
from patchgui.ui.run.tally import Tally
from patchgui.ui.task_scope import Again, TaskScope

if TYPE_CHECKING:
    from patchgui.console.archive.entries import ArchivedRun


@dataclass(frozen=True, slots=True)
class NodeShown:
    """What the node pane shows: a node, its platform, and the phase and step that are looked at."""

    node: NodeProgress
    platform: str
    phase: int | None
    step: str


class RunArchive(EarlierRuns, PatchStates, Protocol):
    """What a run learns from the archive."""


class RunPresenter(QObject):
    """Owns the matrix model, the counts and the output feed of the run that is open.

    Feed it with :meth:`watch`, which asks the console, or event by event with :meth:`apply`.
    """

    opened = Signal()
    """Another run is here: summary and pipeline are new."""
    moved = Signal()
    """Counts, status or nodes changed; at most once a frame."""
    node_shown = Signal(object)
    """A :class:`NodeShown`, or None when there is no node."""
    trouble_changed = Signal(object)
    """A ``WatchTrouble`` while the run cannot be seen, else None."""
    failed = Signal(object)
    """The ``PatchError`` that ended the watch."""
    cancel_failed = Signal(object)
    """The ``PatchError`` that a cancel met: the run goes on."""

    def __init__(self, service: RunService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._scope = scope
        self.model = MatrixModel(self)
        self.output = OutputFeed(service, scope, self)
        self.estimator = Estimator(scope, self)
        self.model.reboots = self.estimator.reboots
        self.failure_feed = FailureFeed(service, scope, self)
        self.before_after = BeforeAfterFeed(scope, self._names, self)
        self._fold = NodeFold(self.model, self)
        self._fold.folded.connect(self._on_folded)
        self._fold.caught_up.connect(self._on_caught_up)
        self.again = AgainPresenter(service, scope, self)
        self.run_id = ""
        self.summary: RunSummary | None = None
        self.archived: ArchivedRun | None = None
        """The archive's entry of a run that is read from the archive; None for one that is watched where it runs."""
        self.pipeline = Pipeline(())
        self.headline = ""
        self.is_cancelling = False
        self._is_part = False
        self._platforms: Mapping[str, str] = {}
        self._shown: NodeShown | None = None
        self._picked_node = False
        self._picked_phase = False
        self._picked_step = ""
        self._is_seen = True

    # -- the run ------------------------------------------------------------------------------------------------------

    @property
    def tally(self) -> Tally:
        """Counts of the run, as of the last frame."""
        return self._fold.tally

    def tags(self) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of the run's nodes, by instance id, as far as they are known here."""
        known = self._service.tags(self.run_id)
        return {node.instance_id: known[node.instance_id] for node in self.model.nodes() if node.instance_id in known}

    @property
    def flow(self) -> PhaseFlow:
        """How many nodes are in which phase over time, as of the last frame."""
        return self._fold.flow

    @property
    def failures(self) -> FailureFold:
        """The failed nodes in groups, as of the last frame."""
        return self._fold.failures

    @property
    def is_reading(self) -> bool:
        """Whether nodes of the run are still being read for the first time."""
        return self._is_part or self._fold.is_opening

    @property
    def is_live(self) -> bool:
        """Whether the run has been opened and has not ended."""
        return self.summary is not None and not self.summary.is_final

    def use_archive(self, archive: RunArchive) -> None:
        """Learn from earlier runs, and of patches before and after, in this archive: from the next run on."""
        self.estimator.use(archive)
        self.before_after.use(archive)

    def _names(self) -> dict[str, str]:
        return {node.instance_id: node.name for node in self.model.nodes()}

    def watch(self, run_id: str) -> None:
        """Open a run and follow it until it has ended or another one is watched."""
        self.run_id = run_id
        self.summary = None
        self._fold.stop()
        self.output.open(run_id)
        self._scope.start("watch", lambda: self._watch(run_id), Again.REPLACE)

    def watch_again(self) -> None:
        """Ask at once instead of at the retry time."""
        if self.run_id:
            run_id = self.run_id
            self._scope.start("watch", lambda: self._watch(run_id), Again.REPLACE)

    def leave(self) -> None:
        """Stop watching; the run itself goes on, and is opened anew when it is wanted again."""
        self._scope.cancel("watch")
        self.run_id, self.summary = "", None
        self._fold.stop()
        self.output.open("")
        self.estimator.stop()
        self.before_after.open("", None)

    async def _watch(self, run_id: str) -> None:
        try:
            await self._service.watch(run_id, self.apply)
        except PatchError as error:
            self.failed.emit(error)

    def apply(self, event: RunEvent) -> None:
        """Take one event; nodes are folded in within the next frames."""
        match event:
            case RunOpened(run=run, archived=archived):
                self.archived = archived
                self._open(run.summary, run.pipeline, run.nodes, run.platforms)
            case NodesChanged(nodes=nodes):
                self._fold.take(nodes)
            case RunChanged(status=status):
                self._is_part = False
                self._set_summary(status=status)
                self._fold.touch()
            case RunEnded():
                self._end(event)
            case WatchTrouble():
                self.trouble_changed.emit(event)
            case WatchRecovered():
                self.trouble_changed.emit(None)

    def _open(
        self, summary: RunSummary, pipeline: Pipeline, nodes: Sequence[NodeProgress], platforms: Mapping[str, str]
    ) -> None:
        again = self.summary is not None and self.summary.run_id == summary.run_id
        self.trouble_changed.emit(None)
        self.summary, self.pipeline, self._platforms = summary, pipeline, platforms
        self._is_part = len(nodes) < summary.node_count
        if again:
            self._fold.take(nodes)
            self.moved.emit()
            return
        self.headline, self.is_cancelling = "", summary.status == "Cancelling"
        self._shown, self._picked_node, self._picked_phase, self._picked_step = None, False, False, ""
        self.estimator.open(platforms)
        self.before_after.open(summary.run_id, summary.ended_at if summary.is_final else None)
        self.opened.emit()
        self._fold.start(tuple(spec.phase.label for spec in pipeline.phases), nodes, summary.started_at)
        self.failure_feed.open(summary.run_id, self._fold.failures)

    def _set_summary(self, **changes: object) -> None:
        if self.summary is not None:
            self.summary = replace(self.summary, **changes)  # type: ignore[arg-type]

    def _end(self, event: RunEnded) -> None:
        self.trouble_changed.emit(None)
        self.headline, self.is_cancelling, self._is_part = event.headline, False, False
        self._set_summary(status=event.status, ended_at=event.ended_at)
        self.estimator.stop()
        self.before_after.end(event.ended_at or utc_now())
        self.moved.emit()

    def set_seen(self, *, seen: bool) -> None:
        """Fetch output only while somebody sees it; the run itself is followed either way."""
        self._is_seen = seen
        if not seen:
            self.output.pause()
        elif self._shown is not None:
            self._follow(self._shown)

    # -- cancel -------------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Ask SSM to cancel the run; a second call while the first is on its way does nothing."""
        if self.is_live and self._scope.start("cancel", self._cancel):
            self.is_cancelling = True
            self.moved.emit()

    async def _cancel(self) -> None:
        try:
            await self._service.cancel(self.run_id)
        except PatchError as error:
            self.is_cancelling = False
            self.moved.emit()
            self.cancel_failed.emit(error)

    # -- once more ----------------------------------------------------------------------------------------------------

    def retry(self, group: FailureGroup | None = None) -> None:
        """Want the nodes of a group of failures, or all that failed, to be patched again."""
        groups = self.failures.groups() if group is None else (group,)
        if self.summary is not None and self.summary.is_final:
            self.again.begin_retry(self.summary, [node for each in groups for node in each.nodes])

    def patch_again(self) -> None:
        """Want the same to be done again on every node of the run."""
        if self.summary is not None and self.summary.is_final:
            self.again.begin_all(self.summary, [(each.instance_id, each.name) for each in self.model.nodes()])

    # -- the node that is looked at -----------------------------------------------------------------------------------

    def pick_node(self, instance_id: str, phase: int = -1) -> None:
        """Look at a node, and at one phase of it when ``phase`` is not negative; stay there from now on."""
        known = self._shown
        self._picked_node = True
        if known is not None and known.node.instance_id == instance_id and phase < 0:
            return
        self._picked_phase, self._picked_step = phase >= 0, ""
        self._look_at(self.model.node(instance_id), phase if phase >= 0 else None)

    def pick_step(self, phase: int, step: str = "") -> None:
        """Look at a phase, or at one step of it, of the node that is shown."""
        if self._shown is not None:
            self._picked_phase, self._picked_step = True, step
            self._look_at(self._shown.node, phase)

    def _on_folded(self) -> None:
        self.moved.emit()
        self.failure_feed.wake()
        if self._shown is not None:
            newest = self.model.node(self._shown.node.instance_id)
            if newest is not None and newest is not self._shown.node:
                self._look_at(newest, self._shown.phase if self._picked_phase else None)

    def _on_caught_up(self) -> None:
        """Go to the first failure, else from a node that ended to one that moves, until somebody chooses."""
        if self.summary is not None:
            self.estimator.start(self.summary, self.model.nodes, self._platforms)
        if self._picked_node:
            return
        worst = self.model.worst()
        known = self._shown.node if self._shown is not None else None
        if known is None or (worst is not None and _tells_more(worst, known)):
            self._look_at(worst, None)

    def _look_at(self, node: NodeProgress | None, phase: int | None) -> None:
        if node is None:
            self._shown = None
            self.node_shown.emit(None)
            return
        if phase is None:
            phase = first_trouble(node)
        step = self._picked_step
        if phase is not None and not step:
            telling = telling_step(node.phases[phase])
            step = telling.name if telling is not None else ""
        shown = NodeShown(node, self._platforms.get(node.instance_id, ""), phase, step)
        if shown != self._shown:
            self._shown = shown
            self.node_shown.emit(shown)
        self._follow(shown)

    def _follow(self, shown: NodeShown) -> None:
        node = shown.node
        if shown.phase is None or not shown.step:
            note = "Nothing ran on this node." if node.is_final else "Nothing has run on this node yet."
            self.output.show_note(node.instance_id, "", note)
            return
        phase = node.phases[shown.phase]
        step = next((each for each in phase.steps if each.name == shown.step), None)
        state = step.status if step is not None else phase.state
        if state is PhaseState.WAITING:
            self.output.show_note(node.instance_id, shown.step, f"{phase.phase.label} has not started on this node.")
        elif state in {PhaseState.SKIPPED, PhaseState.NOT_NEEDED, PhaseState.NOT_APPLICABLE}:
            reason = (step.skipped_reason if step is not None else "") or phase.reason or f"Did not run: {state.label}."
            self.output.show_note(node.instance_id, shown.step, reason)
        elif self._is_seen:
            self.output.follow(node.instance_id, shown.step)


def _tells_more(other: NodeProgress, known: NodeProgress) -> bool:
    if node_state(known) in BAD:
        return False
    return node_state(other) in BAD or (known.is_final and not other.is_final)
