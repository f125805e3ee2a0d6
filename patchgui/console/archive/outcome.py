"""What the end of a run means for its entry: counted from its nodes, so that it is the same however it was watched."""

import json
from collections import Counter
from typing import Any

from patchgui.console.archive.entry_code import moment_text
from patchgui.console.archive.nodes_read import ArchivedNodes
from patchgui.console.events import RunEnded
from patchgui.patching.node_state import BAD, node_state
from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.progress import PhaseState

_FAILED = frozenset({PhaseState.FAILED, PhaseState.TIMED_OUT})


def outcome_text(ended: RunEnded, nodes: ArchivedNodes, pipeline: Pipeline) -> tuple[str, str]:
    """Return what an end adds to a run's entry, as it is stored, and the phases that failed, as they are filtered."""
    first: Counter[Phase] = Counter()
    anywhere: set[Phase] = set()
    total = unsuccessful = errors = completed = 0
    for node, weight in nodes.weighed():
        failed = [phase.phase for phase in node.phases if phase.state in _FAILED]
        anywhere.update(failed)
        if failed:
            first[failed[0]] += weight
        total += weight
        completed += weight * node.is_final
        unsuccessful += weight * (node.is_final and node.status != "Success")
        errors += weight * (node.is_final and node_state(node) in BAD)
    told: dict[str, Any] = {
        "status": ended.status,
        "ended_at": moment_text(ended.ended_at),
        "headline": ended.headline,
        "failed_phase": _most_common(first, pipeline),
        "failed_count": unsuccessful,
    }
    if total:
        told |= {"node_count": total, "completed_count": completed, "error_count": errors}
    return json.dumps(told), "".join(f" {phase.value} " for phase in sorted(anywhere))


def _most_common(first: Counter[Phase], pipeline: Pipeline) -> str | None:
    if not first:
        return None
    order = [spec.phase for spec in pipeline.phases]
    most = max(first.values())
    return min(
        (phase for phase, count in first.items() if count == most),
        key=lambda phase: order.index(phase) if phase in order else len(order),
    ).value
