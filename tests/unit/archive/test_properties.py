"""Rules that hold for every query and every archive, tried with examples that nobody thought of."""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from patchgui.console import summaries
from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import HistoryQuery
from patchgui.console.archive.query import line_of, parse
from patchgui.console.archive.words import terms_of
from patchgui.console.rows import StepOutput
from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState
from tests.unit.archive.kept import NOON, PIPELINE, a_run, keep, node

MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
VALUES = st.text(st.characters(exclude_characters='"', exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8)
NAMES = st.lists(VALUES | st.builds("{} {}".format, VALUES, VALUES), max_size=2, unique=True).map(tuple)
QUERIES = st.builds(
    HistoryQuery,
    st.lists(st.from_regex(r'[a-z0-9/.-]{1,8}|"[a-z ]{0,6}[a-z]"', fullmatch=True), max_size=3).map(" ".join),
    NAMES,
    st.lists(st.sampled_from(["Failed", "Success", "InProgress", "TimedOut"]), max_size=2, unique=True).map(tuple),
    NAMES,
    NAMES,
    NAMES,
    st.lists(st.sampled_from(Phase), max_size=2, unique=True).map(tuple),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
)


@given(QUERIES)
def test_a_query_survives_being_written_as_a_line(query: HistoryQuery) -> None:
    assert parse(line_of(query), NOON) == query


_ODD = st.sampled_from(["since:0001-01-01", "until:9999-12-31T23:59-23:59", "since:99999w", 'by:"', "status:", "a:b:c"])


@given(st.text(max_size=40) | st.lists(_ODD, max_size=3).map(" ".join))
def test_any_line_is_a_query_and_reading_it_again_changes_nothing(line: str) -> None:
    query = parse(line, NOON)
    assert parse(line_of(query), NOON) == query


def test_a_line_means_what_it_says() -> None:
    query = parse('openssl "exit code 4" status:FAILED on:"My Prod" by:alice phase:on-exit since:7d until:bogus', NOON)
    assert query == HistoryQuery(
        text='openssl "exit code 4" until:bogus',
        connection_ids=("My Prod",),
        statuses=("Failed",),
        operators=("alice",),
        failed_phases=(Phase.ON_EXIT,),
        since=NOON - timedelta(days=7),
    )
    assert parse("http://mirror/pool E: foo:bar", NOON) == HistoryQuery("http://mirror/pool E: foo:bar")


# -- search against the plainest search there is ----------------------------------------------------------------------

WORDS = st.sampled_from(["openssl", "open", "3.0.2", "3", "lock", "/var/lib", "Lock", "error-4", "ÄPFEL", "web", "x"])
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
TEXTS = st.lists(LINES, max_size=4).map("\n".join)
RUNS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["web-1", "web-2", "db-open"]), TEXTS, min_size=1, max_size=3),
        st.sampled_from(["All went well.", "1 node: lock error"]),
        st.integers(0, 70),
    ),
    min_size=1,
    max_size=6,
)
TYPED = st.lists(
    st.one_of(
        WORDS, st.sampled_from(["ope", "ocks", "eb-2", '"', "NOT", "a AND", "(", "*", "^", "openssl-3.0", "mi-we"])
    )
    | LINES.map('"{}"'.format),
    min_size=1,
    max_size=3,
).map(" ".join)


def words_in(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def occurs(words: Sequence[str], lines: Sequence[str], *, is_beginning: bool) -> bool:
    """Whether the words stand in a row in one of the lines."""
    for line in map(words_in, lines):
        for first in range(len(line) - len(words) + 1):
            *these, last = line[first : first + len(words)]
            if these == list(words[:-1]) and (last.startswith(words[-1]) if is_beginning else last == words[-1]):
                return True
    return False


def naive(run: tuple[dict[str, str], str, int], typed: str) -> bool:
    outputs, headline, _ = run
    summary = a_run().summary
    lines = [line for text in outputs.values() for line in text.splitlines()]
    lines += [headline, summary.title, summary.document, *(name for _, name in summary.hooks), a_run().comment]
    names = [f"{name}\nmi-{name}".lower() for name in outputs]
    return all(
        occurs(term.words, lines, is_beginning=term.is_beginning) or any(term.typed in name for name in names)
        for term in terms_of(typed)
    )


async def found(runs: Sequence[tuple[dict[str, str], str, int]], lines: Sequence[str], limit: int) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        async with Archive(Path(folder) / "archive.db") as archive:
            for number, (outputs, headline, days) in enumerate(runs):
                run = a_run(f"r{number}", NOON - timedelta(days=days, minutes=number))
                run = type(run)(run.summary, run.origin, comment=a_run().comment)
                await keep(archive, run, *(node(f"mi-{name}", name) for name in outputs), headline=headline)
                every = [(f"mi-{name}", "scanStep", StepOutput(text)) for name, text in outputs.items()]
                await archive.take_outputs(f"r{number}", every)
            answers = []
            for line in lines:
                ids, cursor = [], ""
                while True:
                    page = await archive.search(HistoryQuery(line), cursor, limit)
                    ids += [each.run_id for each in page.runs]
                    cursor = page.cursor
                    if not cursor:
                        break
                answers.append(ids)
            return answers


@settings(max_examples=25)
@given(RUNS, st.lists(TYPED, min_size=4, max_size=8), st.integers(1, 4))
def test_search_finds_what_the_plainest_search_finds_newest_first(
    runs: list[tuple[dict[str, str], str, int]], lines: list[str], limit: int
) -> None:
    newest_first = sorted(range(len(runs)), key=lambda number: (runs[number][2], number))
    expected = [[f"r{number}" for number in newest_first if naive(runs[number], line)] for line in lines]
    assert asyncio.run(found(runs, lines, limit)) == expected


@given(st.lists(st.lists(st.sampled_from(PhaseState), min_size=4, max_size=4), min_size=1, max_size=8))
@settings(max_examples=20)
def test_a_run_is_counted_as_its_nodes_are(states: list[list[PhaseState]]) -> None:
    nodes = [node(f"mi-{place}", f"n-{place}", of_node) for place, of_node in enumerate(states)]

    async def kept() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with Archive(Path(folder) / "archive.db") as archive:
                await keep(archive, a_run(), *nodes)
                view = await archive.open("run-1")
                assert tuple(view.nodes) == tuple(nodes)
                assert view.counts == summaries.count(nodes, PIPELINE)

    asyncio.run(kept())
