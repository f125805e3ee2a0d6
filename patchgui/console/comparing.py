"""Two runs of the archive as the domain compares them: what their heads say, and their nodes."""

from collections.abc import Iterable

from patchgui.console.archive.entries import ArchivedRun
from patchgui.console.rows import RunView
from patchgui.patching.comparison import ComparedRun
from patchgui.patching.wording import between


def compared_run(run: ArchivedRun, view: RunView) -> ComparedRun:
    """Return a run ready to be compared; its facts stand in the order of the screen."""
    return ComparedRun(run.summary.title, tuple((name, value) for name, value in _facts(run) if value), view.nodes)


def _facts(run: ArchivedRun) -> Iterable[tuple[str, str]]:
    summary, origin = run.summary, run.origin
    started_at = summary.started_at
    yield "Started", f"{started_at.astimezone():%Y-%m-%d %H:%M:%S}" if started_at else ""
    yield "Took", between(summary.started_at, summary.ended_at)
    yield "Status", summary.status
    yield "Connection", origin.connection.label
    yield "Started by", origin.started_by or origin.os_user
    yield "Document", summary.document
    yield "Operation", summary.operation
    yield "Reboot", summary.reboot
    for phase, document in summary.hooks:
        yield phase.label, document
    yield "Nodes", f"{summary.node_count:,}"
    yield "Did not succeed", f"{run.failed_count:,}"
    yield "Comment", run.comment
