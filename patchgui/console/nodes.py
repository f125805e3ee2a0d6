"""Fetches managed nodes as rows: what SSM keeps in three places (nodes, tags, patch states) put together."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from patchgui.console.rows import NodeRow
from patchgui.console.together import together
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import AccessDenied, InvalidInput, NotFound
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    DescribeInstancePatchStatesRequest,
    InstanceInformation,
    InstanceInformationStringFilter,
    InstancePatchState,
    ListTagsForResourceRequest,
)

_TAGS_AT_ONCE = 8
_MAX_TAG_CALLS = 200
"""Tags cost one call per node; a fleet larger than this is shown without them rather than after minutes."""
_IDS_PER_CALL = 50


async def node_rows(client: SsmClient) -> AsyncIterator[tuple[NodeRow, ...]]:
    """Yield all managed nodes page by page, each with tags and patch counts where these may be read."""
    tag_calls_left = _MAX_TAG_CALLS
    request = DescribeInstanceInformationRequest()
    async for page in client.pages(client.describe_instance_information, request):
        infos = page.instance_information_list
        if not infos:
            continue
        joined = [info.instance_id for info in infos if info.instance_id.startswith("mi-")][:tag_calls_left]
        tag_calls_left -= len(joined)
        states = await patch_states(client, [info.instance_id for info in infos])
        tags = await _tags(client, joined)
        yield tuple(node_row(info, states.get(info.instance_id), tags.get(info.instance_id)) for info in infos)


def node_row(
    info: InstanceInformation, state: InstancePatchState | None = None, tags: Mapping[str, str] | None = None
) -> NodeRow:
    """Return one node as a row; ``state`` is what its last scan or install counted."""
    tags = tags or {}
    return NodeRow(
        instance_id=info.instance_id,
        name=node_name(info, tags),
        platform_type=str(info.platform_type or ""),
        platform_name=info.platform_name,
        platform_version=info.platform_version,
        ping=str(info.ping_status),
        last_ping_at=info.last_ping_date_time,
        agent_version=info.agent_version,
        ip_address=info.ip_address or "",
        tags=tags,
        patch_group=(state.patch_group if state else "") or tags.get("PatchGroup") or tags.get("Patch Group") or "",
        missing_count=state.missing_count if state else None,
        security_missing=state.security_non_compliant_count if state else None,
        failed=state.failed_count if state else 0,
        pending_reboot=(state.installed_pending_reboot_count or 0) if state else 0,
        last_scan_at=state.operation_end_time if state else None,
    )


def node_name(info: InstanceInformation, tags: Mapping[str, str] | None = None) -> str:
    """Return the name a person knows a node by: its Name tag, its activation's name, its host name, its id."""
    return (tags or {}).get("Name") or info.name or info.computer_name or info.instance_id


async def describe(client: SsmClient, instance_ids: Sequence[str]) -> dict[str, InstanceInformation]:
    """Return these nodes by id; nodes that SSM does not know (any more) are left out."""
    found: dict[str, InstanceInformation] = {}
    for at in range(0, len(instance_ids), _IDS_PER_CALL):
        wanted = InstanceInformationStringFilter(key="InstanceIds", values=tuple(instance_ids[at : at + _IDS_PER_CALL]))
        request = DescribeInstanceInformationRequest(filters=(wanted,))
        async for page in client.pages(client.describe_instance_information, request):
            found.update({info.instance_id: info for info in page.instance_information_list})
    return found


async def patch_states(client: SsmClient, instance_ids: Sequence[str]) -> dict[str, InstancePatchState]:
    """Return what these nodes' last scans counted, by id; nothing where the operator may not read it."""
    found: dict[str, InstancePatchState] = {}
    try:
        for at in range(0, len(instance_ids), _IDS_PER_CALL):
            request = DescribeInstancePatchStatesRequest(instance_ids=tuple(instance_ids[at : at + _IDS_PER_CALL]))
            async for page in client.pages(client.describe_instance_patch_states, request):
                found.update({state.instance_id: state for state in page.instance_patch_states})
    except AccessDenied:
        return {}
    return found


async def _tags(client: SsmClient, instance_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    gate = asyncio.Semaphore(_TAGS_AT_ONCE)

    async def one(instance_id: str) -> dict[str, str]:
        async with gate:
            try:
                answer = await client.list_tags_for_resource(
                    ListTagsForResourceRequest(resource_type="ManagedInstance", resource_id=instance_id)
                )
            except (AccessDenied, NotFound, InvalidInput):
                return {}
        return {tag.key: tag.value for tag in answer.tag_list}

    answers = await together(one(each) for each in instance_ids)
    return dict(zip(instance_ids, answers, strict=True))
