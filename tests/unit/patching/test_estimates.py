"""How long a run goes on, and when a reboot takes too long: told from earlier runs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.estimates import (
    NodeDurations,
    RebootStanding,
    TimeLeft,
    reboot_clock,
    time_left,
    usual,
)
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
TIMES = st.lists(st.floats(0.1, 7200), min_size=1, max_size=20).map(tuple)


def node(name: str, *phases: tuple[Phase, PhaseState, float | None]) -> NodeProgress:
    """Return a node whose phases began so many seconds ago."""
    shown = tuple(
        PhaseProgress(phase, state, started_at=None if ago is None else NOW - timedelta(seconds=ago))
        for phase, state, ago in phases
    )
    moments = [phase.started_at for phase in shown if phase.started_at]
    is_final = all(phase.state.is_final for phase in shown)
    return NodeProgress(name, name, "InProgress", "", shown, is_final=is_final, started_at=min(moments, default=None))


def waiting(name: str) -> NodeProgress:
    return node(name, (Phase.SCAN, PhaseState.WAITING, None), (Phase.INSTALL, PhaseState.WAITING, None))


def installing(name: str, for_s: float) -> NodeProgress:
    return node(name, (Phase.SCAN, PhaseState.SUCCESS, for_s + 5), (Phase.INSTALL, PhaseState.RUNNING, for_s))


KNOWN = NodeDurations({each: {Phase.SCAN: (10.0,), Phase.INSTALL: (100.0, 100.0, 300.0)} for each in ("a", "b", "c")})


def test_a_phase_that_runs_takes_the_rest_of_its_usual_time() -> None:
    assert time_left([installing("a", 30)], KNOWN, NOW) == TimeLeft(70.0, 270.0, is_own=True)


def test_a_phase_that_takes_longer_than_ever_is_not_promised_to_end_at_once() -> None:
    assert time_left([installing("a", 4000)], KNOWN, NOW) == TimeLeft(25.0, 75.0, is_own=True)


def test_nodes_that_wait_take_their_turn_in_the_lanes_there_are() -> None:
    one_at_a_time = time_left([installing("a", 50), waiting("b"), waiting("c")], KNOWN, NOW)
    two_at_a_time = time_left([installing("a", 50), waiting("b"), waiting("c")], KNOWN, NOW, lanes=2)
    assert one_at_a_time is not None
    assert one_at_a_time.likely_s == 50 + 110 + 110
    assert two_at_a_time is not None
    assert two_at_a_time.likely_s == 50 + 110


def test_other_nodes_stand_in_for_one_that_was_never_patched_and_that_is_told() -> None:
    others = NodeDurations({}, {Phase.SCAN: (10.0,), Phase.INSTALL: (60.0,)})
    assert time_left([waiting("new")], others, NOW) == TimeLeft(70.0, 70.0, is_own=False)


def test_without_any_earlier_run_nothing_is_promised() -> None:
    assert time_left([waiting("new")], NodeDurations(), NOW) is None
    done = node("a", (Phase.SCAN, PhaseState.SUCCESS, 9.0))
    assert time_left([done], KNOWN, NOW) is None, "nothing is left of a run that has ended"


def test_nodes_that_were_only_ever_scanned_promise_no_end_of_an_install() -> None:
    scanned = NodeDurations({"a": {Phase.SCAN: (10.0, 10.0)}})
    assert time_left([waiting("a")], scanned, NOW) is None


@given(TIMES, st.integers(1, 12), st.integers(1, 12))
def test_more_lanes_never_take_longer_and_what_is_likely_never_exceeds_the_most(
    times: tuple[float, ...], count: int, lanes: int
) -> None:
    names = [f"n{index}" for index in range(count)]
    known = NodeDurations({each: {Phase.INSTALL: times} for each in names})
    nodes = [waiting(each) for each in names]
    fewer = time_left(nodes, known, NOW, lanes=lanes)
    more = time_left(nodes, known, NOW, lanes=lanes + 1)
    assert fewer is not None
    assert more is not None
    assert more.likely_s <= fewer.likely_s + 1e-6
    assert fewer.likely_s <= fewer.most_s


@given(TIMES)
def test_usual_times_lie_within_what_was_seen(times: tuple[float, ...]) -> None:
    seen = usual(times)
    assert seen is not None
    assert min(times) <= seen.median_s <= seen.p90_s <= max(times)
    assert sum(each <= seen.p90_s for each in times) >= 0.9 * len(times)


@pytest.mark.parametrize(
    ("away_s", "standing"),
    [(90, RebootStanding.REBOOTING), (200, RebootStanding.LATE), (600, RebootStanding.LOST)],
)
def test_a_reboot_is_late_and_then_lost_by_the_node_s_own_earlier_reboots(
    away_s: float, standing: RebootStanding
) -> None:
    assert reboot_clock(away_s, (80.0, 90.0, 130.0)).standing is standing


def test_a_node_that_reboots_in_a_second_is_given_a_minute() -> None:
    clock = reboot_clock(59, (1.0, 1.2))
    assert (clock.standing, clock.late_after_s, clock.lost_after_s) == (RebootStanding.REBOOTING, 60.0, 300.0)


def test_a_windows_server_without_a_record_is_given_longer() -> None:
    assert reboot_clock(600, platform="Ubuntu 24.04").standing is RebootStanding.LATE
    assert reboot_clock(600, platform="Microsoft Windows Server 2022").standing is RebootStanding.REBOOTING


@given(TIMES, st.floats(0, 100_000), st.floats(0, 10_000))
def test_a_node_that_stays_away_is_never_taken_for_less_late(
    times: tuple[float, ...], away_s: float, longer_s: float
) -> None:
    order = list(RebootStanding)
    clock, later = reboot_clock(away_s, times), reboot_clock(away_s + longer_s, times)
    assert order.index(clock.standing) <= order.index(later.standing)
    assert clock.late_after_s < clock.lost_after_s
