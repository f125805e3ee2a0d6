"""Which of two package versions is the newer one, by dpkg's own rules (deb-version(7))."""

from functools import cmp_to_key


def compare(one: str, other: str) -> int:
    """Return a number below, equal to or above 0 as ``one`` is older than, the same as or newer than ``other``."""
    one_epoch, one_upstream, one_revision = _parts(one)
    other_epoch, other_upstream, other_revision = _parts(other)
    if one_epoch != other_epoch:
        return one_epoch - other_epoch
    return _compare_part(one_upstream, other_upstream) or _compare_part(one_revision, other_revision)


version_key = cmp_to_key(compare)
"""Sorts versions from old to new."""


def _parts(version: str) -> tuple[int, str, str]:
    epoch, colon, rest = version.partition(":")
    if not (colon and epoch.isdigit()):
        epoch, rest = "0", version
    upstream, _, revision = rest.rpartition("-")
    return (int(epoch), upstream, revision) if upstream else (int(epoch), rest, "")


def _compare_part(one: str, other: str) -> int:
    """Compare text and numbers in turn, from left to right."""
    i = j = 0
    while i < len(one) or j < len(other):
        while (i < len(one) and not one[i].isdigit()) or (j < len(other) and not other[j].isdigit()):
            difference = _weight(one, i) - _weight(other, j)
            if difference:
                return difference
            i, j = i + 1, j + 1
        first, i = _number(one, i)
        second, j = _number(other, j)
        if first != second:
            return first - second
    return 0


def _weight(text: str, index: int) -> int:
    """Return a character's place in the order: ``~``, then the end, then letters, then the rest."""
    if index >= len(text) or text[index].isdigit():
        return 0
    character = text[index]
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


def _number(text: str, start: int) -> tuple[int, int]:
    end = start
    while end < len(text) and text[end].isdigit():
        end += 1
    return int(text[start:end] or 0), end
