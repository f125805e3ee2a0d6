"""Counts of a run, kept up to date node by node, so that drawing 10,000 nodes costs what drawing ten does."""

from collections import Counter
from typing import Final

from patchgui.patching.node_state import BAD, node_state
from patchgui.patching.progress import NodeProgress, PhaseState

_UNCOUNTED: Final = frozenset({PhaseState.SKIPPED, PhaseState.NOT_NEEDED, PhaseState.NOT_APPLICABLE})
_BAR_ORDER: Final = (
    PhaseState.SUCCESS,
    PhaseState.FAILED,
    PhaseState.TIMED_OUT,
    PhaseState.UNKNOWN,
    PhaseState.CANCELLED,
    PhaseState.RUNNING,
    PhaseState.REBOOTING,
)
_CHIP_ORDER: Final = (
    *_BAR_ORDER,
    PhaseState.SKIPPED,
    PhaseState.NOT_NEEDED,
    PhaseState.NOT_APPLICABLE,
    PhaseState.WAITING,
)


class Tally:
    """Counts per phase and state, and of nodes that ended, failed or are in work."""

    def __init__(self, phases: int) -> None:
        self._phases: tuple[Counter[PhaseState], ...] = tuple(Counter() for _ in range(phases))
        self.nodes = 0
        self.ended = 0
        self.failed = 0
        self.cancelled = 0
        self.in_work = 0
        """Nodes that began and have not ended."""

    @property
    def waiting(self) -> int:
        """How many nodes have not begun."""
        return self.nodes - self.ended - self.in_work

    def replace(self, old: NodeProgress | None, new: NodeProgress) -> None:
        """Count ``new`` in place of ``old`` (``None``: a node that was not counted before)."""
        if old is not None:
            self._count(old, -1)
        self._count(new, 1)

    def _count(self, node: NodeProgress, sign: int) -> None:
        for counter, phase in zip(self._phases, node.phases, strict=False):
            counter[phase.state] += sign
        state = node_state(node)
        self.nodes += sign
        if node.is_final:
            self.ended += sign
        elif state is not PhaseState.WAITING:
            self.in_work += sign
        if state in BAD:
            self.failed += sign
        elif state is PhaseState.CANCELLED:
            self.cancelled += sign

    def of_phase(self, index: int) -> list[tuple[PhaseState, int]]:
        """Return the states of one phase that occur, most telling first."""
        counter = self._phases[index]
        return [(state, counter[state]) for state in _CHIP_ORDER if counter[state] > 0]

    def bar(self, unread: int = 0) -> list[tuple[PhaseState, float]]:
        """Return the shares (0 to 1) of the progress bar by state.

        A phase that a node does not need takes no room, so a run that has ended fills the bar. ``unread`` nodes more,
        of which nothing is known yet, take as much room each as the others on average, and leave it empty.
        """
        total: Counter[PhaseState] = Counter()
        for counter in self._phases:
            total.update(counter)
        room = sum(number for state, number in total.items() if state not in _UNCOUNTED)
        if not room:
            return []
        whole = room * (self.nodes + unread) / self.nodes
        return [(state, total[state] / whole) for state in _BAR_ORDER if total[state] > 0]
