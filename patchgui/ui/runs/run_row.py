"""One row of the history: the run as it is known best, what was found in it, and the words of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from patchgui.console.rows import RunSummary
from patchgui.ui.run.header import operation_words, status_look
from patchgui.ui.run.spans import clock_text, since, whole_seconds

if TYPE_CHECKING:
    from patchgui.console.archive.entries import ArchivedRun, Hit


class Column(IntEnum):
    """The columns of the history, in the order in which they stand at first."""

    RUN = 0
    CONNECTION = 1
    STATUS = 2
    FAILED_IN = 3
    NODES = 4
    BY = 5
    STARTED = 6
    DURATION = 7
    OPERATION = 8


_WAYS = {"window": "started in the window", "terminal": "started in a terminal"}
TITLES = ("Run", "Connection", "Status", "Failed in", "Nodes", "By", "Started", "Duration", "Operation")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, and what the archive has of it (None: only its connection knows it so far)."""

    run: RunSummary
    archived: "ArchivedRun | None" = None

    @property
    def hit(self) -> "Hit | None":
        """Where in the run the search found something; None where it was found in the run's own words."""
        return self.archived.hit if self.archived is not None else None

    @property
    def key(self) -> str:
        """What tells the run from every other."""
        return self.run.run_id


def is_active(run: RunSummary) -> bool:
    """Return whether a run moves. One that SSM no longer knows has not ended, as far as is known, but moves no more."""
    return not run.is_final and run.status != "Unknown"


def hook_words(run: RunSummary) -> str:
    """Return the documents that a run's hooks run, in the order in which they run."""
    return " → ".join(document for _phase, document in run.hooks)


def by_words(row: RunRow) -> str:
    """Return who started a run, as short as it can be said."""
    origin = row.archived.origin if row.archived is not None else None
    if origin is not None and origin.os_user and origin.connection.kind.is_local:
        # Whoever uses an agent of ours signs with its one pair of keys: that names nobody.
        return origin.os_user
    if origin is not None and origin.started_by:
        return origin.started_by.rpartition("/")[2] or origin.started_by
    if origin is not None and origin.os_user:
        return origin.os_user
    return "This console" if row.run.is_ours else "Elsewhere"


def nodes_words(run: RunSummary) -> str:
    """Return how many nodes a run has, and how they fared."""
    if not run.is_final:
        failed = f" · {run.error_count:,} failed" if run.error_count else ""
        return f"{run.completed_count:,} of {run.node_count:,}{failed}"
    if not run.error_count:
        return f"{run.node_count:,}"
    # What is left of the nodes may have been cancelled or not reached: SSM does not tell how many of them are well.
    return f"{run.error_count:,} of {run.node_count:,} failed"


def cells_of(row: RunRow, now: datetime) -> tuple[str, ...]:
    """Return the words of a row, by column, as of ``now``."""
    run, found = row.run, row.archived
    took = since(run.started_at, run.ended_at, now) if run.is_final and run.ended_at else "–"
    if is_active(run) and run.started_at is not None:
        took = whole_seconds(run.started_at, now)
    failed_in = found.failed_phase.label if found is not None and found.failed_phase is not None else ""
    return (
        run.title,
        run.connection.label if run.connection is not None else "",
        status_look(run.status)[1],
        failed_in,
        nodes_words(run),
        by_words(row),
        clock_text(run.started_at, now),
        took,
        operation_words(run, now) or run.document,
    )


def tooltip_of(row: RunRow, column: int) -> str:
    """Return what a cell tells when it is pointed at; empty for no more than it shows."""
    run = row.run
    if column == Column.RUN:
        hooks = [f"{phase.label}: {document}" for phase, document in run.hooks]
        comment = row.archived.comment if row.archived is not None else ""
        return "\n".join(filter(None, (run.title, run.document, *hooks, comment, *run.command_ids)))
    if column == Column.BY:
        return _who(row)
    if column == Column.STATUS and row.archived is not None and run.status == "Unknown":
        return "It had not ended when it was seen last. Open its connection to see how it goes on."
    if column == Column.STARTED and run.started_at is not None:
        return f"{run.started_at.astimezone():%A, %d %B %Y, %H:%M:%S %Z}"
    return ""


def _who(row: RunRow) -> str:
    origin = row.archived.origin if row.archived is not None else None
    if origin is not None and (origin.started_by or origin.os_user):
        where = "@".join(filter(None, (origin.os_user, origin.host)))
        return "\n".join(filter(None, (origin.started_by, where, _WAYS.get(origin.launched, ""))))
    return "" if row.run.is_ours else "Sent by another console, the AWS CLI or a program; SSM does not say by whom."


def as_tsv(cells: Sequence[Sequence[str]], columns: Sequence[int]) -> str:
    """Return rows as a table for the clipboard, with a line of titles."""
    lines = ["\t".join(TITLES[column] for column in columns)]
    lines += ["\t".join(row[column].replace("\t", " ") for column in columns) for row in cells]
    return "\n".join(lines) + "\n"
