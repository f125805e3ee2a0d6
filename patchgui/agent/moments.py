"""Waits for moments that are kept on the disk, and has done what is due then."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from patchgui.agent.clock import Clock
from patchgui.agent.waiting import happens
from patchgui.ssm.errors import StoreError

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""How long to wait before the state file is tried again after an error."""

_LONGEST_WAIT_S = 60.0
"""The clock may be set: never trust a longer sleep to end at the right moment."""


class MomentWatch:
    """Calls ``run_due`` whenever a moment has come, or `moved` was called; at first for what is overdue.

    What it calls keeps its moments itself, on the disk: a process that was down has nothing but them.
    """

    def __init__(
        self, name: str, *, next_at: Callable[[], float | None], run_due: Callable[[], None], clock: Clock
    ) -> None:
        self._name = name
        self._next_at = next_at
        self._run_due = run_due
        self._clock = clock
        self._moved = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def moved(self) -> None:
        """Look again now: a moment is another one, or something has happened."""
        self._moved.set()

    def start(self) -> None:
        """Have done what is overdue, and from now on everything at its moment."""
        self._watch = asyncio.create_task(self._watch_moments(), name=self._name)

    async def stop(self) -> None:
        """Have nothing done any more."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None

    async def _watch_moments(self) -> None:
        while True:
            self._moved.clear()
            try:
                self._run_due()
                at = self._next_at()
            except StoreError as error:
                log.warning("%s can't be recorded, tried again soon: %s", self._name, error)
                await asyncio.sleep(RETRY_S)
                continue
            wait_s = None if at is None else min(_LONGEST_WAIT_S, max(0.05, at - self._clock().timestamp()))
            await happens(self._moved, wait_s)
