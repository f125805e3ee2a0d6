"""What a part of the soak is: something that goes on breaking things until its time is over."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Part = Callable[[float, random.Random], Iterator["Figure"]]
"""Called with a deadline (`time.monotonic`) and its source of chance; yields what it has done, as it does it.

The same seed must lead to the same things done, as far as processes allow. A part runs in a process of its own with
limited memory; when it yields nothing more it is started again with another seed, until the soak's time is over.
"""


@dataclass(frozen=True)
class Figure:
    """So much of something was done; figures of one name are added up, over all parts."""

    what: str
    count: int = 1


class Lost(Exception):
    """Something was lost: a run without a true end, a step run twice, an input that was answered wrongly."""
