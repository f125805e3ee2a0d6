"""Versions are ordered as dpkg orders them."""

import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchgui.agent.patching.versions import compare, version_key

IN_ORDER = [
    "0",
    "1.0~~",
    "1.0~~a",
    "1.0~",
    "1.0~beta1-1",
    "1.0-0",
    "1.0-1~deb12u1",
    "1.0-1",
    "1.0-1+b1",
    "1.0-1+deb12u2",
    "1.0-1+deb12u10",
    "1.0a-1",
    "1.0.1-1",
    "1.2-1",
    "1.10-1",
    "2024a-0+deb12u1",
    "2024b-0+deb12u1",
    "1:0.1",
    "2:0",
]

versions = st.from_regex(r"\A([0-9]:)?[0-9][0-9a-z.+~]{0,6}(-[0-9a-z.+~]{1,4})?\Z")


@pytest.mark.parametrize(("older", "newer"), list(pairwise(IN_ORDER)))
def test_an_older_version_sorts_before_a_newer_one(older: str, newer: str) -> None:
    assert compare(older, newer) < 0
    assert compare(newer, older) > 0


def test_sorting_by_key_gives_the_order() -> None:
    as_text = sorted(IN_ORDER)

    assert as_text != IN_ORDER
    assert sorted(as_text, key=version_key) == IN_ORDER


@pytest.mark.parametrize(("one", "other"), [("1.0", "1.0-0"), ("1.00", "1.0"), ("0:1", "1"), ("1.0-01", "1.0-1")])
def test_versions_that_only_look_different_are_the_same(one: str, other: str) -> None:
    assert compare(one, other) == 0


@given(versions, versions)
def test_comparing_the_other_way_round_gives_the_opposite(one: str, other: str) -> None:
    forth, back = compare(one, other), compare(other, one)

    assert (forth > 0) == (back < 0)
    assert (forth == 0) == (back == 0)


@settings(max_examples=60, deadline=None)
@given(versions, versions)
def test_dpkg_itself_agrees(one: str, other: str) -> None:
    relation = "lt" if compare(one, other) < 0 else "eq" if compare(one, other) == 0 else "gt"

    assert subprocess.run(["dpkg", "--compare-versions", one, relation, other], check=False).returncode == 0
