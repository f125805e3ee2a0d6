"""Follows a run in the terminal: shows its events, and asks on Ctrl+C whether to detach or to cancel."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Protocol

from patchgui.console.events import RunEvent
from patchgui.console.rows import StepOutput
from patchgui.ssm.errors import PatchError
from patchgui.terminal.view import Folded, View

_TICK_S = 0.1
_QUESTION = "\nd detach (the run goes on) · c cancel the run (what runs now ends first) · Enter go on watching:"


class Followed(Protocol):
    """Where runs are followed: a session, or the archive."""

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        """Tell everything about a run until it has ended."""

    async def cancel(self, run_id: str) -> None:
        """Cancel every command of the run."""

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node."""
        ...


class Ending(StrEnum):
    """How following came to its end."""

    ENDED = "ended"
    DETACHED = "detached"


async def follow(runs: Followed, run_id: str, folded: Folded, view: View | None) -> Ending:
    """Watch a run until it has ended or the operator detaches. ``view`` is None where nothing is shown.

    Raises:
        PatchError: the run cannot be watched.
    """

    def take(event: RunEvent) -> None:
        folded.apply(event)
        if view is not None:
            view.apply(event)

    interrupted = asyncio.Event()
    with _on_ctrl_c(interrupted):
        watching = asyncio.create_task(runs.watch(run_id, take), name="watch")
        try:
            return await _attend(runs, run_id, watching, interrupted, view)
        finally:
            watching.cancel()
            await asyncio.wait({watching})
            if view is not None:
                view.close()


async def _attend(
    runs: Followed, run_id: str, watching: asyncio.Task[None], interrupted: asyncio.Event, view: View | None
) -> Ending:
    while not watching.done():
        await asyncio.wait({watching}, timeout=_TICK_S)
        if view is not None:
            view.tick()
        if not interrupted.is_set():
            continue
        interrupted.clear()
        if view is None or not sys.stdin.isatty():
            return Ending.DETACHED
        match await _asked(view, watching, interrupted):
            case "c":
                await _cancel(runs, run_id)
            case "d":
                return Ending.DETACHED
        view.resume()
    watching.result()
    return Ending.ENDED


async def _asked(view: View, watching: asyncio.Task[None], interrupted: asyncio.Event) -> str:
    """Return the answer; another Ctrl+C detaches, and a run that ends meanwhile needs no answer."""
    view.ask(_QUESTION)
    loop = asyncio.get_running_loop()
    is_typed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), is_typed.set)
    waiting = {asyncio.create_task(event.wait(), name="answer") for event in (is_typed, interrupted)}
    try:
        await asyncio.wait({*waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_reader(sys.stdin.fileno())
        for task in waiting:
            task.cancel()
    if is_typed.is_set():
        return sys.stdin.readline().strip().lower()[:1]
    return "d" if interrupted.is_set() else ""


async def _cancel(runs: Followed, run_id: str) -> None:
    try:
        await runs.cancel(run_id)
    except PatchError as error:
        sys.stderr.write(f"{error}\n")


@contextmanager
def _on_ctrl_c(event: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, event.set)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
