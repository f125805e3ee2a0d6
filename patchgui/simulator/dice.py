"""Repeatable chance: the same seed and the same question give the same answer, in any process and at any time."""

from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")

_BITS = 64
_MASK = (1 << _BITS) - 1
_STEP = 0x9E3779B97F4A7C15


class Dice:
    """Throws that follow from ``parts`` alone: a seed, the number of a node, what the throws are for."""

    __slots__ = ("_state",)

    def __init__(self, *parts: int) -> None:
        state = 0
        for part in parts:
            state = _mixed(state ^ (part & _MASK))
        self._state = state

    def share(self) -> float:
        """Return the next throw: at least 0, less than 1."""
        self._state = (self._state + _STEP) & _MASK
        return (_mixed(self._state) >> 11) / (1 << 53)

    def between(self, least: float, most: float) -> float:
        """Return a number from a range; small ones are likelier than large ones, as with most durations."""
        return least + (most - least) * self.share() ** 2

    def count(self, least: int, most: int) -> int:
        """Return a whole number, both ends included, each as likely."""
        return least + int(self.share() * (most - least + 1))

    def pick(self, weighted: Sequence[tuple[float, Choice]]) -> Choice:
        """Return one of several by their weights, which sum up to 1."""
        left = self.share()
        for weight, choice in weighted:
            left -= weight
            if left < 0:
                return choice
        return weighted[-1][1]


def _mixed(value: int) -> int:
    """Return 64 well-mixed bits (the finaliser of splitmix64)."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
