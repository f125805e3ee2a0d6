"""Failed nodes folded into groups: the same phase and step, the same line, whatever the node is called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from patchgui.patching.failing_line import normalised
from patchgui.patching.known_causes import Cause, cause_of_details, known_cause
from patchgui.patching.node_state import BAD
from patchgui.patching.phases import HOOK_PHASES, Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState

_BAD_ENDS: Final = frozenset({"Failed", "TimedOut"})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one node failed: where, and the line it failed with (None: only the whole output of ``step`` tells it).

    ``phase`` is None for a node on which nothing ran; ``details`` then are SSM's own.
    """

    phase: Phase | None
    step: str
    state: PhaseState
    line: str | None
    details: str = ""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the nodes of a group have in common. ``line`` is normalised; None while it is not known."""

    phase: Phase | None
    step: str
    state: PhaseState
    line: str | None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Nodes that failed alike. ``line`` is what the first of them said; ``nodes`` pairs of instance id and name."""

    key: GroupKey
    line: str | None
    cause: Cause | None
    nodes: tuple[tuple[str, str], ...]

    @property
    def instance_ids(self) -> tuple[str, ...]:
        """The nodes of the group, to try them again."""
        return tuple(instance_id for instance_id, _name in self.nodes)

    @property
    def place(self) -> str:
        """Where it failed, in words: ``After install failed`` or ``Nothing ran``."""
        if self.key.phase is None:
            return "Nothing ran"
        return f"{self.key.phase.label} {'timed out' if self.key.state is PhaseState.TIMED_OUT else 'failed'}"


def failure_of(node: NodeProgress) -> Failure | None:
    """Return why a node failed, by its first phase in trouble; None where it did not fail (yet).

    A node that was left out, because so many others had failed, counts: SSM calls it cancelled, nobody cancelled it.
    """
    for phase in node.phases:
        if phase.state in BAD:
            return Failure(phase.phase, _step(phase), phase.state, phase.said)
    if node.is_final and (node.status in _BAD_ENDS or cause_of_details(node.status_details) is not None):
        state = PhaseState.TIMED_OUT if node.status == "TimedOut" else PhaseState.FAILED
        return Failure(None, "", state, node.headline or node.status_details, node.status_details)
    return None


def _step(phase: PhaseProgress) -> str:
    return next((step.name for step in phase.steps if step.status is phase.state), "")


@dataclass(slots=True)
class _Group:
    key: GroupKey
    line: str | None
    cause: Cause | None
    nodes: dict[str, str] = field(default_factory=dict)
    seen: FailureGroup | None = None

    def put(self, instance_id: str, name: str) -> None:
        if self.nodes.get(instance_id) != name:
            self.nodes[instance_id] = name
            self.seen = None

    def drop(self, instance_id: str) -> None:
        del self.nodes[instance_id]
        self.seen = None

    def frozen(self) -> FailureGroup:
        if self.seen is None:
            self.seen = FailureGroup(self.key, self.line, self.cause, tuple(self.nodes.items()))
        return self.seen


class FailureFold:
    """Groups of the failed nodes of a run, kept up to date node by node: telling a node again costs one look.

    ``told`` are lines that were read from whole outputs, by instance id and step.
    """

    def __init__(self, told: Mapping[tuple[str, str], str] | None = None) -> None:
        self._told = dict(told or {})
        self._groups: dict[GroupKey, _Group] = {}
        self._at: dict[str, tuple[_Group, NodeProgress]] = {}
        self.version = 0
        """Grows with each change of the groups."""

    def take(self, node: NodeProgress) -> None:
        """Put one node where it belongs now."""
        failure = failure_of(node)
        before = self._at.get(node.instance_id)
        if failure is None:
            if before is not None:
                self._leave(node.instance_id)
            return
        line = failure.line if failure.line is not None else self._told.get((node.instance_id, failure.step))
        names = (node.name, node.instance_id)
        key = GroupKey(failure.phase, failure.step, failure.state, None if line is None else normalised(line, names))
        if before is not None and before[0].key == key:
            self._at[node.instance_id] = (before[0], node)
            return
        if before is not None:
            self._leave(node.instance_id)
        group = self._groups.get(key) or _Group(key, line, _cause(failure, line))
        self._groups[key] = group
        group.put(node.instance_id, node.name or node.instance_id)
        self._at[node.instance_id] = (group, node)
        self.version += 1

    def tell(self, instance_id: str, step: str, line: str) -> None:
        """Take the line that the whole output of a failed step ends with."""
        self._told[instance_id, step] = line
        if instance_id in self._at:
            self.take(self._at[instance_id][1])

    def groups(self) -> tuple[FailureGroup, ...]:
        """Return the groups, those with the most nodes first."""
        return tuple(sorted((group.frozen() for group in self._groups.values()), key=lambda group: -len(group.nodes)))

    def unread(self) -> tuple[tuple[str, str], ...]:
        """Return node and step of each failure whose line is not known yet, a few of each step before the rest."""
        unknown = [
            [(instance_id, group.key.step) for instance_id in group.nodes]
            for group in self._groups.values()
            if group.key.line is None
        ]
        first = [each for found in unknown for each in found[:_SAMPLE]]
        return (*first, *(each for found in unknown for each in found[_SAMPLE:]))

    @property
    def unread_count(self) -> int:
        """How many failures there are whose line is not known yet."""
        return sum(len(group.nodes) for group in self._groups.values() if group.key.line is None)

    @property
    def node_count(self) -> int:
        """How many nodes have failed."""
        return len(self._at)

    def _leave(self, instance_id: str) -> None:
        group, _node = self._at.pop(instance_id)
        group.drop(instance_id)
        if not group.nodes:
            del self._groups[group.key]
        self.version += 1


_SAMPLE: Final = 3


def _cause(failure: Failure, line: str | None) -> Cause | None:
    if failure.phase is None:
        return cause_of_details(failure.details)
    return known_cause(
        line or "",
        failure.state,
        is_hook=failure.phase in HOOK_PHASES,
        is_reboot=failure.phase is Phase.REBOOT,
    )


def grouped(
    nodes: Iterable[NodeProgress], told: Mapping[tuple[str, str], str] | None = None
) -> tuple[FailureGroup, ...]:
    """Return the failure groups of a run as it stands, those with the most nodes first."""
    fold = FailureFold(told)
    for node in nodes:
        fold.take(node)
    return fold.groups()
