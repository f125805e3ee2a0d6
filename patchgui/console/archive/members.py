"""Which nodes a run has, in a few bytes: so that runs are looked through for any of thousands of nodes in no time."""

import struct
from collections.abc import Collection, Iterable

_BITS, _LIST = b"\0", b"\1"
_NUMBER_BYTES = 4


def packed(numbers: Collection[int]) -> bytes:
    """Return the numbers of nodes as a list where they are few, else as one bit for each node that there is."""
    size = max(numbers, default=0) // 8 + 1
    if len(numbers) * _NUMBER_BYTES < size:
        return _LIST + struct.pack(f"<{len(numbers)}I", *sorted(numbers))
    return _BITS + _bits(numbers, size)


def unpacked(pack: bytes) -> set[int]:
    """Return the numbers that :func:`packed` wrote."""
    if pack[:1] == _LIST:
        return set(_listed(pack))
    return {place * 8 + bit for place, byte in enumerate(pack[1:]) if byte for bit in range(8) if byte >> bit & 1}


def _bits(numbers: Iterable[int], size: int) -> bytes:
    bits = bytearray(size)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return bytes(bits)


def _listed(pack: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{(len(pack) - 1) // _NUMBER_BYTES}I", pack[1:])


class WantedNodes:
    """Nodes that are looked for in many runs."""

    def __init__(self, numbers: Collection[int]) -> None:
        self._numbers = frozenset(numbers)
        self._bits = int.from_bytes(_bits(numbers, max(numbers, default=0) // 8 + 1), "little")

    def first_in(self, pack: bytes) -> int | None:
        """Return the number of one of the wanted nodes that a run has; None when it has none."""
        if pack[:1] == _LIST:
            return next((number for number in _listed(pack) if number in self._numbers), None)
        common = int.from_bytes(pack[1:], "little") & self._bits
        return (common & -common).bit_length() - 1 if common else None
