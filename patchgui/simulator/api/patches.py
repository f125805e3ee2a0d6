"""What nodes reported of their patches."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.api.patches import PATCH_FILTERS, kept
from patchgui.agent.baselines import default_baseline, operating_system_of
from patchgui.agent.refusal import Refusal
from patchgui.simulator.answer import Written, text_of, written_page
from patchgui.simulator.ledger import PatchStanding
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.population import SyntheticNode
from patchgui.simulator.words import patch_titles
from patchgui.ssm.shapes import (
    DescribeInstancePatchesRequest,
    DescribeInstancePatchesResult,
    DescribeInstancePatchStatesRequest,
    PatchComplianceData,
    PatchComplianceDataState,
)

_GROUP_TAGS = ("PatchGroup", "Patch Group")
_NEVER = datetime.fromtimestamp(0, UTC)


async def patch_states(parts: FleetParts, request: DescribeInstancePatchStatesRequest) -> Written:
    """Return the summaries of the nodes that have reported; the others are not in the answer."""
    parts.fleet.catch_up()
    indices = [parts.fleet.population.get(each) for each in dict.fromkeys(request.instance_ids)]
    states = [state for index in indices if index is not None and (state := _state(parts, index)) is not None]
    shown, token = page(states, request, max_results=request.max_results, next_token=request.next_token)
    return written_page("InstancePatchStates", shown, token)


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


def _state(parts: FleetParts, index: int) -> str | None:
    standing = parts.fleet.ledger.standing(index)
    if standing is None:
        return None
    node, patches = parts.fleet.population.node(index), standing.patches
    tags = parts.selections.tags_of(node.instance_id)
    shown = parts.fleet.clock.shown
    return text_of(
        {
            "InstanceId": node.instance_id,
            "PatchGroup": next((tags[key] for key in _GROUP_TAGS if tags.get(key)), ""),
            "BaselineId": _baseline_id(node.platform_name, parts.settings.region),
            "SnapshotId": standing.snapshot_id or None,
            "Operation": standing.operation,
            "OperationStartTime": shown(standing.began_at),
            "OperationEndTime": shown(standing.ended_at),
            "InstalledCount": standing.installed,
            "InstalledOtherCount": 0,
            "InstalledPendingRebootCount": patches.pending,
            "InstalledRejectedCount": 0,
            "MissingCount": patches.missing,
            "FailedCount": patches.failed,
            "NotApplicableCount": 0,
            "CriticalNonCompliantCount": 0,
            "SecurityNonCompliantCount": standing.security,
            "OtherNonCompliantCount": patches.missing - standing.security,
        }
    )


@cache
def _baseline_id(platform_name: str, region: str) -> str:
    return default_baseline(operating_system_of(platform_name), region).baseline_id


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
