"""Fetches managed nodes as rows: the list first, then what is kept elsewhere (tags, patch states) put to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TypeVar

from patchgui.console.lacks import Lacks
from patchgui.console.node_details import NodeDetails
from patchgui.console.rows import NodeRow
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import AccessDenied, ServiceError
from patchgui.ssm.neighbours.ec2 import IDS_PER_CALL as EC2_IDS_PER_CALL
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    DescribeInstancePropertiesRequest,
    InstanceInformation,
    InstanceInformationStringFilter,
    InstancePatchState,
    InstanceProperty,
)
from patchgui.ssm.throttle import TokenBucket, at_leisure

_Page = TypeVar("_Page")
Node = InstanceInformation | InstanceProperty
_SMALL = 50
"""So many nodes cost one call per kind of detail: they are shown once they are whole."""
_IDS_PER_CALL = 50
_DETAILS_AT_ONCE = 3
_DETAIL_CALLS_PER_S, _DETAIL_BURST = 14.0, 20
"""Less than the client grants itself: a run that is opened meanwhile does not wait behind the details of nodes."""
_ROWS_AT_ONCE = 100
"""Rows that are made in one go: making more would hold the window up."""


async def node_rows(client: SsmClient, lacks: Lacks | None = None) -> AsyncIterator[tuple[NodeRow, ...]]:
    """Yield all managed nodes as they come.

    A large fleet comes twice: first as the list tells of it, so that it is on screen soon, then with tags and patch
    counts. A row takes the place of an earlier one of the same node.
    """
    listed: list[Node] = []
    shown = 0
    async for page in _listed(client):
        listed += page
        while len(listed) > _SMALL and shown < len(listed):
            part = listed[shown : shown + _ROWS_AT_ONCE]
            shown += len(part)
            yield tuple([node_row(node, is_scan_known=False) for node in part])
            await asyncio.sleep(0)
    async for rows in _with_details(NodeDetails(client, lacks), listed):
        yield rows


async def _listed(client: SsmClient) -> AsyncIterator[Sequence[Node]]:
    """Yield the nodes page by page: by the newer call, or by the older one where the newer is not to be had."""
    try:
        async for page in _ahead(
            client.pages(client.describe_instance_properties, DescribeInstancePropertiesRequest())
        ):
            yield page.instance_properties
    except ServiceError as error:
        if not (isinstance(error, AccessDenied) or error.code in _NO_SUCH_CALL):
            raise
    else:
        return
    async for older in client.pages(client.describe_instance_information, DescribeInstanceInformationRequest()):
        yield older.instance_information_list


async def _ahead(pages: AsyncIterator[_Page]) -> AsyncIterator[_Page]:
    """Yield the same pages; each is asked for while the one before is being worked on."""
    coming = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        coming.cancel()


# An endpoint that is not AWS may answer a call that it does not know with a page of its own, which has no code.
_NO_SUCH_CALL = frozenset(
    {"", "UnknownOperationException", "InvalidAction", "NotImplemented", "NotImplementedException"}
)


async def _with_details(details: NodeDetails, nodes: Sequence[Node]) -> AsyncIterator[tuple[NodeRow, ...]]:
    """Yield the nodes again, whole, in the order in which their details come."""
    size = EC2_IDS_PER_CALL if len(nodes) > _SMALL else _SMALL
    parts = [nodes[at : at + size] for at in range(0, len(nodes), size)]
    gate = asyncio.Semaphore(_DETAILS_AT_ONCE)

    async def whole(part: Sequence[Node]) -> tuple[NodeRow, ...]:
        async with gate:
            return await whole_rows(details, part)

    with at_leisure(TokenBucket(_DETAIL_CALLS_PER_S, _DETAIL_BURST)):
        work = [asyncio.ensure_future(whole(part)) for part in parts]
    try:
        for done in asyncio.as_completed(work):
            yield await done
    finally:
        for each in work:
            each.cancel()


async def whole_rows(details: NodeDetails, nodes: Sequence[Node]) -> tuple[NodeRow, ...]:
    """Return nodes as rows with their tags and patch counts, where these may be read."""
    ids = [node.instance_id for node in nodes]
    states = await details.states(ids)
    tags = await details.tags(ids)
    known = details.states_are_known
    return tuple(
        [
            node_row(node, states.get(node.instance_id), tags.get(node.instance_id), is_scan_known=known)
            for node in nodes
        ]
    )


def node_row(
    node: Node,
    state: InstancePatchState | None = None,
    tags: Mapping[str, str] | None = None,
    *,
    is_scan_known: bool = True,
) -> NodeRow:
    """Return one node as a row; ``state`` is what its last scan or install counted."""
    tags = tags or {}
    return NodeRow(
        instance_id=node.instance_id,
        name=node_name(node, tags),
        platform_type=str(node.platform_type or ""),
        platform_name=node.platform_name,
        platform_version=node.platform_version,
        ping=str(node.ping_status),
        last_ping_at=node.last_ping_date_time,
        agent_version=node.agent_version,
        ip_address=node.ip_address or "",
        tags=tags,
        patch_group=(state.patch_group if state else "") or tags.get("PatchGroup") or tags.get("Patch Group") or "",
        missing_count=state.missing_count if state else None,
        security_missing=state.security_non_compliant_count if state else None,
        failed=state.failed_count if state else 0,
        pending_reboot=(state.installed_pending_reboot_count or 0) if state else 0,
        last_scan_at=state.operation_end_time if state else None,
        is_scan_known=is_scan_known,
    )


def node_name(node: Node, tags: Mapping[str, str] | None = None) -> str:
    """Return the name a person knows a node by: its Name tag, its activation's name, its host name, its id."""
    return (tags or {}).get("Name") or node.name or node.computer_name or node.instance_id


async def describe(client: SsmClient, instance_ids: Sequence[str]) -> dict[str, InstanceInformation]:
    """Return these nodes by id; nodes that SSM does not know (any more) are left out."""
    found: dict[str, InstanceInformation] = {}
    for at in range(0, len(instance_ids), _IDS_PER_CALL):
        wanted = InstanceInformationStringFilter(key="InstanceIds", values=tuple(instance_ids[at : at + _IDS_PER_CALL]))
        request = DescribeInstanceInformationRequest(filters=(wanted,))
        async for page in client.pages(client.describe_instance_information, request):
            found.update({info.instance_id: info for info in page.instance_information_list})
    return found
