"""Archived runs and those that the open connections know now, as one list."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from patchgui.console.rows import RunSummary
from patchgui.ui.runs.run_row import RunRow

if TYPE_CHECKING:
    from patchgui.console.archive.entries import ArchivedRun, HistoryQuery


def merged(
    found: "Sequence[ArchivedRun]",
    live: Sequence[RunSummary],
    query: "HistoryQuery",
    *,
    is_whole: bool,
    open_ids: Collection[str],
) -> list[RunRow]:
    """Return what was found in the archive, each as its connection knows it now, and what only a connection knows.

    ``found`` is newest first and ends early unless ``is_whole``: what is older than its end comes with the next page.
    ``open_ids`` are the ids of the connections that are open.
    """
    now_of = {run.run_id: run for run in live}
    rows = [RunRow(_newest(entry, now_of, open_ids), entry) for entry in found]
    oldest = found[-1].summary.started_at if found and not is_whole else None
    known = {row.key for row in rows}
    rows += [RunRow(run) for run in _only_live(live, query, oldest) if run.run_id not in known]
    # Those without a moment are about to be sent: they are the newest.
    rows.sort(key=lambda row: row.run.started_at.timestamp() if row.run.started_at else float("inf"), reverse=True)
    return rows


def _newest(entry: "ArchivedRun", now_of: Mapping[str, RunSummary], open_ids: Collection[str]) -> RunSummary:
    """Return a run as it stands now; one that its endpoint has forgotten is as the archive has it."""
    now = now_of.get(entry.summary.run_id)
    if now is None or now.status == "Unknown":
        return as_last_seen(entry) if entry.origin.connection.id not in open_ids else _at_home(entry)
    return replace(now, connection=now.connection or entry.origin.connection)


def as_last_seen(entry: "ArchivedRun") -> RunSummary:
    """Return a run whose connection is closed: how one stands that had not ended then, nobody knows."""
    run = _at_home(entry)
    return run if run.is_final else replace(run, status="Unknown")


def _at_home(entry: "ArchivedRun") -> RunSummary:
    return replace(entry.summary, connection=entry.origin.connection)


def _only_live(live: Sequence[RunSummary], query: "HistoryQuery", oldest: datetime | None) -> Iterator[RunSummary]:
    for run in live:
        is_in_reach = oldest is None or run.started_at is None or run.started_at >= oldest
        if is_in_reach and may_match(run, query):
            yield run


def may_match(run: RunSummary, query: "HistoryQuery") -> bool:
    """Return whether a run that is not archived yet answers a query, by the little that is known of it."""
    if query.operators or query.nodes or query.failed_phases:
        return False
    if query.statuses and run.status not in query.statuses:
        return False
    if query.connection_ids and not _is_any(query.connection_ids, *_names(run)):
        return False
    if query.documents and not _is_any(query.documents, run.document, *(document for _, document in run.hooks)):
        return False
    if run.started_at is not None and not _is_between(run.started_at, query):
        return False
    key = " ".join((run.title, run.document, *(document for _, document in run.hooks), run.operation)).lower()
    return all(word in key for word in query.text.lower().replace('"', "").split())


def _names(run: RunSummary) -> tuple[str, ...]:
    return (run.connection.id, run.connection.label) if run.connection is not None else ()


def _is_any(wanted: Sequence[str], *known: str) -> bool:
    return any(each.lower() in name.lower() for each in wanted for name in known)


def _is_between(moment: datetime, query: "HistoryQuery") -> bool:
    return (query.since is None or moment >= query.since) and (query.until is None or moment <= query.until)
