"""Baselines and what nodes reported of their patches."""

from collections.abc import Callable, Mapping, Sequence

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import Item, page
from patchgui.agent.baselines import all_baselines, default_baseline, find_baseline, identity_of
from patchgui.agent.context import AgentContext, Named
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    DescribeInstancePatchesRequest,
    DescribeInstancePatchesResult,
    DescribeInstancePatchStatesRequest,
    DescribeInstancePatchStatesResult,
    DescribePatchBaselinesRequest,
    DescribePatchBaselinesResult,
    GetDefaultPatchBaselineRequest,
    GetDefaultPatchBaselineResult,
    GetPatchBaselineRequest,
    GetPatchBaselineResult,
    OperatingSystem,
    PatchBaselineIdentity,
    PatchComplianceData,
    PatchOrchestratorFilter,
)

_Test = Callable[[Item, str], bool]

PATCH_FILTERS: Mapping[str, _Test[PatchComplianceData]] = {
    "Classification": lambda patch, value: patch.classification == value,
    "KBId": lambda patch, value: patch.kb_id == value,
    "Severity": lambda patch, value: patch.severity == value,
    # Callers write a state as the service answers it or as its model spells it.
    "State": lambda patch, value: patch.state.value.lower() == value.replace("_", "").lower(),
}
_BASELINE_FILTERS: Mapping[str, _Test[PatchBaselineIdentity]] = {
    "NAME_PREFIX": lambda baseline, value: baseline.baseline_name.startswith(value),
    "OPERATING_SYSTEM": lambda baseline, value: baseline.operating_system == value,
    "OWNER": lambda _, value: value in {"AWS", "All"},
}


async def default_of(context: Named, request: GetDefaultPatchBaselineRequest) -> GetDefaultPatchBaselineResult:
    """Return the default baseline of an operating system, Windows unless one is named."""
    system = request.operating_system or OperatingSystem.WINDOWS
    baseline = default_baseline(system, context.settings.region)
    return GetDefaultPatchBaselineResult(baseline_id=baseline.baseline_id, operating_system=system)


async def get_baseline(context: Named, request: GetPatchBaselineRequest) -> GetPatchBaselineResult:
    """Return one baseline whole, with the patch groups of the nodes that it serves."""
    baseline = find_baseline(request.baseline_id, context.settings.region)
    if baseline is None:
        if not request.baseline_id.rpartition("/")[2].startswith("pb-"):
            raise Refusal("InvalidResourceId", f"{request.baseline_id} is no id of a patch baseline.")
        raise Refusal("DoesNotExistException", f"Maintenance window or baseline {request.baseline_id} does not exist.")
    return baseline


async def list_baselines(context: Named, request: DescribePatchBaselinesRequest) -> DescribePatchBaselinesResult:
    """Return a page of baselines."""
    identities = [identity_of(baseline) for baseline in all_baselines(context.settings.region)]
    for each in request.filters or ():
        identities = kept(identities, each, _BASELINE_FILTERS)
    shown, next_token = page(
        identities, request, max_results=request.max_results, next_token=request.next_token, default=100
    )
    return DescribePatchBaselinesResult(baseline_identities=tuple(shown), next_token=next_token)


async def patch_states(
    context: AgentContext, request: DescribeInstancePatchStatesRequest
) -> DescribeInstancePatchStatesResult:
    """Return the summaries of the nodes that have reported; the others are not in the answer."""
    states = [context.patches.state(instance_id) for instance_id in dict.fromkeys(request.instance_ids)]
    known = [state for state in states if state is not None]
    shown, next_token = page(known, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeInstancePatchStatesResult(instance_patch_states=tuple(shown), next_token=next_token)


async def node_patches(context: AgentContext, request: DescribeInstancePatchesRequest) -> DescribeInstancePatchesResult:
    """Return a page of one node's patches."""
    if request.instance_id not in context.nodes:
        raise Refusal("InvalidInstanceId", f"There is no managed node {request.instance_id}.")
    patches = list(context.patches.patches(request.instance_id))
    for each in request.filters or ():
        patches = kept(patches, each, PATCH_FILTERS)
    shown, next_token = page(patches, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeInstancePatchesResult(patches=tuple(shown), next_token=next_token)


def kept(items: Sequence[Item], condition: PatchOrchestratorFilter, tests: Mapping[str, _Test[Item]]) -> list[Item]:
    """Return the items that any value of a filter fits.

    Raises:
        Refusal: InvalidFilter, when the call has no such filter.
    """
    if condition.key not in tests:
        raise Refusal(
            "InvalidFilter", f"The filter {condition.key} isn't valid; valid filters: {', '.join(sorted(tests))}."
        )
    test = tests[condition.key]
    return [item for item in items if any(test(item, value) for value in condition.values)]


OPERATIONS: Mapping[str, Operation[AgentContext]] = {
    "DescribeInstancePatchStates": Operation(DescribeInstancePatchStatesRequest, patch_states),
    "DescribeInstancePatches": Operation(DescribeInstancePatchesRequest, node_patches),
}
BASELINE_OPERATIONS: Mapping[str, Operation[Named]] = {
    "DescribePatchBaselines": Operation(DescribePatchBaselinesRequest, list_baselines),
    "GetDefaultPatchBaseline": Operation(GetDefaultPatchBaselineRequest, default_of),
    "GetPatchBaseline": Operation(GetPatchBaselineRequest, get_baseline),
}
