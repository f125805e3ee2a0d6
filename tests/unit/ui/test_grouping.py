"""Rows in groups: every row once under its header, whatever changes and in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.node_state import node_state
from patchgui.patching.progress import NodeProgress
from patchgui.ui.run.grouping import BY_PHASE, BY_STATUS, BY_TAG, Groups, tag_keys
from patchgui.ui.run.matrix_filter import MatrixFilter, parse_filter, phase_token
from tests.ui.run.scenes import AWAY, BAD, NONE, OK, RUN, SKIP, WAIT, node_at

_LIVES = (
    (WAIT,) * 6,
    (RUN, *(WAIT,) * 5),
    (OK, OK, RUN, WAIT, WAIT, WAIT),
    (OK, OK, OK, WAIT, WAIT, WAIT),
    (OK, OK, OK, OK, AWAY, WAIT),
    (OK, OK, OK, BAD, SKIP, RUN),
    (OK, OK, BAD, SKIP, SKIP, OK),
    (OK, NONE, NONE, NONE, NONE, OK),
    (OK,) * 6,
)
TAGS = {"mi-0": {"Role": "web", "Name": "a"}, "mi-1": {"Role": "db", "Name": "b"}, "mi-2": {"Role": "web", "Name": "c"}}


def _node(number: int, life: int) -> NodeProgress:
    return node_at(f"mi-{number}", f"node-{number}", *_LIVES[life])


_lives = st.lists(st.integers(0, len(_LIVES) - 1), min_size=1, max_size=12)
_groupings = st.sampled_from([BY_PHASE, BY_STATUS, f"{BY_TAG}Role", f"{BY_TAG}Nothing"])


@given(_groupings, _lives, st.lists(st.tuples(st.integers(0, 11), st.integers(0, len(_LIVES) - 1)), max_size=12))
def test_every_row_stands_once_under_the_header_of_its_group(
    grouping: str, lives: list[int], later: list[tuple[int, int]]
) -> None:
    nodes = [_node(number, life) for number, life in enumerate(lives)]
    states = [node_state(node) for node in nodes]
    groups = Groups()
    groups.choose(grouping, TAGS)
    groups.lay_out(range(len(nodes)), nodes, states)
    for row, life in later:
        if row < len(nodes):
            nodes[row] = _node(row, life)
            states[row] = node_state(nodes[row])
            groups.put(row, nodes[row], states[row])
    laid = groups.lay_out(range(len(nodes)), nodes, states)
    assert sorted(row for row in laid if row >= 0) == list(range(len(nodes)))
    fresh = Groups()
    fresh.choose(grouping, TAGS)
    assert laid == fresh.lay_out(range(len(nodes)), nodes, states)
    assert groups.headers == fresh.headers
    assert sum(header.count for header in groups.headers) == len(nodes)
    assert all(sum(count for _state, count in header.states) == header.count for header in groups.headers)


@given(_groupings, _lives)
def test_a_folded_group_hides_its_rows_and_no_others(grouping: str, lives: list[int]) -> None:
    nodes = [_node(number, life) for number, life in enumerate(lives)]
    states = [node_state(node) for node in nodes]
    groups = Groups()
    groups.choose(grouping, TAGS)
    groups.lay_out(range(len(nodes)), nodes, states)
    first = groups.headers[0]
    groups.fold(first.key, folded=True)
    laid = groups.lay_out(range(len(nodes)), nodes, states)
    assert len([row for row in laid if row >= 0]) == len(nodes) - first.count
    assert groups.headers[0].is_folded
    assert groups.headers[0].count == first.count


def _labels(grouping: str, *lives: int) -> list[str]:
    nodes = [_node(number, life) for number, life in enumerate(lives)]
    groups = Groups()
    groups.choose(grouping, TAGS)
    groups.lay_out(range(len(nodes)), nodes, [node_state(node) for node in nodes])
    return [f"{header.key.label} {header.count}" for header in groups.headers]


def test_nodes_are_grouped_by_the_phase_that_they_are_in_or_failed_in() -> None:
    assert _labels(BY_PHASE, 0, 1, 2, 3, 4, 5, 6, 7, 8) == [
        "Scan 1",
        "Install 2",
        "After install 2",  # one failed there, one is about to enter it
        "Reboot 1",
        "Not started 1",
        "All phases done 2",
    ]


def test_nodes_are_grouped_by_status_with_trouble_first() -> None:
    assert _labels(BY_STATUS, 8, 2, 5, 0, 4) == ["Failed 1", "Rebooting 1", "Running 1", "Waiting 1", "Success 1"]


def test_nodes_are_grouped_by_a_tag_and_those_without_it_stand_last() -> None:
    assert _labels(f"{BY_TAG}Role", 0, 0, 0, 0) == ["Role: db 1", "Role: web 2", "No tag Role 1"]


def test_only_tags_that_divide_nodes_into_groups_are_offered() -> None:
    assert tag_keys(TAGS) == ["Role"]
    assert tag_keys({}) == []


def test_the_filter_takes_a_phase_and_its_state() -> None:
    failed, running = _node(0, 6), _node(1, 2)
    wanted = parse_filter("install:failed")
    assert wanted.follows_states
    assert [wanted.keeps("x", node_state(node), node) for node in (failed, running)] == [True, False]
    either = parse_filter("install:failed,running")
    assert all(either.keeps("x", node_state(node), node) for node in (failed, running))
    assert parse_filter("install:") == MatrixFilter()
    assert parse_filter("rack:7").words == ("rack:7",)


def test_what_a_count_says_in_the_filter_box_keeps_exactly_the_nodes_of_that_count() -> None:
    nodes = [_node(number, number) for number in range(len(_LIVES))]
    for phase in (each.phase for each in nodes[0].phases):
        for state in {node.phase(phase).state for node in nodes}:  # type: ignore[union-attr]
            wanted = parse_filter(phase_token(phase, state))
            kept = [node for node in nodes if wanted.keeps("", node_state(node), node)]
            assert kept == [node for node in nodes if node.phase(phase).state is state]  # type: ignore[union-attr]
