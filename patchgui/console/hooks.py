"""Gathers what a forecast needs: the picked nodes as they are now, and the chosen documents."""

from collections.abc import Mapping

from patchgui.console.documents import fetch_document
from patchgui.console.node_details import NodeDetails
from patchgui.console.nodes import describe, node_row
from patchgui.console.rows import DocumentDetail, NodeRow
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

Targets = tuple[tuple[str, tuple[str, ...]], ...]
"""Keys with their values, as ``tag:Role`` with ``web``."""
_GROUP_KEY = "resource-groups:Name"
_ASKED_AT_MOST = 50
"""So many nodes are asked about anew for each forecast; more are taken as the list of nodes last told of them."""


async def forecast_plan(client: SsmClient, plan: PatchPlan, known: Mapping[str, NodeRow]) -> Forecast:
    """Return what the plan will do. Changes nothing.

    ``known`` are the nodes as they were last read: asking about each of a thousand nodes anew would take a minute.
    """
    chosen = plan.chosen_documents()
    found = await together(_hook(client, reference) for _, reference in chosen)
    rows = await _picked(client, plan, known)
    unknown = [instance_id for instance_id in plan.instance_ids if instance_id not in rows]
    documents = {phase: document for (phase, _), document in zip(chosen, found, strict=True)}
    return foretell(plan, list(rows.values()), documents, unknown)


async def _picked(client: SsmClient, plan: PatchPlan, known: Mapping[str, NodeRow]) -> dict[str, NodeRow]:
    if plan.targets:
        infos = await matching(client, plan.targets)
        if len(infos) > _ASKED_AT_MOST and infos.keys() <= known.keys():
            return {instance_id: known[instance_id] for instance_id in infos}
    else:
        ids = plan.instance_ids
        rows = {each: known[each] for each in ids if each in known} if len(ids) > _ASKED_AT_MOST else {}
        if len(rows) == len(ids):
            return rows
        infos = await describe(client, ids)
    details = NodeDetails(client)
    states, known_scans = await details.states(list(infos)), details.states_are_known
    told = {each: node_row(info, states.get(each), is_scan_known=known_scans) for each, info in infos.items()}
    return {each: told[each] for each in plan.instance_ids or infos if each in told}


async def matching(client: SsmClient, targets: Targets) -> dict[str, InstanceInformation]:
    """Return the nodes that targets stand for now, by id: keys are ANDed, the values of one key ORed."""
    groups = [name for key, values in targets if key == _GROUP_KEY for name in values]
    if groups:
        ids = [each for name in groups for each in await client.resource_groups.instance_ids(name)]
        return await describe(client, list(dict.fromkeys(ids)))
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
