"""How commands go over the fleet: rate control, ends, what is left of patches; the same however often one looks."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchgui.agent.commands.spread import Stage
from patchgui.simulator.command import FleetCommand
from patchgui.simulator.reach import Reach, reach_of
from patchgui.simulator.settings import FleetSettings
from patchgui.ssm.shapes import PingStatus
from tests.unit.simulator.fleets import START_AT, Bench

LONG_S = 40_000.0
"""Longer than any command may last."""


@contextmanager
def bench(wanted: FleetSettings) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        made = Bench(Path(folder), wanted)
        yield made
        made.database.close()


def ends(command: FleetCommand) -> list[tuple[str, float, float]]:
    """Return how, from when and until when each node was at work."""
    return [
        (command.outcome_of(at, START_AT + LONG_S).details, command.began_at[at], command.ended_at[at])
        for at in range(len(command))
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    nodes=st.integers(1, 60),
    seed=st.integers(0, 10_000),
    lanes=st.sampled_from(["1", "3", "20%", "100%"]),
    trouble=st.sampled_from([0.0, 1.0, 20.0]),
    steps=st.lists(st.floats(0.1, 900.0), max_size=25),
)
def test_a_command_goes_the_same_way_however_often_one_looks(
    nodes: int, seed: int, lanes: str, trouble: float, steps: list[float]
) -> None:
    wanted = FleetSettings(nodes=nodes, seed=seed, trouble=trouble)
    with bench(wanted) as often, bench(wanted) as once:
        seen = often.send(lanes=lanes, errors="20%")
        for seconds in steps:
            often.step(seconds)
            stages = Counter(seen.stage(at) for at in range(nodes))
            assert stages[Stage.SENT] + stages[Stage.RUNNING] <= seen.sent.lanes
            assert seen.completed_count == stages[Stage.OVER]
        often.step(LONG_S)
        unseen = once.send(lanes=lanes, errors="20%")
        once.step(sum(steps) + LONG_S)
        assert seen.is_over
        assert seen.outcome.is_final
        assert ends(seen) == ends(unseen)
        assert [often.fleet.ledger.patches(n) for n in range(nodes)] == [
            once.fleet.ledger.patches(n) for n in range(nodes)
        ]


def test_an_install_leaves_no_patch_where_nothing_goes_wrong() -> None:
    with bench(FleetSettings(nodes=80, trouble=0)) as made:
        command = made.send()
        made.step(LONG_S)
        for at, index in enumerate(command.members):
            if command.outcome_of(at, START_AT + LONG_S).status == "Success":
                left = made.fleet.ledger.patches(index)
                assert (left.missing, left.pending) == (0, 0)


def test_a_scan_changes_nothing_and_is_reported() -> None:
    with bench(FleetSettings(nodes=40, trouble=0)) as made:
        before = [made.fleet.ledger.patches(index) for index in range(40)]
        command = made.send(operation="Scan")
        made.step(LONG_S)
        assert [made.fleet.ledger.patches(index) for index in range(40)] == before
        standing = made.fleet.ledger.standing(command.members[0])
        assert standing is not None
        assert (standing.operation, standing.ended_at) == ("Scan", command.ended_at[0])


def test_errors_beyond_the_limit_stop_the_rest() -> None:
    with bench(FleetSettings(nodes=60, trouble=60)) as made:
        command = made.send(lanes="5", errors="2")
        made.step(LONG_S)
        shown = Counter(details for details, _, _ in ends(command))
        assert 3 <= command.error_count <= 3 + 5
        assert shown["Terminated"] > 0
        assert command.outcome.details == "Failed"


def test_nodes_that_cannot_be_reached_are_delayed_then_given_up() -> None:
    with bench(FleetSettings(nodes=400, trouble=0)) as made:
        population = made.fleet.population
        silent = [n for n in range(400) if reach_of(population.lost_share(n)) is Reach.NEVER]
        gone = [n for n in range(400) if reach_of(population.lost_share(n)) is Reach.GONE]
        assert silent
        assert gone
        command = made.send()
        made.step(60)
        assert {command.outcome_of(at, START_AT + 60).status for at in silent} == {"Delayed"}
        assert {command.outcome_of(at, START_AT + 60).details for at in gone} <= {"Pending", "Undeliverable"}
        made.step(LONG_S)
        assert {command.outcome_of(at, START_AT + LONG_S).details for at in silent} == {"DeliveryTimedOut"}
        assert {command.outcome_of(at, START_AT + LONG_S).details for at in gone} == {"Undeliverable"}
        assert command.delivery_timed_out_count == len(silent)


def test_a_node_that_restarts_is_away_and_comes_back() -> None:
    with bench(FleetSettings(nodes=60, trouble=0)) as made:
        command = made.send()
        seen: dict[int, set[PingStatus]] = {}
        for _ in range(400):
            made.step(5)
            for at, index in enumerate(command.members):
                if command.stage(at) is Stage.RUNNING:
                    heard = made.fleet.heard(made.fleet.population.node(index), made.clock.now())
                    seen.setdefault(at, set()).add(heard.ping)
        restarted = [at for at, pings in seen.items() if PingStatus.CONNECTION_LOST in pings]
        assert restarted
        assert all(made.fleet.story(command, at).away[1] > 0 for at in restarted)
        assert command.is_over


@pytest.mark.parametrize("after_s", [0.0, 120.0])
def test_a_cancelled_command_ends_soon_and_leaves_what_was_done(after_s: float) -> None:
    with bench(FleetSettings(nodes=50, trouble=0)) as made:
        command = made.send(lanes="10")
        made.step(after_s)
        done = command.completed_count
        command.cancel(range(50), made.clock.now())
        assert command.outcome.status == "Cancelling"
        made.step(10)
        assert command.is_over
        assert command.outcome.status == "Cancelled"
        shown = Counter(details for details, _, _ in ends(command))
        assert shown["Cancelled"] >= 50 - done - 10
