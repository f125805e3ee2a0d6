"""Keeps Python's search for cyclic garbage out of the way while many rows are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
