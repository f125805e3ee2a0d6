from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.commands.spread import Spread, Stage

WAITING, SENT, RUNNING, OVER = Stage.WAITING, Stage.SENT, Stage.RUNNING, Stage.OVER


def room(stages: list[Stage], *, lanes: int = 50, max_errors: int = 0, errors: int = 0, unreached: int = 0) -> int:
    return Spread(Counter(stages), lanes, max_errors, errors, unreached).room()


def test_one_node_goes_first() -> None:
    assert room([WAITING] * 9) == 1
    assert room([SENT] + [WAITING] * 8) == 0


def test_nodes_that_were_never_reached_let_nobody_go_first() -> None:
    assert room([OVER] * 5 + [WAITING] * 9, unreached=5) == 1
    assert room([OVER] * 5 + [SENT] + [WAITING] * 9, unreached=5) == 0


def test_each_acknowledgement_lets_two_more_go() -> None:
    assert room([RUNNING] + [WAITING] * 8) == 2
    assert room([RUNNING] * 3 + [WAITING] * 6) == 4


def test_the_lanes_are_never_exceeded() -> None:
    assert room([OVER] * 5 + [RUNNING] * 2 + [WAITING] * 9, lanes=3) == 1
    assert room([OVER] * 5 + [RUNNING] * 3 + [WAITING] * 9, lanes=3) == 0


def test_nothing_more_is_sent_when_more_fail_than_may() -> None:
    assert room([OVER] * 3 + [WAITING] * 9, max_errors=3, errors=3) > 0
    assert room([OVER] * 4 + [WAITING] * 9, max_errors=3, errors=4) == 0


@given(
    stages=st.lists(st.sampled_from(list(Stage)), max_size=60),
    lanes=st.integers(min_value=1, max_value=60),
)
def test_room_keeps_to_the_lanes_and_never_stalls(stages: list[Stage], lanes: int) -> None:
    under_way = sum(stage in (SENT, RUNNING) for stage in stages)
    free = room(stages, lanes=lanes)

    assert free >= 0
    assert free + under_way <= max(lanes, under_way)
    if under_way == 0:
        assert free >= 1, "nothing runs and nothing may start"
