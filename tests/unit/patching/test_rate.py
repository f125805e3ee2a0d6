"""Patch Now's own rates, and how a rate is shared out over commands of at most fifty nodes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from patchgui.patching.rate import RateControl, automatic


@pytest.mark.parametrize(
    ("nodes", "concurrency", "errors"),
    [
        (1, "1", "1"),
        (24, "1", "1"),
        (25, "5%", "5"),
        (100, "5%", "5"),
        (101, "8%", "10"),
        (1000, "8%", "10"),
        (1001, "10%", "10"),
        (20_000, "10%", "10"),
    ],
)
def test_the_install_rate_follows_the_number_of_nodes(nodes: int, concurrency: str, errors: str) -> None:
    rate = automatic(nodes, "Install")
    assert (rate.max_concurrency, rate.max_errors) == (concurrency, errors)


@pytest.mark.parametrize("nodes", [1, 50, 5000])
def test_a_scan_goes_to_a_thousand_nodes_at_a_time(nodes: int) -> None:
    rate = automatic(nodes, "Scan")
    assert (rate.max_concurrency, rate.max_errors) == ("1000", "1000")


@pytest.mark.parametrize(("limit", "targets", "lanes"), [("5", 3, 3), ("5", 50, 5), ("10%", 50, 5), ("5%", 3, 1)])
def test_lanes_are_at_least_one_and_never_more_than_the_nodes(limit: str, targets: int, lanes: int) -> None:
    assert RateControl(max_concurrency=limit).lanes(targets) == lanes


@pytest.mark.parametrize("limit", ["0", "0%", "101%", "abc", "", "05"])
def test_limits_that_ssm_refuses_are_refused_here(limit: str) -> None:
    with pytest.raises(ValidationError):
        RateControl(max_concurrency=limit)


def test_one_command_keeps_the_rate_as_it_is() -> None:
    rate = automatic(40, "Install")
    assert rate.shared_out([40]) == [rate]


@given(
    parts=st.lists(st.integers(1, 50), min_size=2, max_size=30), percent=st.integers(1, 99), errors=st.integers(0, 99)
)
def test_commands_of_one_run_together_keep_to_its_rate(parts: list[int], percent: int, errors: int) -> None:
    rate = RateControl(max_concurrency=f"{percent}%", max_errors=str(errors))
    shares = rate.shared_out(parts)
    total = sum(parts)
    lanes = [int(share.max_concurrency) for share in shares]
    assert all(lane >= 1 for lane in lanes)
    assert sum(lanes) <= max(rate.lanes(total), 0) + len(parts)  # one node per command is the least SSM can do
    assert sum(int(share.max_errors) for share in shares) == rate.errors(total)
