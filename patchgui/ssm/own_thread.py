"""Blocking work in a thread of its own: it may hang for good without holding up anybody else, or the end."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Generic, Self, TypeVar

_Result = TypeVar("_Result")


def in_own_thread(work: "Callable[[], _Result]", name: str) -> "asyncio.Future[_Result]":
    """Start ``work`` and return the future of its result; cancelling the future does not stop the work.

    The thread ends with the process: a program that was asked for credentials may wait for ever.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Result] = loop.create_future()

    def run() -> None:
        with _Telling(loop, future) as telling:
            telling.result = work()

    future.add_done_callback(_look_at)
    threading.Thread(target=run, name=name, daemon=True).start()
    return future


class _Telling(Generic[_Result]):
    """Hands what the block in its own thread comes to, result or error, to the loop that waits for it."""

    result: _Result

    def __init__(self, loop: asyncio.AbstractEventLoop, future: "asyncio.Future[_Result]") -> None:
        self._loop = loop
        self._future = future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        # The loop may have ended meanwhile: then nobody waits any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._settle, error)
        return True

    def _settle(self, error: BaseException | None) -> None:
        if self._future.done():
            return
        if error is not None:
            self._future.set_exception(error)
        else:
            self._future.set_result(self.result)


def _look_at(future: "asyncio.Future[_Result]") -> None:
    """Take note of the error: whoever waited may have stopped waiting."""
    if not future.cancelled():
        future.exception()
