"""What a run made of its nodes' patches: before and after it, what changed, and who did not get better."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from patchgui.console.archive.entries import PatchCounts, PatchStateChange

COUNTS: Final = ("missing", "security_missing", "installed", "installed_pending_reboot", "failed")
"""The numbers that are compared, by their names in ``PatchCounts``."""
_MORE_IS_BETTER: Final = frozenset({"installed"})
_SLACK: Final = timedelta(minutes=5)
"""A node reports within so long after its run; what is newer may be another's."""


class Outcome(StrEnum):
    """What became of a node's patches; in the order in which a person wants to read the nodes."""

    WORSE = "worse"
    STILL_MISSING = "not improved"
    UNREAD = "not read"
    BETTER = "improved"
    WHOLE = "nothing missing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One number before and after; None where it was not read."""

    before: int | None
    after: int | None
    more_is_better: bool = False

    @property
    def change(self) -> int | None:
        """After minus before; None where one of them is not known."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def is_better(self) -> bool | None:
        """Whether the change is for the better; None when there is none, or it is not known."""
        return None if not self.change else (self.change > 0) == self.more_is_better


@dataclass(frozen=True, slots=True)
class NodeImprovement:
    """One node's patches before and after a run. ``note`` says what could not be read, or may be another run's."""

    instance_id: str
    name: str
    outcome: Outcome
    numbers: tuple[Difference, ...]
    """In the order of ``COUNTS``."""
    before_at: datetime | None = None
    after_at: datetime | None = None
    note: str = ""
    is_newer: bool = False
    """Whether the state after the run is from a report so late that it may be another's."""


@dataclass(frozen=True, slots=True)
class Improvement:
    """All nodes of a run, who did not get better first; ``sums`` are over nodes of which both sides are known."""

    nodes: tuple[NodeImprovement, ...]
    sums: tuple[Difference, ...]
    compared: int
    """Over how many nodes the sums are; where it is none, they are over the one side that is known."""

    def count(self, outcome: Outcome) -> int:
        """Return of how many nodes that became."""
        return sum(node.outcome is outcome for node in self.nodes)


def improvement(
    names: Mapping[str, str], changes: Iterable[PatchStateChange], ended_at: datetime | None
) -> Improvement:
    """Return before and after for every node of ``names`` (instance id to name).

    ``ended_at`` is when the run ended, None while it goes on: what was read after it later than nodes report is told.
    """
    known = {change.instance_id: change for change in changes}
    nodes = [_node(each, name, known.get(each), ended_at) for each, name in names.items()]
    order = list(Outcome)
    nodes.sort(key=lambda node: (order.index(node.outcome), -(node.numbers[0].after or 0), node.name.lower()))
    both = {each for each, change in known.items() if change.before is not None and change.after is not None}
    whole = [node for node in nodes if node.instance_id in both]
    return Improvement(tuple(nodes), tuple(_sum(whole or nodes, number) for number in range(len(COUNTS))), len(whole))


def _node(instance_id: str, name: str, change: PatchStateChange | None, ended_at: datetime | None) -> NodeImprovement:
    before, after = (change.before, change.after) if change is not None else (None, None)
    numbers = tuple(Difference(_number(before, name), _number(after, name), name in _MORE_IS_BETTER) for name in COUNTS)
    return NodeImprovement(
        instance_id,
        name or instance_id,
        _outcome(before, after, numbers),
        numbers,
        before.at if before is not None else None,
        after.at if after is not None else None,
        _note(before, after, ended_at),
        _is_newer(after, ended_at),
    )


def _number(counts: PatchCounts | None, name: str) -> int | None:
    value = getattr(counts, name) if counts is not None else None
    return value if isinstance(value, int) else None


def _outcome(before: PatchCounts | None, after: PatchCounts | None, numbers: Sequence[Difference]) -> Outcome:
    missing, security, _installed, _pending, failed = numbers
    if after is not None and not (missing.after or security.after or failed.after):
        return Outcome.WHOLE if missing.after is not None else Outcome.UNREAD
    if before is None or after is None:
        return Outcome.UNREAD
    if any(number.is_better is False for number in (missing, security, failed)):
        return Outcome.WORSE
    better = any(number.is_better for number in (missing, security, failed))
    return Outcome.BETTER if better else Outcome.STILL_MISSING


def _note(before: PatchCounts | None, after: PatchCounts | None, ended_at: datetime | None) -> str:
    if before is None and after is None:
        return "Its patch states were not read."
    if before is None:
        return "How it stood before the run was not read."
    if after is None:
        return "How it stands after the run was not read." if ended_at is not None else "Not read yet."
    if _is_newer(after, ended_at) and after.at is not None:
        return f"Read from a report of {after.at.astimezone():%Y-%m-%d %H:%M}, newer than the run: it may be another's."
    return ""


def _is_newer(after: PatchCounts | None, ended_at: datetime | None) -> bool:
    return bool(ended_at and after and after.at and after.at > ended_at + _SLACK)


def _sum(nodes: Sequence[NodeImprovement], number: int) -> Difference:
    pairs = [node.numbers[number] for node in nodes]
    known = [pair for pair in pairs if pair.change is not None]
    if known:
        before = sum(pair.before or 0 for pair in known)
        return Difference(before, sum(pair.after or 0 for pair in known), COUNTS[number] in _MORE_IS_BETTER)
    # Of no node both sides are known: then the side that is.
    sides = ([pair.before for pair in pairs], [pair.after for pair in pairs])
    sums = [sum(filter(None, side)) if any(each is not None for each in side) else None for side in sides]
    return Difference(sums[0], sums[1] if sums[0] is None else None, COUNTS[number] in _MORE_IS_BETTER)
