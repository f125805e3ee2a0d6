"""Zoom, pan, ticks and counts of the timeline as arithmetic: no window is needed to hold them."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from patchgui.patching.axis_ticks import ticks
from patchgui.patching.phase_flow import BINS, PhaseFlow
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.ui.run.timeline.window import LEAST_SPAN_S, TimeWindow

START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
WIDTH = 800.0
_shares = st.floats(0, 1)
_steps: st.SearchStrategy[Callable[[TimeWindow], TimeWindow]] = st.one_of(
    st.builds(
        lambda factor, share: lambda w: w.zoomed(factor, w.start_s + share * w.span_s), st.floats(0.01, 100), _shares
    ),
    st.builds(lambda by: lambda w: w.panned(by * w.span_s), st.floats(-3, 3)),
    st.builds(lambda a, b: lambda w: w.onto(a * w.total_s, b * w.total_s), _shares, _shares),
    st.builds(lambda by: lambda w: w.grown(w.total_s + by), st.floats(0, 500)),
    st.just(TimeWindow.whole),
)


@given(st.floats(0, 1e6), st.lists(_steps, max_size=12))
def test_the_window_never_leaves_the_run(total_s: float, steps: list[Callable[[TimeWindow], TimeWindow]]) -> None:
    window = TimeWindow.of(total_s)
    for step in steps:
        window = step(window)
        slack = 1e-6 * window.total_s
        assert -slack <= window.start_s
        assert window.end_s <= window.total_s + slack
        assert LEAST_SPAN_S - slack <= window.span_s <= window.total_s + slack


@given(st.floats(20, 1e6), st.lists(_steps, max_size=6), st.floats(1, 8), _shares)
def test_zooming_in_keeps_the_moment_under_the_pointer(
    total_s: float, steps: list[Callable[[TimeWindow], TimeWindow]], factor: float, share: float
) -> None:
    window = TimeWindow.of(total_s)
    for step in steps:
        window = step(window)
    at_s = window.moment(share * WIDTH, WIDTH)
    zoomed = window.zoomed(factor, at_s)
    assume(zoomed.span_s > LEAST_SPAN_S)
    assert zoomed.place(at_s, WIDTH) == pytest.approx(share * WIDTH, abs=0.5)


@given(st.floats(20, 1e6), st.lists(_steps, max_size=6), st.floats(-50, WIDTH + 50))
def test_places_and_moments_are_each_others_inverse(
    total_s: float, steps: list[Callable[[TimeWindow], TimeWindow]], place: float
) -> None:
    window = TimeWindow.of(total_s)
    for step in steps:
        window = step(window)
    assert window.place(window.moment(place, WIDTH), WIDTH) == pytest.approx(place, abs=0.1)


def test_a_whole_view_follows_a_run_that_goes_on_and_a_zoomed_one_stays_or_follows_at_its_end() -> None:
    whole = TimeWindow.of(100)
    assert whole.grown(200).is_whole
    at_start = whole.onto(0, 10)
    assert (at_start.grown(200).start_s, at_start.grown(200).span_s) == (at_start.start_s, at_start.span_s)
    at_end = whole.onto(whole.total_s - 10, whole.total_s)
    assert at_end.grown(200).end_s == pytest.approx(TimeWindow.of(200).total_s)


# -- ticks -------------------------------------------------------------------------------------------------------------

_zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"]
)


@given(
    st.datetimes(datetime(2016, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.floats(1, 40 * 86_400),
    _zones,
)
def test_ticks_are_round_ordered_and_apart(naive: datetime, span_s: float, name: str) -> None:
    zone, first = ZoneInfo(name), naive.replace(tzinfo=UTC)
    last = first + timedelta(seconds=span_s)
    least_s = span_s / 8
    found = ticks(first, last, least_s, zone)
    assert len(found) <= 10
    assert all(first <= tick.moment <= last + timedelta(seconds=1) for tick in found)
    gaps = [(b.moment.astimezone(UTC) - a.moment.astimezone(UTC)).total_seconds() for a, b in itertools.pairwise(found)]
    # A day on which clocks go forward is an hour short.
    assert all(gap >= least_s - 3601 and gap > 0 for gap in gaps)
    assert all(tick.moment.second == 0 for tick in found if least_s > 60)


def test_hours_are_marked_by_the_wall_clock_on_the_days_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    found = ticks(spring, spring + timedelta(hours=4), 3600, berlin)
    assert [tick.label for tick in found] == ["01:00", "03:00", "04:00", "05:00"]
    autumn = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    found = ticks(autumn, autumn + timedelta(hours=4), 3600, berlin)
    assert [tick.label for tick in found] == ["02:00", "02:00", "03:00", "04:00"]


def test_midnight_carries_the_day() -> None:
    found = ticks(datetime(2026, 11, 25, 21, 0, tzinfo=UTC), datetime(2026, 11, 26, 3, 0, tzinfo=UTC), 3000, UTC)
    assert [tick.label for tick in found if tick.begins_day] == ["Thu 26 Nov"]


def test_a_run_of_weeks_is_marked_by_days() -> None:
    found = ticks(START, START + timedelta(days=20), 86_400 * 1.5, ZoneInfo("America/Sao_Paulo"))
    assert all(tick.begins_day and tick.moment.hour == 0 for tick in found)


# -- counts over time --------------------------------------------------------------------------------------------------

_PHASES = (Phase.SCAN, Phase.INSTALL)


def _node(spans: list[tuple[float, float | None] | None]) -> NodeProgress:
    phases = []
    for phase, span in zip(_PHASES, spans, strict=True):
        began = START + timedelta(seconds=span[0]) if span else None
        ended = began + timedelta(seconds=span[1]) if span and began and span[1] is not None else None
        state = PhaseState.WAITING if span is None else PhaseState.SUCCESS if ended else PhaseState.RUNNING
        phases.append(PhaseProgress(phase, state, started_at=began, ended_at=ended))
    return NodeProgress("mi-1", "web-1", "InProgress", "", tuple(phases))


_spans = st.none() | st.tuples(st.floats(0, 5000), st.none() | st.floats(0.001, 5000))
_lives = st.lists(st.lists(_spans, min_size=2, max_size=2), min_size=1, max_size=3)


@given(st.lists(_lives, max_size=6), st.integers(0, BINS - 1))
def test_counts_kept_node_by_node_are_those_of_the_last_states(
    lives: list[list[list[tuple[float, float | None] | None]]], place: int
) -> None:
    flow = PhaseFlow()
    flow.reset(len(_PHASES), START)
    for life in lives:
        old = None
        for spans in life:
            flow.replace(old, old := _node(spans))
    width_s = flow._width_s

    def is_in(phase: PhaseProgress) -> bool:
        began, ended = (
            (moment - START).total_seconds() // width_s if moment else None
            for moment in (phase.started_at, phase.ended_at)
        )
        return began is not None and began <= place and (ended is None or ended > place)

    last = [_node(life[-1]) for life in lives]
    counted = [sum(is_in(node.phases[number]) for node in last) for number in range(len(_PHASES))]
    assert flow.at((place + 0.5) * width_s) == counted
    assert [column[place] for column in flow.columns(BINS, BINS * width_s)] == counted


def test_each_moment_counts_the_nodes_in_each_phase() -> None:
    flow = PhaseFlow()
    flow.reset(2, START)
    flow.replace(None, _node([(0, 10), (10, 20)]))
    flow.replace(None, _node([(5, 10), None]))
    assert [flow.at(at_s) for at_s in (1, 6, 12, 40)] == [[1, 0], [2, 0], [1, 1], [0, 0]]


def test_a_run_that_outgrows_the_bins_keeps_its_counts() -> None:
    flow = PhaseFlow()
    flow.reset(2, START)
    flow.replace(None, _node([(0, 600), None]))
    flow.replace(None, _node([(50_000, 10_000), None]))
    assert [flow.at(at_s)[0] for at_s in (300, 30_000, 55_000)] == [1, 0, 1]
    assert flow.columns(6, 60_000.0)[0][5] == pytest.approx(1, abs=0.05)
