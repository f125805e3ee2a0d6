"""Commands under any order of events, in many more orders than the tests have time for."""

import random
import time
from collections.abc import Iterator

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.soak.part import Figure, Lost
from tests.unit.commands.test_any_order import AnyOrder, TestAnyOrder

_AT_A_TIME = 20


def any_order(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Send commands and let everything happen to them in any order; what does not hold is lost."""
    # What is found is told as it was found: the round can be replayed, and its time is for other orders.
    walk = settings(TestAnyOrder.settings, max_examples=_AT_A_TIME, phases=[Phase.generate], database=None)
    while time.monotonic() < deadline:
        number = chance.randrange(2**32)
        try:
            run_state_machine_as_test(seed(number)(AnyOrder), settings=walk)
        except AssertionError as error:
            events = "\n".join(error.__notes__)
            raise Lost(f"hypothesis seed {number}: {error}\n{events}") from error
        yield Figure("orders of events", _AT_A_TIME)
