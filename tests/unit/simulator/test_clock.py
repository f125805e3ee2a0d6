from hypothesis import given
from hypothesis import strategies as st

from patchgui.simulator.clock import FleetClock


class Hands:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_stepped_clock_stands_still_and_shows_its_own_time() -> None:
    clock = FleetClock(0.0, start_at=500.0)
    assert clock.now() == clock.now() == 500.0
    clock.advance(60)
    assert clock.now() == 560.0
    assert clock.shown(560.0) == 560.0


def test_a_fast_clock_shows_when_the_callers_saw_it() -> None:
    wall = Hands()
    clock = FleetClock(10.0, wall=wall, ticks=wall)
    wall.at += 6
    assert clock.now() == 1060.0
    assert clock.shown(1030.0) == 1003.0
    assert clock.shown(400.0) == 400.0
    clock.set_speed(100.0)
    wall.at += 1
    assert clock.now() == 1160.0
    assert clock.shown(1110.0) == 1006.5
    assert clock.in_fleet_time(2.0) == 200.0


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["pass", "advance", "speed"]), st.floats(0.1, 1000.0)), min_size=1, max_size=12
    )
)
def test_what_is_shown_never_lies_ahead_of_the_callers_clock(steps: list[tuple[str, float]]) -> None:
    wall = Hands()
    clock = FleetClock(5.0, wall=wall, ticks=wall)
    for kind, amount in steps:
        before = clock.now()
        if kind == "pass":
            wall.at += amount
        elif kind == "advance":
            clock.advance(amount)
        else:
            clock.set_speed(amount)
        assert clock.now() >= before - 1e-6
        assert clock.shown(clock.now()) <= wall.at + 1e-6
