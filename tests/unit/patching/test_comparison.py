"""Two runs compared: every node once, and trading the runs trades better for worse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.comparison import Change, ComparedRun, compare
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState

START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
TRADED = {Change.WORSE: Change.BETTER, Change.ONLY_FIRST: Change.ONLY_SECOND}
TRADED |= {other: change for change, other in TRADED.items()}
_ENDED = {PhaseState.SUCCESS: "Success", PhaseState.FAILED: "Failed", PhaseState.CANCELLED: "Cancelled"}


def _node(name: str, state: PhaseState, took_s: float = 30.0, phase: Phase = Phase.INSTALL) -> NodeProgress:
    ended = START + timedelta(seconds=took_s)
    code = {PhaseState.SUCCESS: 0, PhaseState.FAILED: 4}.get(state)
    ran = PhaseProgress(phase, state, exit_code=code, started_at=START, ended_at=ended)
    status = _ENDED.get(state, "InProgress")
    is_final = state in _ENDED
    return NodeProgress(f"mi-{name}", name, status, status, (ran,), is_final=is_final, started_at=START, ended_at=ended)


def _run(*nodes: NodeProgress, **facts: str) -> ComparedRun:
    return ComparedRun("Patch now", tuple(facts.items()), nodes)


_states = st.sampled_from([*_ENDED, PhaseState.TIMED_OUT, PhaseState.RUNNING, PhaseState.WAITING, PhaseState.UNKNOWN])
_nodes = st.lists(
    st.builds(
        _node,
        st.sampled_from("abcdefgh"),
        _states,
        st.floats(0, 4000),
        st.sampled_from([Phase.SCAN, Phase.INSTALL, Phase.REBOOT]),
    ),
    unique_by=lambda node: node.instance_id,
    max_size=8,
)
_runs = st.builds(
    lambda nodes, facts: ComparedRun("Patch now", tuple(facts.items()), nodes),
    _nodes,
    st.dictionaries(st.sampled_from(["By", "Rate", "Document"]), st.sampled_from(["x", "y"])),
)


@given(_runs, _runs)
def test_trading_the_runs_trades_better_for_worse_and_nothing_else(first: ComparedRun, second: ComparedRun) -> None:
    there, back = compare(first, second), compare(second, first)
    forth = {pair.instance_id: pair for pair in there.nodes}
    assert {pair.instance_id: TRADED.get(pair.change, pair.change) for pair in back.nodes} == {
        instance_id: pair.change for instance_id, pair in forth.items()
    }
    for pair in back.nodes:
        other = forth[pair.instance_id]
        assert (pair.first, pair.first_s) == (other.second, other.second_s)
        assert bool(pair.reason) == bool(other.reason)
    assert {(pair.phase, pair.second, pair.first) for pair in back.phases} == {
        (pair.phase, pair.first, pair.second) for pair in there.phases
    }
    assert {(fact.name, fact.second, fact.first) for fact in back.facts} == {
        (fact.name, fact.first, fact.second) for fact in there.facts
    }


@given(_runs, _runs)
def test_every_node_of_either_run_appears_once(first: ComparedRun, second: ComparedRun) -> None:
    found = compare(first, second)
    firsts, seconds = ({node.instance_id for node in run.nodes} for run in (first, second))
    assert sorted(pair.instance_id for pair in found.nodes) == sorted(firsts | seconds)
    assert {pair.instance_id for pair in found.nodes if pair.change is Change.ONLY_FIRST} == firsts - seconds
    assert {pair.instance_id for pair in found.nodes if pair.change is Change.ONLY_SECOND} == seconds - firsts
    assert sum(found.count(change) for change in Change) == len(found.nodes)


@given(_runs)
def test_a_run_is_no_better_and_no_worse_than_itself(run: ComparedRun) -> None:
    found = compare(run, run)
    assert {(pair.change, pair.reason) for pair in found.nodes} <= {(Change.SAME, "")}
    assert all(pair.first == pair.second for pair in found.phases)
    assert not any(fact.differs for fact in found.facts)


@given(_runs, _runs)
def test_the_counts_of_a_phase_are_those_of_its_nodes(first: ComparedRun, second: ComparedRun) -> None:
    for pair in compare(first, second).phases:
        having = [node for node in first.nodes if node.phase(pair.phase)]
        assert sum(count for _state, count in (pair.first.counts if pair.first else ())) == len(having)


@pytest.mark.parametrize(
    ("before", "after", "change", "reason"),
    [
        (PhaseState.SUCCESS, PhaseState.FAILED, Change.WORSE, "First: success. Second: Install failed: exit 4."),
        (PhaseState.FAILED, PhaseState.SUCCESS, Change.BETTER, "First: Install failed: exit 4. Second: success."),
        (PhaseState.FAILED, PhaseState.CANCELLED, Change.BETTER, "First: Install failed: exit 4. Second: cancelled."),
        (PhaseState.SUCCESS, PhaseState.SUCCESS, Change.SAME, ""),
    ],
)
def test_a_change_says_how_each_run_ended(before: PhaseState, after: PhaseState, change: Change, reason: str) -> None:
    (pair,) = compare(_run(_node("web-1", before)), _run(_node("web-1", after))).nodes
    assert (pair.change, pair.reason) == (change, reason)


def test_a_node_that_goes_on_is_neither_better_nor_worse_yet() -> None:
    first, second = _run(_node("web-1", PhaseState.FAILED)), _run(_node("web-1", PhaseState.RUNNING))
    (pair,) = compare(first, second).nodes
    assert (pair.change, pair.reason) == (Change.SAME, "First: Install failed: exit 4. Second: running.")


def test_the_same_failure_elsewhere_is_told() -> None:
    first = _run(_node("web-1", PhaseState.FAILED, phase=Phase.BEFORE_INSTALL))
    second = _run(_node("web-1", PhaseState.FAILED, phase=Phase.AFTER_INSTALL))
    (pair,) = compare(first, second).nodes
    assert pair.change is Change.SAME
    assert pair.reason == "First: Before install failed: exit 4. Second: After install failed: exit 4."


def test_a_node_that_took_notably_longer_says_so() -> None:
    first, slow = _run(_node("web-1", PhaseState.SUCCESS, 30)), _run(_node("web-1", PhaseState.SUCCESS, 95))
    assert compare(first, slow).nodes[0].reason == "Took 1 min 05 s longer."
    assert compare(slow, first).nodes[0].reason == "Took 1 min 05 s shorter."


def test_nodes_that_came_out_worse_are_read_first() -> None:
    first = _run(*(_node(name, PhaseState.SUCCESS) for name in "abc"), _node("d", PhaseState.FAILED))
    second = _run(
        _node("a", PhaseState.SUCCESS),
        _node("c", PhaseState.FAILED),
        _node("d", PhaseState.SUCCESS),
        _node("e", PhaseState.SUCCESS),
    )
    assert [pair.name for pair in compare(first, second).nodes] == ["c", "d", "a", "b", "e"]


def test_durations_of_a_phase_are_of_the_nodes_on_which_it_ended() -> None:
    running = replace(_node("c", PhaseState.RUNNING).phases[0], ended_at=None)
    nodes = (
        _node("a", PhaseState.SUCCESS, 10),
        _node("b", PhaseState.SUCCESS, 20),
        replace(_node("c", PhaseState.RUNNING), phases=(running,)),
    )
    (pair,) = compare(_run(*nodes), _run()).phases
    assert pair.second is None
    assert pair.first is not None
    assert (pair.first.ran, pair.first.median_s, pair.first.longest_s) == (2, 15, 20)


def test_the_heads_are_joined_by_name() -> None:
    found = compare(_run(By="alice", Rate="10%"), _run(By="bob", Comment="again"))
    assert [(fact.name, fact.first, fact.second, fact.differs) for fact in found.facts] == [
        ("By", "alice", "bob", True),
        ("Rate", "10%", "", True),
        ("Comment", "", "again", True),
    ]
