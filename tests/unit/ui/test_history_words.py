"""What the history says of a run, and how archived runs and live ones become one list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.archive.entries import ArchivedRun, HistoryQuery, Hit, Launched, Origin
from patchgui.console.archive.query import parse
from patchgui.console.connection import SANDBOX, ConnectionColour, aws_connection
from patchgui.console.rows import RunSummary
from patchgui.patching.phases import Phase
from patchgui.ui.runs.merge import may_match, merged
from patchgui.ui.runs.run_row import Column, RunRow, as_tsv, by_words, cells_of, nodes_words, tooltip_of
from patchgui.ui.runs.snippet import emphasis_of, found_in, parts_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PROD = aws_connection(label="Production", profile="prod", region="eu-central-1", colour=ConnectionColour.RED)
ARN = "arn:aws:sts::123456789012:assumed-role/patching/jo"


def run(run_id: str, minutes_ago: int, status: str = "Success", **changes: object) -> RunSummary:
    at = NOW - timedelta(minutes=minutes_ago)
    made = RunSummary(run_id, "Patch now, 3 nodes", "AWS-RunPatchBaseline", "Install", "", status, at, None, 3, 3, 0)
    return replace(made, **changes)  # type: ignore[arg-type]


def archived(run_id: str, minutes_ago: int, status: str = "Success", **changes: object) -> ArchivedRun:
    return replace(ArchivedRun(run(run_id, minutes_ago, status), Origin(PROD)), **changes)  # type: ignore[arg-type]


def shown(
    found: list[ArchivedRun], live: list[RunSummary], *, is_whole: bool = True, is_open: bool = True
) -> list[RunRow]:
    open_ids = {PROD.id} if is_open else set[str]()
    return merged(found, live, HistoryQuery(), is_whole=is_whole, open_ids=open_ids)


def ids(rows: list[RunRow]) -> list[str]:
    return [row.key for row in rows]


def test_a_live_run_is_shown_as_it_stands_and_keeps_what_the_archive_has() -> None:
    entry = archived("a", 5, "InProgress", comment="night shift")
    (row,) = shown(
        [entry],
        [run("a", 5, "Failed", connection=None)],
    )
    assert (row.run.status, row.run.connection, row.archived) == ("Failed", PROD, entry)


def test_a_run_that_had_not_ended_is_unknown_once_its_connection_is_closed() -> None:
    going = archived("a", 5, "InProgress")
    (row,) = shown([going], [])
    assert (row.run.status, row.run.connection) == ("InProgress", PROD)
    (row,) = shown([going], [], is_open=False)
    assert (row.run.status, row.run.connection) == ("Unknown", PROD)
    assert cells_of(row, NOW)[Column.DURATION] == "–"
    assert "Open its connection" in tooltip_of(row, Column.STATUS)


def test_a_run_that_its_endpoint_has_forgotten_is_as_the_archive_has_it() -> None:
    (row,) = shown([archived("a", 5)], [run("a", 5, "Unknown")])
    assert row.run.status == "Success"


def test_a_run_that_only_its_connection_knows_stands_where_it_belongs() -> None:
    found, live = [archived("new", 1), archived("old", 30)], [run("between", 10), run("older", 90)]
    assert ids(shown(found, live)) == [
        "new",
        "between",
        "old",
        "older",
    ]
    # What is older than the page that was fetched comes with the next one.
    assert ids(shown(found, live, is_whole=False)) == ["new", "between", "old"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("status:failed", True),
        ("status:success", False),
        ("install", True),
        ("migration", False),
        ("connection:production", True),
        ("connection:staging", False),
        ("doc:aws-runpatch", True),
        ("since:1h", True),
        ("until:1h", False),
        ("phase:install", False),
        ("by:jo", False),
    ],
)
def test_a_run_that_is_not_archived_yet_answers_by_what_is_known_of_it(line: str, shown: bool) -> None:
    assert may_match(run("a", 10, "Failed", connection=PROD), parse(line, NOW)) is shown


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans()), unique_by=lambda each: each[0]))
def test_each_run_is_listed_once_and_the_newest_first(drawn: list[tuple[int, bool, bool]]) -> None:
    entries = [archived(f"r{age}", age) for age, is_archived, _ in sorted(drawn) if is_archived]
    live = [run(f"r{age}", age) for age, _, is_live in drawn if is_live]
    rows = shown(entries, live)
    assert ids(rows) == [f"r{age}" for age in sorted(age for age, a, b in drawn if a or b)]


def test_who_started_a_run_is_said_as_short_as_possible() -> None:
    by = {
        "jo": archived("a", 1, origin=Origin(PROD, Launched.WINDOW, "", ARN, "ws-7", "root")),
        "root": archived("a", 1, origin=Origin(SANDBOX, Launched.TERMINAL, os_user="root", host="ws-7")),
        "Elsewhere": archived("a", 1),
    }
    assert [by_words(RunRow(entry.summary, entry)) for entry in by.values()] == list(by)


def test_nodes_are_counted_by_how_they_fared() -> None:
    assert nodes_words(run("a", 1)) == "3"
    assert nodes_words(run("a", 1, "Failed", error_count=1)) == "1 of 3 failed"
    assert nodes_words(run("a", 1, "InProgress", completed_count=2, error_count=1)) == "2 of 3 · 1 failed"


def test_copied_rows_are_a_table_with_titles() -> None:
    row = RunRow(run("a", 1), archived("a", 1, failed_phase=Phase.AFTER_INSTALL))
    assert as_tsv([cells_of(row, NOW)], (0, 3)) == "Run\tFailed in\nPatch now, 3 nodes\tAfter install\n"


def test_what_was_searched_stands_out_in_the_line_that_was_found() -> None:
    words = emphasis_of('column "already exists"')
    assert parts_of('Column "sku" already exists.', words) == [
        ("Column", True),
        (' "sku" ', False),
        ("already exists", True),
        (".", False),
    ]
    # Where a word begins so, and nowhere within one: as the archive finds it.
    assert parts_of("stop and restore", emphasis_of("st")) == [("st", True), ("op and restore", False)]
    assert parts_of("exit code: 100", emphasis_of('"exit code 100"')) == [("exit code: 100", True)]


def test_where_something_was_found_is_said_for_outputs_nodes_and_the_runs_own_words() -> None:
    words = emphasis_of("night")
    assert words is not None
    hooks = ((Phase.ON_EXIT, "Night-Shift"),)
    told = archived("a", 1, comment="the night shift")
    rows = [
        RunRow(told.summary, replace(told, hit=Hit("good\tnight", "mi-1", "web-1", "Install"))),
        RunRow(told.summary, replace(told, hit=Hit("", "mi-1", "night-1"))),
        RunRow(told.summary, told),
        RunRow(run("b", 1, hooks=hooks)),
        RunRow(run("c", 1)),
    ]
    assert [found_in(row, words) for row in rows] == [
        ("web-1 · Install", "good night"),
        ("Node", "night-1"),
        ("Comment", "the night shift"),
        ("On exit", "Night-Shift"),
        ("", ""),
    ]


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_line_is_shown_whole_whatever_is_searched(line: str, text: str) -> None:
    assert "".join(piece for piece, _ in parts_of(line, emphasis_of(text))) == line
