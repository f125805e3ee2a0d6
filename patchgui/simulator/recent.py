"""What was worked out lately, kept up to a number; the rest is worked out anew where somebody still asks."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The last ``most`` values that were put; older ones go, half of all at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """Return a value, None where it is not kept (any more)."""
        return self._kept.get(key)

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value, and return it."""
        if len(self._kept) >= self._most:
            for old in list(self._kept)[: self._most // 2]:
                del self._kept[old]
        self._kept[key] = value
        return value
