"""What nodes reported of their patches."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.api.patches import PATCH_FILTERS, kept
from patchgui.agent.baselines import default_baseline, operating_system_of
from patchgui.agent.refusal import Refusal
from patchgui.simulator.ledger import PatchStanding
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.population import SyntheticNode
from patchgui.simulator.words import patch_titles
from patchgui.ssm.shapes import (
    DescribeInstancePatchesRequest,
    DescribeInstancePatchesResult,
    DescribeInstancePatchStatesRequest,
    DescribeInstancePatchStatesResult,
    InstancePatchState,
    PatchComplianceData,
    PatchComplianceDataState,
    PatchOperationType,
)

_GROUP_TAGS = ("PatchGroup", "Patch Group")
_NEVER = datetime.fromtimestamp(0, UTC)


async def patch_states(
    parts: FleetParts, request: DescribeInstancePatchStatesRequest
) -> DescribeInstancePatchStatesResult:
    """Return the summaries of the nodes that have reported; the others are not in the answer."""
    parts.fleet.catch_up()
    indices = [parts.fleet.population.get(each) for each in dict.fromkeys(request.instance_ids)]
    states = [state for index in indices if index is not None and (state := _state(parts, index)) is not None]
    shown, token = page(states, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeInstancePatchStatesResult.model_construct(instance_patch_states=tuple(shown), next_token=token)


async def node_patches(parts: FleetParts, request: DescribeInstancePatchesRequest) -> DescribeInstancePatchesResult:
    """Return a page of one node's patches."""
    parts.fleet.catch_up()
    index = parts.fleet.population.get(request.instance_id)
    if index is None:
        raise Refusal("InvalidInstanceId", f"There is no managed node {request.instance_id}.")
    patches: Sequence[PatchComplianceData] = _patches(parts, index)
    for each in request.filters or ():
        patches = kept(patches, each, PATCH_FILTERS)
    shown, token = page(patches, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeInstancePatchesResult(patches=tuple(shown), next_token=token)


def _state(parts: FleetParts, index: int) -> InstancePatchState | None:
    standing = parts.fleet.ledger.standing(index)
    if standing is None:
        return None
    node = parts.fleet.population.node(index)
    tags = parts.selections.tags_of(node.instance_id)
    system = operating_system_of(node.platform_name)
    return InstancePatchState.model_construct(
        instance_id=node.instance_id,
        patch_group=next((tags[key] for key in _GROUP_TAGS if tags.get(key)), ""),
        baseline_id=default_baseline(system, parts.settings.region).baseline_id,
        snapshot_id=standing.snapshot_id or None,
        operation=PatchOperationType(standing.operation),
        operation_start_time=_moment(parts, standing.began_at),
        operation_end_time=_moment(parts, standing.ended_at),
        **_counts(standing),
    )


def _counts(standing: PatchStanding) -> dict[str, Any]:
    patches = standing.patches
    return {
        "installed_count": standing.installed,
        "installed_pending_reboot_count": patches.pending,
        "installed_rejected_count": 0,
        "missing_count": patches.missing,
        "failed_count": patches.failed,
        "critical_non_compliant_count": 0,
        "security_non_compliant_count": standing.security,
        "other_non_compliant_count": patches.missing - standing.security,
    }


def _patches(parts: FleetParts, index: int) -> list[PatchComplianceData]:
    standing = parts.fleet.ledger.standing(index)
    if standing is None:
        return []
    node, patches = parts.fleet.population.node(index), standing.patches
    count = patches.missing + patches.failed + patches.pending + standing.installed
    found = [
        _patch(node, title, version, at, standing, _moment(parts, standing.ended_at))
        for at, (title, version) in enumerate(patch_titles(node, count))
    ]
    return sorted(found, key=lambda patch: patch.title)


def _patch(
    node: SyntheticNode, title: str, version: str, at: int, standing: PatchStanding, moment: datetime
) -> PatchComplianceData:
    patches = standing.patches
    if at < patches.missing:
        state, installed_at = "Missing", _NEVER
    elif at < patches.missing + patches.failed:
        state, installed_at = "Failed", _NEVER
    elif at < patches.missing + patches.failed + patches.pending:
        state, installed_at = "InstalledPendingReboot", moment
    else:
        state, installed_at = "Installed", moment
    is_security = at < standing.security or at % 3 == 0
    return PatchComplianceData(
        title=title,
        kb_id=version if node.platform_type == "Windows" else f"{title}:{version}",
        classification="SecurityUpdates" if is_security else "Updates",
        severity=("Critical", "Important", "Moderate")[at % 3],
        # The service answers "Missing", though its model writes MISSING.
        state=PatchComplianceDataState(state),
        installed_time=installed_at,
    )


def _moment(parts: FleetParts, fleet_at: float) -> datetime:
    return datetime.fromtimestamp(parts.fleet.clock.shown(fleet_at), UTC)


OPERATIONS: Mapping[str, Operation[FleetParts]] = {
    "DescribeInstancePatchStates": Operation(DescribeInstancePatchStatesRequest, patch_states),
    "DescribeInstancePatches": Operation(DescribeInstancePatchesRequest, node_patches),
}
