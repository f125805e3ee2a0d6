"""How a run's entry lies in the file: plain JSON, read with defaults, so that an older entry can still be read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from patchgui.console.archive.entries import ArchivedRun, Hit, Launched, Origin, PatchCounts
from patchgui.console.connection import Connection, ConnectionColour, ConnectionKind
from patchgui.console.rows import RunSummary
from patchgui.patching.document_steps import StepKind, StepSpec
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline

_SUMMARY = (
    *("run_id", "title", "document", "operation", "reboot", "status"),
    *("node_count", "completed_count", "error_count", "command_ids", "is_ours"),
)
_ORIGIN = ("account", "started_by", "host", "os_user")
_OWN = ("comment", "headline", "failed_count", "retry_of")


def entry_text(run: ArchivedRun) -> str:
    """Return a run's entry as it is stored; connection and wholeness have columns of their own."""
    told: dict[str, Any] = {name: getattr(run.summary, name) for name in _SUMMARY}
    told |= {name: getattr(run.origin, name) for name in _ORIGIN} | {name: getattr(run, name) for name in _OWN}
    told["started_at"], told["ended_at"] = moment_text(run.summary.started_at), moment_text(run.summary.ended_at)
    if run.summary.reboot_at:
        told["reboot_at"] = moment_text(run.summary.reboot_at)
    told["hooks"] = [[phase.value, document] for phase, document in run.summary.hooks]
    told["launched"] = run.origin.launched.value
    told["failed_phase"] = run.failed_phase.value if run.failed_phase else None
    return _text(told)


def entry_of(text: str, ended: str, connection: Connection, *, is_whole: bool, hit: Hit | None = None) -> ArchivedRun:
    """Return the entry that :func:`entry_text` wrote, with what ``end`` added to it."""
    told: dict[str, Any] = json.loads(text)
    if ended:
        told |= json.loads(ended)
    summary = RunSummary(
        started_at=moment(told["started_at"]),
        ended_at=moment(told["ended_at"]),
        reboot_at=moment(told.get("reboot_at")),
        hooks=tuple([(Phase(phase), document) for phase, document in told["hooks"]]),
        connection=connection,
        **{name: told[name] for name in _SUMMARY if name != "command_ids"},
        command_ids=tuple(told["command_ids"]),
    )
    origin = Origin(connection, Launched(told["launched"]), **{name: told[name] for name in _ORIGIN})
    failed_phase = Phase(told["failed_phase"]) if told["failed_phase"] else None
    return ArchivedRun(
        summary, origin, failed_phase=failed_phase, is_whole=is_whole, hit=hit, **{name: told[name] for name in _OWN}
    )


def connection_text(connection: Connection) -> str:
    """Return a connection as it is stored: where it leads and what it is called; no path of this machine."""
    return _text(asdict(replace(connection, credentials_file=None)))


@lru_cache(maxsize=64)
def connection_of(text: str) -> Connection:
    """Return the connection that :func:`connection_text` wrote."""
    told = json.loads(text)
    file = told.pop("credentials_file", None)
    return Connection(
        **{
            **told,
            "kind": ConnectionKind(told["kind"]),
            "colour": ConnectionColour(told["colour"]),
            "credentials_file": Path(file) if file else None,
        }
    )


def pipeline_text(pipeline: Pipeline) -> str:
    """Return a pipeline as it is stored."""
    return _text(asdict(pipeline))


def pipeline_of(text: str) -> Pipeline:
    """Return the pipeline that :func:`pipeline_text` wrote."""
    told = json.loads(text)
    phases = tuple(PhaseSpec(Phase(each["phase"]), tuple(each["steps"]), each["document"]) for each in told["phases"])
    steps = tuple(StepSpec(**{**each, "kind": StepKind(each["kind"])}) for each in told["steps"])
    return Pipeline(phases, told["operation"], told["reboot_option"], steps)


def counts_text(counts: PatchCounts | None) -> str | None:
    """Return patch counts as they are stored."""
    if counts is None:
        return None
    told = {name: value for name, value in asdict(counts).items() if value is not None}
    return _text(told | ({"at": moment_text(counts.at)} if counts.at else {}))


def counts_of(text: str | None) -> PatchCounts | None:
    """Return the counts that :func:`counts_text` wrote."""
    if text is None:
        return None
    told: Mapping[str, Any] = json.loads(text)
    return PatchCounts(**{**told, "at": moment(told.get("at"))})


def moment_text(at: datetime | None) -> str | None:
    """Return a moment as it is stored."""
    return at.isoformat() if at else None


def moment(text: str | None) -> datetime | None:
    """Return the moment that :func:`moment_text` wrote."""
    return datetime.fromisoformat(text) if text else None


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":"))
