"""What workers say, taken in as it comes: all that is there at one moment in one transaction."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

AT_ONCE = 16
"""How many workers are heard before others get their turn on the loop, the API above all."""

Heard = tuple[str, Sequence[Mapping[str, Any]]]
"""A node's id, and what its worker said."""


class Intake:
    """Passes on what workers say; a commit takes as long for one report as for those of many nodes."""

    def __init__(self, take: Callable[[Sequence[Heard]], None]) -> None:
        self._take = take
        self._heard: list[Heard] = []
        self._taking: asyncio.Task[None] | None = None

    async def take_in(self, heard: Heard) -> None:
        """Return when it has been taken in, together with whatever else was said meanwhile.

        Raises:
            StoreError: the state file can't be written.
        """
        if self._taking is None or not self._heard or len(self._heard) >= AT_ONCE:
            self._heard = []
            self._taking = asyncio.create_task(self._in_turn(self._heard, self._taking), name="intake")
        self._heard.append(heard)
        # It belongs to all whose words are in it: one that is given up must not take the others with it.
        await asyncio.shield(self._taking)

    async def _in_turn(self, heard: list[Heard], before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        if heard is self._heard:
            self._heard = []
        self._take(heard)
