"""Reads a run's patch states from the archive while somebody looks, until those after the run are in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from patchgui.console.archive.entries import PatchStateChange
from patchgui.console.improvement import Improvement, improvement
from patchgui.ssm.errors import NotFound, PatchError
from patchgui.ui.task_scope import Again, TaskScope

_LIVE_S: Final = 3.0
_ENDED_S: Final = 1.5
_NODES_S: Final = 0.1
_ENDED_LOOKS: Final = 20
"""So often a run that has ended is looked at again: its states are read a moment after its end."""


class PatchStates(Protocol):
    """The part of the archive that keeps patch states."""

    async def patch_states(self, run_id: str) -> tuple[PatchStateChange, ...]:
        """Return the patch states of the nodes of a run, before and after it. Raises ``PatchError``."""
        ...


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What is known by now: ``is_any`` whether any state was read, ``is_over`` whether the run has ended."""

    found: Improvement
    is_any: bool
    is_over: bool


class BeforeAfterFeed(QObject):
    """Follows the patch states of the run that is open, while they are seen."""

    told = Signal(object)
    """A :class:`BeforeAfter`, as far as states have been read."""
    failed = Signal(object)
    """The ``PatchError`` that kept them away."""

    def __init__(self, scope: TaskScope, names: Callable[[], Mapping[str, str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope
        self._names = names
        self._archive: PatchStates | None = None
        self._run_id = ""
        self._ended_at: datetime | None = None
        self._is_seen = False

    def use(self, archive: PatchStates) -> None:
        """Read from this archive."""
        self._archive = archive

    @property
    def is_there(self) -> bool:
        """Whether there is an archive to read from."""
        return self._archive is not None

    def open(self, run_id: str, ended_at: datetime | None) -> None:
        """Another run is here (empty: none), which ended or (None) goes on."""
        self._scope.cancel("patch-states")
        self._run_id, self._ended_at = run_id, ended_at
        self._start()

    def end(self, ended_at: datetime) -> None:
        """The run has ended: that brings the states after it."""
        self._ended_at = ended_at
        self._start()

    def set_seen(self, *, seen: bool) -> None:
        """Read only while somebody looks."""
        self._is_seen = seen
        if seen:
            self._start()
        else:
            self._scope.cancel("patch-states")

    def _start(self) -> None:
        archive, run_id = self._archive, self._run_id
        if archive is not None and run_id and self._is_seen:
            self._scope.start("patch-states", lambda: self._keep_reading(archive, run_id), Again.REPLACE)

    async def _keep_reading(self, archive: PatchStates, run_id: str) -> None:
        looks = 0
        while True:
            try:
                changes: Sequence[PatchStateChange] = await archive.patch_states(run_id)
            except NotFound:
                # A run is archived a moment after it was started; one of before there was an archive never is.
                changes = ()
            except PatchError as error:
                self.failed.emit(error)
                return
            names = self._names()
            if len(names) < len(changes):
                # Nodes of a large run come in over several frames.
                await asyncio.sleep(_NODES_S)
                continue
            # Ten thousand nodes take a while: not in the loop that draws.
            found = await asyncio.to_thread(improvement, names, changes, self._ended_at)
            self.told.emit(BeforeAfter(found, bool(changes), self._ended_at is not None))
            looks += 1
            is_whole = bool(changes) and all(change.after is not None for change in changes)
            if self._ended_at is not None and (is_whole or looks >= _ENDED_LOOKS):
                return
            await asyncio.sleep(_LIVE_S if self._ended_at is None else _ENDED_S)
