"""The nodes of an archived run: read at once, put together one by one as they are looked at."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import overload

from typing_extensions import override

from patchgui.console import summaries
from patchgui.console.archive.node_shape import NodeShape, decode_moving
from patchgui.console.rows import RunCounts
from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseState


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node's row as it lies in the file; ``shape`` None: it still moved when it was last seen."""

    instance_id: str
    name: str
    shape: int | None
    moments: bytes
    words: str


class ArchivedNodes(Sequence[NodeProgress]):
    """Nodes that are each made when somebody first asks for them: a run of ten thousand opens before all are made."""

    def __init__(self, lines: Sequence[NodeLine], shapes: Mapping[int, NodeShape]) -> None:
        self._lines = lines
        self._shapes = shapes
        self._nodes: list[NodeProgress | None] = [None] * len(lines)

    @override
    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> NodeProgress: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[NodeProgress]: ...
    @override
    def __getitem__(self, place: int | slice) -> NodeProgress | Sequence[NodeProgress]:
        if isinstance(place, slice):
            return ArchivedNodes(self._lines[place], self._shapes)
        node = self._nodes[place]
        if node is None:
            node = self._nodes[place] = self._made(self._lines[place])
        return node

    @override
    def __iter__(self) -> Iterator[NodeProgress]:
        return map(self.__getitem__, range(len(self._lines)))

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    @override
    def __hash__(self) -> int:
        return hash(tuple(self))

    @override
    def __repr__(self) -> str:
        return repr(tuple(self))

    def _made(self, line: NodeLine) -> NodeProgress:
        if line.shape is None:
            return decode_moving(line.instance_id, line.name, line.moments)
        return self._shapes[line.shape].node(line.instance_id, line.name, line.moments, line.words)

    def seconds(self, place: int) -> list[tuple[Phase, float]]:
        """Return how long the phases of a node took that succeeded, without making it; none while it moves."""
        line = self._lines[place]
        return [] if line.shape is None else self._shapes[line.shape].seconds(line.moments)

    def instance_ids(self) -> Iterator[str]:
        """Yield the ids of the nodes, without making them."""
        return (line.instance_id for line in self._lines)

    def weighed(self) -> Iterator[tuple[NodeProgress, int]]:
        """Yield nodes that stand for many: one of each shape, with how many went the same way."""
        seen = Counter(line.shape for line in self._lines if line.shape is not None)
        for line in self._lines:
            if line.shape is None:
                yield self._made(line), 1
            elif (count := seen.pop(line.shape, 0)) > 0:
                yield self._made(line), count


_TOTALS = tuple(each.name for each in fields(RunCounts) if each.name != "per_phase")


def counted(nodes: ArchivedNodes, pipeline: Pipeline) -> RunCounts:
    """Count where the nodes stand, as ``summaries.count`` does, at the price of one node per shape."""
    totals = dict.fromkeys(_TOTALS, 0)
    per_phase: dict[Phase, dict[PhaseState, int]] = {spec.phase: {} for spec in pipeline.phases}
    for node, weight in nodes.weighed():
        one = summaries.count([node], pipeline)
        for name in _TOTALS:
            totals[name] += weight * getattr(one, name)
        for phase, states in one.per_phase:
            sums = per_phase.setdefault(phase, {})
            for state, number in states:
                sums[state] = sums.get(state, 0) + weight * number
    ordered = tuple((phase, tuple(sorted(states.items()))) for phase, states in per_phase.items())
    return RunCounts(per_phase=ordered, **totals)
