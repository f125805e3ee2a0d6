"""The JSON of runs: one form for ``--json``, exports and the archive's list. ``docs/json.md`` describes each member.

Members are only ever added; one that is taken away or changes its meaning makes another ``schema``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from patchgui.console.archive.entries import ArchivedRun, PatchCounts, PatchStateChange
from patchgui.console.report.contents import RunReport
from patchgui.console.rows import RunSummary, StepOutput
from patchgui.patching.failures import FailureGroup
from patchgui.patching.progress import NodeProgress, PhaseProgress

RUN_SCHEMA = "patchgui.run/1"
LIST_SCHEMA = "patchgui.runs/1"


def run_members(
    summary: RunSummary, nodes: Iterable[NodeProgress], status: str, headline: str, ended_at: datetime | None
) -> dict[str, Any]:
    """Return a run with its nodes, phases and steps."""
    return {
        "schema": RUN_SCHEMA,
        "run_id": summary.run_id,
        "status": status,
        "headline": headline,
        "document": summary.document,
        "operation": summary.operation,
        "reboot": summary.reboot,
        "hooks": {phase.value: document for phase, document in summary.hooks},
        "command_ids": list(summary.command_ids),
        "started_at": iso(summary.started_at),
        "ended_at": iso(ended_at),
        "nodes": [_node(node) for node in sorted(nodes, key=lambda node: (node.name, node.instance_id))],
    }


def report_members(report: RunReport) -> dict[str, Any]:
    """Return a run with everything that is known of it."""
    run = report.run
    told = run_members(run.summary, report.view.nodes, run.summary.status, run.headline, run.summary.ended_at)
    return {
        **told,
        "origin": origin_members(run),
        "comment": run.comment,
        "retry_of": run.retry_of,
        "failed_phase": run.failed_phase.value if run.failed_phase else None,
        "failed_count": run.failed_count,
        "is_whole": run.is_whole,
        "counts": _counts(report),
        "failures": [_failure(group) for group in report.failures],
        "patch_states": [_change(change) for change in report.patch_states],
        "outputs": [_output(*key, output) for key, output in sorted(report.outputs.items())],
        "outputs_left_out": report.left_out,
        "made_at": iso(report.made_at),
    }


def summary_members(run: RunSummary) -> dict[str, Any]:
    """Return a run as a list tells it."""
    return {
        "run_id": run.run_id,
        "title": run.title,
        "document": run.document,
        "operation": run.operation,
        "reboot": run.reboot,
        "status": run.status,
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "node_count": run.node_count,
        "completed_count": run.completed_count,
        "error_count": run.error_count,
        "hooks": {phase.value: document for phase, document in run.hooks},
        "command_ids": list(run.command_ids),
        "is_ours": run.is_ours,
    }


def archived_members(run: ArchivedRun) -> dict[str, Any]:
    """Return a run as the archive's list tells it."""
    return {
        **summary_members(run.summary),
        "origin": origin_members(run),
        "comment": run.comment,
        "headline": run.headline,
        "failed_phase": run.failed_phase.value if run.failed_phase else None,
        "failed_count": run.failed_count,
        "retry_of": run.retry_of,
        "is_whole": run.is_whole,
        "found": _hit(run),
    }


def origin_members(run: ArchivedRun) -> dict[str, Any]:
    """Return who started a run, from where."""
    origin = run.origin
    return {
        "connection_id": origin.connection.id,
        "connection": origin.connection.label,
        "region": origin.connection.region,
        "account": origin.account,
        "started_by": origin.started_by,
        "host": origin.host,
        "os_user": origin.os_user,
        "launched": origin.launched.value,
    }


def iso(moment: datetime | None) -> str | None:
    """Return a moment as JSON has it: ISO 8601 with its zone, to the millisecond."""
    return moment.isoformat(timespec="milliseconds") if moment else None


def _hit(run: ArchivedRun) -> dict[str, Any] | None:
    hit = run.hit
    if hit is None:
        return None
    return {"instance_id": hit.instance_id, "node": hit.node, "step": hit.step, "snippet": hit.snippet}


def _node(node: NodeProgress) -> dict[str, Any]:
    return {
        "instance_id": node.instance_id,
        "name": node.name,
        "status": node.status,
        "status_details": node.status_details,
        "headline": node.headline,
        "phases": [_phase(phase) for phase in node.phases],
    }


def _phase(phase: PhaseProgress) -> dict[str, Any]:
    return {
        "phase": phase.phase.value,
        "state": phase.state.value,
        "reason": phase.reason,
        "exit_code": phase.exit_code,
        "document": phase.document,
        "started_at": iso(phase.started_at),
        "ended_at": iso(phase.ended_at),
        "steps": [
            {
                "name": step.name,
                "state": step.status.value,
                "exit_code": step.exit_code,
                "started_at": iso(step.started_at),
                "ended_at": iso(step.ended_at),
                "skipped_reason": step.skipped_reason,
            }
            for step in phase.steps
        ],
    }


def _counts(report: RunReport) -> Mapping[str, int]:
    counts = report.view.counts
    return {
        "total": counts.total,
        "success": counts.success,
        "failed": counts.failed,
        "timed_out": counts.timed_out,
        "cancelled": counts.cancelled,
    }


def _failure(group: FailureGroup) -> dict[str, Any]:
    cause = group.cause
    return {
        "phase": group.key.phase.value if group.key.phase else None,
        "step": group.key.step,
        "state": group.key.state.value,
        "line": group.line,
        "cause": {"title": cause.title, "why": cause.why, "next": cause.next} if cause else None,
        "instance_ids": list(group.instance_ids),
    }


def _change(change: PatchStateChange) -> dict[str, Any]:
    return {
        "instance_id": change.instance_id,
        "baseline_id": change.baseline_id,
        "snapshot_id": change.snapshot_id,
        "before": _patches(change.before),
        "after": _patches(change.after),
    }


def _patches(counts: PatchCounts | None) -> dict[str, Any] | None:
    if counts is None:
        return None
    return {
        "missing": counts.missing,
        "security_missing": counts.security_missing,
        "installed": counts.installed,
        "installed_pending_reboot": counts.installed_pending_reboot,
        "failed": counts.failed,
        "at": iso(counts.at),
    }


def _output(instance_id: str, step: str, output: StepOutput) -> dict[str, Any]:
    return {
        "instance_id": instance_id,
        "step": step,
        "stdout": output.stdout,
        "stderr": output.stderr,
        "is_cut": output.is_cut,
        "note": output.note,
    }
