"""The language of the filter box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.rows import NodeRow
from patchgui.patching.node_query import NodeFilter, parse_query, row_key

ROWS = (
    NodeRow(
        "mi-0f3c00000000091a2", "web-1", "Linux", "Debian GNU/Linux", "12", "Online",
        tags={"Environment": "Prod", "Role": "web"}, patch_group="Prod", missing_count=5, security_missing=2,
    ),
    NodeRow(
        "mi-07b100000000000c2", "web-2", "Linux", "Debian GNU/Linux", "12", "ConnectionLost",
        tags={"Environment": "Production", "Role": "web"}, patch_group="Prod", missing_count=0,
    ),
    NodeRow(
        "mi-0a9e0000000000777", "db-1", "Linux", "AlmaLinux", "9", "Online",
        tags={"Environment": "Staging", "Role": "db"}, missing_count=0, pending_reboot=1,
    ),
    NodeRow("mi-04d4000000000007c", "legacy 1", "Windows", "Windows Server", "2022", "Inactive"),
)  # fmt: skip
KEYS = [row_key(row) for row in ROWS]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "web-1 web-2 db-1 legacy 1"),
        ("web", "web-1 web-2"),
        ("WEB-1", "web-1"),
        ("tag:Environment=Prod", "web-1 web-2"),
        ('tag:Environment="Prod"', "web-1"),
        ("tag:environment", "web-1 web-2 db-1"),
        ("status:online", "web-1 db-1"),
        ("status:lost", "web-2"),
        ("status:offline", "web-2 legacy 1"),
        ("platform:debian", "web-1 web-2"),
        ('platform:"debian 12"', "web-1 web-2"),
        ("os:windows", "legacy 1"),
        ("group:prod status:online", "web-1"),
        ("is:missing", "web-1"),
        ("is:security", "web-1"),
        ("is:pending", "db-1"),
        ("is:compliant", "web-2"),
        ("is:unscanned", "legacy 1"),
        ("-status:online", "web-2 legacy 1"),
        ("tag:Role=web -web-1", "web-2"),
        ("id:mi-0a9e", "db-1"),
        ("name:db", "db-1"),
        ('"legacy 1"', "legacy 1"),
        ("nothing-like-it", ""),
    ],
)
def test_a_query_finds_these_nodes(text: str, names: str) -> None:
    query = parse_query(text)
    assert query.trouble == ""
    found = [ROWS[row].name for row in NodeFilter(KEYS).apply(query)]
    assert " ".join(found) == names


@pytest.mark.parametrize(("text", "word"), [("colour:red", "colour:"), ('tag:Role="web', "quotation mark")])
def test_what_is_not_understood_is_said_and_the_rest_still_filters(text: str, word: str) -> None:
    query = parse_query(f"{text} web-1" if word == "colour:" else text)
    assert word in query.trouble


def test_a_filter_that_grows_and_shrinks_finds_what_a_fresh_one_finds() -> None:
    box = NodeFilter(KEYS)
    text = "tag:Environment=Prod -status:lost web-1"
    for end in [*range(len(text) + 1), *reversed(range(len(text)))]:
        query = parse_query(text[:end])
        assert box.apply(query) == [row for row, key in enumerate(KEYS) if query.matches(key)]


def test_other_rows_forget_what_was_found_before() -> None:
    box = NodeFilter(KEYS)
    box.apply(parse_query("web"))
    box.replace_keys(KEYS[2:])
    assert box.apply(parse_query("web")) == []


@given(st.text(max_size=40))
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    NodeFilter(KEYS).apply(parse_query(text))


def test_many_kinds_of_rows_and_rows_of_another_order_are_found_too() -> None:
    rows = [NodeRow(f"mi-{n:017x}", f"n-{n}", tags={"Team": f"t{n}", "Name": f"box-{n}"}) for n in range(600)]
    box = NodeFilter()
    box.replace_keys([row_key(row) for row in reversed(rows)], list(reversed(range(600))))
    assert box.apply(parse_query('tag:Team="t7"')) == [7]
    assert box.apply(parse_query("tag:Name=box-59")) == [599, 598, 597, 596, 595, 594, 593, 592, 591, 590, 59]
    assert box.apply(parse_query("-tag:Team")) == []
