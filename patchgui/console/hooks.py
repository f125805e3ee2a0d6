"""Gathers what a forecast needs: the picked nodes as they are now, and the chosen documents."""

from patchgui.console.documents import fetch_document
from patchgui.console.nodes import describe, node_row, patch_states
from patchgui.console.rows import DocumentDetail
from patchgui.console.together import together
from patchgui.patching.forecast import Forecast, foretell
from patchgui.patching.plan import PatchPlan
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import InvalidInput, NotFound
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    InstanceInformation,
    InstanceInformationStringFilter,
)


async def forecast_plan(client: SsmClient, plan: PatchPlan) -> Forecast:
    """Return what the plan will do, asked of the endpoint now. Changes nothing."""
    infos = await _picked(client, plan)
    chosen = plan.hooks.chosen()
    found = await together(_hook(client, reference) for _, reference in chosen)
    states = await patch_states(client, list(infos))
    rows = [node_row(info, states.get(instance_id)) for instance_id, info in infos.items()]
    unknown = [instance_id for instance_id in plan.instance_ids if instance_id not in infos]
    documents = {phase: document for (phase, _), document in zip(chosen, found, strict=True)}
    return foretell(plan, rows, documents, unknown)


async def _picked(client: SsmClient, plan: PatchPlan) -> dict[str, InstanceInformation]:
    if plan.instance_ids:
        found = await describe(client, plan.instance_ids)
        return {each: found[each] for each in plan.instance_ids if each in found}
    return await matching(client, plan.targets)


async def matching(
    client: SsmClient, targets: tuple[tuple[str, tuple[str, ...]], ...]
) -> dict[str, InstanceInformation]:
    """Return the nodes that targets stand for now, by id: keys are ANDed, the values of one key ORed."""
    wanted = tuple(InstanceInformationStringFilter(key=key, values=values) for key, values in targets)
    request = DescribeInstanceInformationRequest(filters=wanted)
    found: dict[str, InstanceInformation] = {}
    async for page in client.pages(client.describe_instance_information, request):
        found.update({info.instance_id: info for info in page.instance_information_list})
    return found


async def _hook(client: SsmClient, reference: str) -> DocumentDetail | None:
    try:
        return await fetch_document(client, reference)
    except (NotFound, InvalidInput):
        # InvalidDocument and InvalidDocumentVersion: the version is not there, or the name is no name.
        return None
