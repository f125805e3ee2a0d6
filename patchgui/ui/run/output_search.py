"""Finds words in a text, and knows where in Qt's document they are."""

import re
from bisect import bisect_left
from typing import Final

MOST: Final = 10_000
"""More are not told apart: the count says so."""
_BEYOND_BMP: Final = re.compile("[\U00010000-\U0010ffff]")
Spot = tuple[int, int]
"""From and to, in the positions of a QTextDocument: UTF-16 units."""


class Search:
    """One text and the words looked for in it; upper and lower case are the same."""

    def __init__(self) -> None:
        self.words = ""
        self.spots: list[Spot] = []
        self.place = -1
        """Which of the spots is looked at; -1: none."""

    @property
    def current(self) -> Spot | None:
        """The spot that is looked at."""
        return self.spots[self.place] if 0 <= self.place < len(self.spots) else None

    def look(self, text: str, words: str, near: int) -> None:
        """Look for ``words``; the spot that was looked at stays so, else it is the first from ``near`` on."""
        stays = self.current if words == self.words else None
        self.words = words
        self.spots = find_all(text, words)
        from_here = stays[0] if stays is not None else near
        place = bisect_left(self.spots, (from_here, 0))
        self.place = place if place < len(self.spots) else len(self.spots) - 1

    def step(self, by: int) -> Spot | None:
        """Go to the next spot (1) or the one before (-1), round and round."""
        if self.spots:
            self.place = (self.place + by) % len(self.spots)
        return self.current

    def between(self, first: int, last: int) -> list[Spot]:
        """Return the spots that lie between two positions."""
        return self.spots[bisect_left(self.spots, (first, 0)) : bisect_left(self.spots, (last, 0))]

    @property
    def count_words(self) -> str:
        """How many were found, and at which one we are: ``3 of 12``."""
        if not self.words:
            return ""
        if not self.spots:
            return "none"
        of = f"{len(self.spots):,}{'+' if len(self.spots) >= MOST else ''}"
        return f"{self.place + 1:,} of {of}"


def find_all(text: str, words: str) -> list[Spot]:
    """Return where ``words`` are in ``text``, in Qt's positions; at most 10,000."""
    if not words:
        return []
    # Qt counts a character beyond the first 65,536 twice.
    if not text.isascii():
        text, words = _BEYOND_BMP.sub("\ue000\ue000", text), _BEYOND_BMP.sub("\ue000\ue000", words)
    lower = text.lower()
    if len(lower) != len(text):
        found = re.finditer(re.escape(words), text, re.IGNORECASE)
        return [match.span() for match, _ in zip(found, range(MOST), strict=False)]
    spots: list[Spot] = []
    sought, at = words.lower(), 0
    while len(spots) < MOST and (at := lower.find(sought, at)) >= 0:
        spots.append((at, at + len(sought)))
        at += len(sought)
    return spots
