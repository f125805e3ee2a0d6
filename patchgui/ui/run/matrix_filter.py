"""The filter box of the matrix: text over name and id, ``status:`` over the node, ``install:failed`` over a phase."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseState


def _word(value: str) -> str:
    return value.replace("_", "-")


_PHASES: Final = {_word(phase.value): phase for phase in Phase}


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """What a row must show: all ``words`` in its key, one of ``statuses``, and each phase in one of its states."""

    words: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    phases: tuple[tuple[Phase, tuple[str, ...]], ...] = ()

    @property
    def follows_states(self) -> bool:
        """Whether rows come and go while the run moves."""
        return bool(self.statuses) or bool(self.phases)

    def keeps(self, key: str, state: PhaseState, node: NodeProgress) -> bool:
        """Return whether ``node`` with this lower-case ``key`` and ``state`` is shown."""
        if self.statuses and not _word(state.value).startswith(self.statuses):
            return False
        if any(not _is_in(node, phase, states) for phase, states in self.phases):
            return False
        return all(word in key for word in self.words)

    def rows(
        self,
        order: Sequence[int],
        keys: Sequence[str],
        states: Sequence[PhaseState],
        nodes: Sequence[NodeProgress],
    ) -> list[int]:
        """Return the rows of ``order`` that are shown, in that order."""
        if self == MatrixFilter():
            return list(order)
        return [row for row in order if self.keeps(keys[row], states[row], nodes[row])]


def _is_in(node: NodeProgress, phase: Phase, states: tuple[str, ...]) -> bool:
    seen = node.phase(phase)
    return seen is not None and _word(seen.state.value).startswith(states)


def phase_token(phase: Phase, state: PhaseState) -> str:
    """Return what the filter box says of nodes whose ``phase`` is in ``state``: ``after-install:failed``."""
    return f"{_word(phase.value)}:{_word(state.value)}"


def parse_filter(text: str) -> MatrixFilter:
    """Read what stands in the filter box; an operator that is not known is plain text."""
    words: list[str] = []
    statuses: list[str] = []
    phases: list[tuple[Phase, tuple[str, ...]]] = []
    for token in text.lower().split():
        operator, colon, value = token.partition(":")
        parts = tuple(_word(part) for part in value.split(",") if part)
        if colon and operator == "status":
            statuses.extend(parts)
        elif colon and operator in _PHASES:
            phases.extend([(_PHASES[operator], parts)] if parts else [])
        else:
            words.append(token)
    return MatrixFilter(tuple(words), tuple(statuses), tuple(phases))
