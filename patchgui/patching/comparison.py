"""Two runs side by side: what was different about them, their phases, and which node came out better or worse."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from patchgui.patching.node_state import BAD, node_state
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.patching.wording import short_duration

_RANK: Final = {PhaseState.SUCCESS: 2, PhaseState.FAILED: 0, PhaseState.TIMED_OUT: 0}
_BETWEEN: Final = 1
"""Cancelled, unknown or not ended: neither good nor bad."""
_NOTABLE_S: Final = 10.0
_NOTABLE_SHARE: Final = 1.5
"""A node took notably longer when it took this many times as long, and at least ten seconds more."""


class Change(StrEnum):
    """What became of a node from the first run to the second."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"

    @property
    def label(self) -> str:
        """The word on screen."""
        return _LABELS[self]


_LABELS: Final[Mapping[Change, str]] = {
    Change.WORSE: "worse",
    Change.BETTER: "better",
    Change.SAME: "same",
    Change.ONLY_FIRST: "only in the first",
    Change.ONLY_SECOND: "only in the second",
}


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One of the two runs. ``facts`` are what its head says: a name and a value each, in the order of the screen."""

    title: str
    facts: tuple[tuple[str, str], ...]
    nodes: Sequence[NodeProgress]


@dataclass(frozen=True, slots=True)
class FactPair:
    """One line of the two heads; a value is empty where that run does not have it."""

    name: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether the runs are not alike in this."""
        return self.first != self.second


@dataclass(frozen=True, slots=True)
class PhaseFigures:
    """One phase over all nodes of one run. Durations are in seconds, of the nodes on which it ran to an end."""

    counts: tuple[tuple[PhaseState, int], ...]
    ran: int
    median_s: float | None
    longest_s: float | None


@dataclass(frozen=True, slots=True)
class PhasePair:
    """One phase in both runs; None where a run has no such phase."""

    phase: Phase
    first: PhaseFigures | None
    second: PhaseFigures | None


@dataclass(frozen=True, slots=True)
class NodePair:
    """One node in both runs; None where a run had no such node. Durations are in seconds."""

    instance_id: str
    name: str
    change: Change
    reason: str
    first: NodeProgress | None
    second: NodeProgress | None
    first_s: float | None
    second_s: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that tells two runs apart. Nodes stand in the order in which a person wants to read them."""

    facts: tuple[FactPair, ...]
    phases: tuple[PhasePair, ...]
    nodes: tuple[NodePair, ...]

    def count(self, change: Change) -> int:
        """Return how many nodes changed like that."""
        return sum(pair.change is change for pair in self.nodes)


def compare(first: ComparedRun, second: ComparedRun) -> Comparison:
    """Return what is different between two runs, of the same nodes or of others.

    Every node of either run appears once. Trading the runs trades *better* for *worse*, and nothing else.
    """
    return Comparison(
        facts=tuple(_facts(first.facts, second.facts)),
        phases=tuple(_phases(first.nodes, second.nodes)),
        nodes=tuple(sorted(_nodes(first.nodes, second.nodes), key=_reading_order)),
    )


def _facts(first: Iterable[tuple[str, str]], second: Iterable[tuple[str, str]]) -> Iterable[FactPair]:
    firsts, seconds = dict(first), dict(second)
    for name in dict.fromkeys((*firsts, *seconds)):
        yield FactPair(name, firsts.get(name, ""), seconds.get(name, ""))


# -- phases ------------------------------------------------------------------------------------------------------------


def _phases(first: Sequence[NodeProgress], second: Sequence[NodeProgress]) -> Iterable[PhasePair]:
    firsts, seconds = _by_phase(first), _by_phase(second)
    for phase in Phase:
        if phase in firsts or phase in seconds:
            yield PhasePair(phase, _figures(firsts.get(phase)), _figures(seconds.get(phase)))


def _by_phase(nodes: Sequence[NodeProgress]) -> dict[Phase, list[PhaseProgress]]:
    found: dict[Phase, list[PhaseProgress]] = {}
    for node in nodes:
        for phase in node.phases:
            found.setdefault(phase.phase, []).append(phase)
    return found


def _figures(phases: Sequence[PhaseProgress] | None) -> PhaseFigures | None:
    if phases is None:
        return None
    counts = Counter(phase.state for phase in phases)
    took = [
        (phase.ended_at - phase.started_at).total_seconds()
        for phase in phases
        if phase.started_at is not None and phase.ended_at is not None
    ]
    return PhaseFigures(
        counts=tuple((state, counts[state]) for state in PhaseState if counts[state]),
        ran=len(took),
        median_s=median(took) if took else None,
        longest_s=max(took, default=None),
    )


# -- nodes -------------------------------------------------------------------------------------------------------------


def _nodes(first: Sequence[NodeProgress], second: Sequence[NodeProgress]) -> Iterable[NodePair]:
    firsts = {node.instance_id: node for node in first}
    seconds = {node.instance_id: node for node in second}
    for instance_id in dict.fromkeys((*firsts, *seconds)):
        one, other = firsts.get(instance_id), seconds.get(instance_id)
        change, reason = _judge(one, other)
        newest = other or one
        yield NodePair(
            instance_id=instance_id,
            name=(newest.name if newest is not None else "") or instance_id,
            change=change,
            reason=reason,
            first=one,
            second=other,
            first_s=_took_s(one),
            second_s=_took_s(other),
        )


def _judge(first: NodeProgress | None, second: NodeProgress | None) -> tuple[Change, str]:
    if second is None:
        return Change.ONLY_FIRST, f"Was not in the second run. First: {ending(first)}." if first is not None else ""
    if first is None:
        return Change.ONLY_SECOND, f"Was not in the first run. Second: {ending(second)}."
    before, after = _rank(first), _rank(second)
    if before != after and first.is_final and second.is_final:
        change = Change.BETTER if after > before else Change.WORSE
        return change, f"First: {ending(first)}. Second: {ending(second)}."
    return Change.SAME, _nuance(first, second)


def _rank(node: NodeProgress) -> int:
    return _RANK.get(node_state(node), _BETWEEN)


def _nuance(first: NodeProgress, second: NodeProgress) -> str:
    """Return what is different about two outcomes of the same worth; empty when nothing is that a person asks for."""
    if ending(first) != ending(second):
        return f"First: {ending(first)}. Second: {ending(second)}."
    before_s, after_s = _took_s(first), _took_s(second)
    if before_s is None or after_s is None or abs(after_s - before_s) < _NOTABLE_S:
        return ""
    slower = max(before_s, after_s) >= _NOTABLE_SHARE * min(before_s, after_s)
    word = "longer" if after_s > before_s else "shorter"
    return f"Took {short_duration(abs(after_s - before_s))} {word}." if slower else ""


def ending(node: NodeProgress) -> str:
    """Return how a node ended, in a few words without a full stop: ``After install failed: exit 4``."""
    state = node_state(node)
    if state in BAD:
        phase = next((each for each in node.phases if each.state in BAD), None)
        if phase is None:
            return f"{state.label}: {node.status_details}" if node.status_details else state.label
        code = f": exit {phase.exit_code}" if phase.exit_code is not None else ""
        return f"{phase.phase.label} {phase.state.label}{code}"
    return state.label


def _took_s(node: NodeProgress | None) -> float | None:
    if node is None or node.started_at is None or node.ended_at is None:
        return None
    return (node.ended_at - node.started_at).total_seconds()


_ORDER: Final = tuple(Change)


def _reading_order(pair: NodePair) -> tuple[int, bool, str]:
    return _ORDER.index(pair.change), not pair.reason, pair.name.lower()
