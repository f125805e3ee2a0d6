"""Two runs of the archive as the domain compares them: what their heads say, and their nodes."""

import json
from collections.abc import Iterable, Sequence

from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun
from patchgui.console.rows import RunView
from patchgui.patching.comparison import ComparedRun
from patchgui.patching.wording import between


def compared_run(run: ArchivedRun, view: RunView, commands: Sequence[ArchivedCommand] = ()) -> ComparedRun:
    """Return a run ready to be compared; its facts stand in the order of the screen."""
    facts = tuple((name, value) for name, value in _facts(run, commands) if value)
    return ComparedRun(run.summary.title, facts, view.nodes)


def _facts(run: ArchivedRun, commands: Sequence[ArchivedCommand]) -> Iterable[tuple[str, str]]:
    summary, origin = run.summary, run.origin
    started_at = summary.started_at
    yield "Started", f"{started_at.astimezone():%Y-%m-%d %H:%M:%S}" if started_at else ""
    yield "Took", between(summary.started_at, summary.ended_at)
    yield "Status", summary.status
    yield "Connection", origin.connection.label
    yield "Started by", origin.started_by or origin.os_user
    yield "Document", summary.document
    yield "Document version", _told(commands, "DocumentVersion")
    yield "Operation", summary.operation
    yield "Reboot", summary.reboot
    for phase, document in summary.hooks:
        yield phase.label, document
    yield "At a time", _told(commands, "MaxConcurrency")
    yield "Errors allowed", _told(commands, "MaxErrors")
    yield "Nodes", f"{summary.node_count:,}"
    yield "Did not succeed", f"{run.failed_count:,}"
    yield "Comment", run.comment


def _told(commands: Sequence[ArchivedCommand], member: str) -> str:
    """Return what SSM told of the commands; where they differ, each value once, in the order of the commands."""
    values = (json.loads(command.told_json).get(member, "") for command in commands)
    return ", ".join(dict.fromkeys(str(value) for value in values if value))
