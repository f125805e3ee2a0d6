"""What a pick list shows: lines, and where they come from."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple


class PickItem(NamedTuple):
    """One line: ``key`` is what the caller gets back, ``detail`` stands quietly to the right."""

    key: str
    title: str
    detail: str = ""
    icon: str = ""


Search = Callable[[str], Sequence[PickItem]]
"""Given what was typed, the items to show, best first. Called at each keystroke: it has to be quick."""


class PickSource(NamedTuple):
    """Where items of one kind come from: ``search`` gets lower-case words, ``open`` the key of the picked item."""

    search: Callable[[tuple[str, ...]], Iterable[PickItem]]
    open: Callable[[str], None]
