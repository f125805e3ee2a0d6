"""When Python searches for cyclic garbage: in the window's thread, and never while many rows are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

_SEARCH_MS = 1000


@contextmanager
def searched_in_this_thread() -> Iterator[None]:
    """Have the search made by the window's thread only, which this must be, once a second while its loop turns.

    Left to itself Python searches in whatever thread has just made an object. A view or a model that is garbage would
    then be destroyed by a thread that asks for credentials, while Qt still has events for it: the process would crash.
    """
    gc.disable()
    timer = QTimer()
    timer.setInterval(_SEARCH_MS)
    timer.timeout.connect(search)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        gc.enable()


def search() -> None:
    """Search the oldest generation that is due by Python's own thresholds; call it in the window's thread."""
    due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if due[0]:
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))


@contextmanager
def many_rows() -> Iterator[None]:
    """Make tens of thousands of rows inside, which stay.

    A full search walks every object there is, and more rows mean more and longer searches: each would hold the window
    up for several frames. Rows are in no cycles, so nothing is lost by not searching them, now or later.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
