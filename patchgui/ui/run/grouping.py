"""The matrix in groups: by the phase that nodes are in, by status, or by a tag; headers carry counts and fold up."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from patchgui.patching.node_state import BAD
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseState

NONE: Final = ""
BY_PHASE: Final = "phase"
BY_STATUS: Final = "status"
BY_TAG: Final = "tag:"
"""Followed by the tag's key."""

Tags = Mapping[str, Mapping[str, str]]
"""Instance id to the node's tags."""

_NOT_BEGUN: Final = "Not started"
_DONE: Final = "All phases done"
_STATES: Final = (
    PhaseState.FAILED,
    PhaseState.TIMED_OUT,
    PhaseState.UNKNOWN,
    PhaseState.CANCELLED,
    PhaseState.REBOOTING,
    PhaseState.RUNNING,
    PhaseState.WAITING,
    PhaseState.SUCCESS,
)
"""In the order in which a person wants to read groups and counts."""
_STATE_PLACE: Final = {state: place for place, state in enumerate(_STATES)}
_PHASE_PLACE: Final = {phase: place for place, phase in enumerate(Phase)}
_STOPPED: Final = (*BAD, PhaseState.CANCELLED, PhaseState.UNKNOWN)


@dataclass(frozen=True, slots=True, order=True)
class GroupKey:
    """Which group a node is in; groups stand in the order of ``place``, then of ``label``."""

    place: int
    label: str


@dataclass(frozen=True, slots=True)
class GroupHeader:
    """The line over a group: how many nodes it has, and in which states they are."""

    key: GroupKey
    count: int
    states: tuple[tuple[PhaseState, int], ...]
    is_folded: bool

    @property
    def words(self) -> str:
        """The line in words, for a screen reader and the tooltip."""
        said = ", ".join(f"{count:,} {state.label}" for state, count in self.states)
        return f"{self.key.label}: {said}"


KeyOf = Callable[[NodeProgress, PhaseState], GroupKey]


def key_of(grouping: str, tags: Tags) -> KeyOf:
    """Return what tells the group of a node and its state, for ``BY_PHASE``, ``BY_STATUS`` or ``BY_TAG`` and a key."""
    if grouping == BY_PHASE:
        return _by_phase
    if grouping == BY_STATUS:
        return _by_status
    key = grouping.removeprefix(BY_TAG)

    def by_tag(node: NodeProgress, _state: PhaseState) -> GroupKey:
        value = tags.get(node.instance_id, {}).get(key)
        return GroupKey(1, f"No tag {key}") if value is None else GroupKey(0, f"{key}: {value or '(empty)'}")

    return by_tag


def _by_status(_node: NodeProgress, state: PhaseState) -> GroupKey:
    return GroupKey(_STATE_PLACE.get(state, len(_STATES)), state.label.capitalize())


def _by_phase(node: NodeProgress, state: PhaseState) -> GroupKey:
    """Name the phase that a node failed in, else the one that it is in."""
    if state is PhaseState.SUCCESS:
        return GroupKey(len(_PHASE_PLACE) + 1, _DONE)
    if state is PhaseState.WAITING:
        return GroupKey(len(_PHASE_PLACE), _NOT_BEGUN)
    wanted = (state,) if state in BAD else _STOPPED if node.is_final else (PhaseState.REBOOTING, PhaseState.RUNNING)
    found = next((phase for phase in node.phases if phase.state in wanted), None)
    if found is None:
        # Between two phases: it is about to enter the first that waits.
        found = next((phase for phase in node.phases if phase.state is PhaseState.WAITING), node.phases[-1])
    return GroupKey(_PHASE_PLACE[found.phase], found.phase.label)


def tag_keys(tags: Tags) -> list[str]:
    """Return the keys that divide the nodes of a run into groups, in order of the alphabet.

    A key whose every node has a value of its own, as ``Name``, divides nothing.
    """
    values: dict[str, Counter[str]] = {}
    for of_node in tags.values():
        for key, value in of_node.items():
            values.setdefault(key, Counter())[value] += 1
    useful = [key for key, counts in values.items() if len(tags) == 1 or max(counts.values()) > 1]
    return sorted(useful, key=str.lower)


class Groups:
    """Lays rows out under headers. A header in a layout is ``~n``: below zero, for the ``n``-th of ``headers``.

    Which group a row is in is kept per row, so that laying 10,000 rows out anew costs milliseconds.
    """

    def __init__(self) -> None:
        self.grouping = NONE
        self.headers: list[GroupHeader] = []
        self._key_of: KeyOf = _by_status
        self._folded: set[GroupKey] = set()
        self._numbers: dict[GroupKey, int] = {}
        self._of: list[int] = []

    def choose(self, grouping: str, tags: Tags) -> None:
        """Group by something else; every group is open at first."""
        self.grouping, self._key_of = grouping, key_of(grouping, tags)
        self._folded.clear()
        self.forget()

    def forget(self) -> None:
        """Know no rows: others come."""
        self.headers = []
        self._numbers.clear()
        self._of.clear()

    def fold(self, key: GroupKey, *, folded: bool) -> None:
        """Hide a group's rows, or show them."""
        (self._folded.add if folded else self._folded.discard)(key)

    def put(self, row: int, node: NodeProgress, state: PhaseState) -> None:
        """Take note of another state of a row that was laid out before."""
        if row < len(self._of):
            self._of[row] = self._number(node, state)

    def lay_out(self, kept: Sequence[int], nodes: Sequence[NodeProgress], states: Sequence[PhaseState]) -> list[int]:
        """Return the rows of ``kept`` under their headers; without a grouping, as they are."""
        self.headers = []
        if not self.grouping:
            return list(kept)
        self._of.extend(self._number(nodes[row], states[row]) for row in range(len(self._of), len(nodes)))
        groups: list[list[int]] = [[] for _ in self._numbers]
        for row in kept:
            groups[self._of[row]].append(row)
        laid: list[int] = []
        for key in sorted(self._numbers):
            rows = groups[self._numbers[key]]
            if rows:
                laid.append(~len(self.headers))
                self.headers.append(self._header(key, rows, states))
                laid.extend(() if key in self._folded else rows)
        return laid

    def _header(self, key: GroupKey, rows: Sequence[int], states: Sequence[PhaseState]) -> GroupHeader:
        counts = Counter(map(states.__getitem__, rows))
        said = tuple((state, counts[state]) for state in _STATES if counts[state])
        return GroupHeader(key, len(rows), said, key in self._folded)

    def _number(self, node: NodeProgress, state: PhaseState) -> int:
        key = self._key_of(node, state)
        return self._numbers.setdefault(key, len(self._numbers))
