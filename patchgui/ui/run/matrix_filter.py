"""The filter box of the matrix: free text over name and id, ``status:`` over the node's state."""

from collections.abc import Sequence
from dataclasses import dataclass

from patchgui.patching.node_state import BAD
from patchgui.patching.progress import PhaseState


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """What a row must show: all of ``words`` in its key, a state that begins with one of ``statuses``."""

    words: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    failures_only: bool = False

    @property
    def follows_states(self) -> bool:
        """Whether rows come and go while the run moves."""
        return self.failures_only or bool(self.statuses)

    def keeps(self, key: str, state: PhaseState) -> bool:
        """Return whether the row with this lower-case ``key`` and ``state`` is shown."""
        if self.failures_only and state not in BAD:
            return False
        if self.statuses and not state.label.startswith(self.statuses):
            return False
        return all(word in key for word in self.words)

    def rows(self, order: Sequence[int], keys: Sequence[str], states: Sequence[PhaseState]) -> list[int]:
        """Return the rows of ``order`` that are shown, in that order."""
        if self == MatrixFilter():
            return list(order)
        return [row for row in order if self.keeps(keys[row], states[row])]


def parse_filter(text: str, *, failures_only: bool = False) -> MatrixFilter:
    """Read what stands in the filter box; an operator that is not known is plain text."""
    words: list[str] = []
    statuses: list[str] = []
    for token in text.lower().split():
        operator, colon, value = token.partition(":")
        if colon and operator == "status":
            statuses.extend(part for part in value.split(",") if part)
        else:
            words.append(token)
    return MatrixFilter(tuple(words), tuple(statuses), failures_only)
