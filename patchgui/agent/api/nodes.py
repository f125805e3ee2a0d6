"""DescribeInstanceInformation and DescribeInstanceProperties: the nodes, fifty or a thousand on a page."""

from collections.abc import Iterable, Mapping

from patchgui.agent.api.node_filters import compared, condition, property_filters
from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.context import AgentContext
from patchgui.agent.nodes import RegisteredNode
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    DescribeInstanceInformationResult,
    DescribeInstancePropertiesRequest,
    DescribeInstancePropertiesResult,
    InstanceInformation,
    InstanceProperty,
    PlatformType,
    ResourceType,
    SourceType,
)

_DEFAULT_PAGE = 10
"""Nodes on a page when the caller does not say (API reference)."""


async def describe_nodes(
    context: AgentContext, request: DescribeInstanceInformationRequest
) -> DescribeInstanceInformationResult:
    """Return a page of the nodes that every filter lets through."""
    filters = [(each.key.value, each.value_set) for each in request.instance_information_filter_list or ()]
    filters += [(each.key, each.values) for each in request.filters or ()]
    chosen: Iterable[RegisteredNode] = context.nodes
    for key, values in filters:
        fits = condition(context.nodes.tags_of, key, values)
        chosen = [record for record in chosen if fits(record)]
    records, next_token = page(
        list(chosen),
        request,
        max_results=request.max_results,
        next_token=request.next_token,
        default=_DEFAULT_PAGE,
    )
    return DescribeInstanceInformationResult(
        instance_information_list=tuple(_information(record) for record in records), next_token=next_token
    )


async def describe_properties(
    context: AgentContext, request: DescribeInstancePropertiesRequest
) -> DescribeInstancePropertiesResult:
    """Return a page of the nodes that every filter lets through, up to 1,000."""
    chosen: Iterable[RegisteredNode] = context.nodes
    for key, values, operator in property_filters(request):
        fits = compared(context.nodes.tags_of, key, values, operator)
        chosen = [record for record in chosen if fits(record)]
    records, next_token = page(
        list(chosen),
        request,
        max_results=request.max_results,
        next_token=request.next_token,
        default=_DEFAULT_PAGE,
    )
    return DescribeInstancePropertiesResult(
        instance_properties=tuple(_property(record) for record in records), next_token=next_token
    )


def _information(record: RegisteredNode) -> InstanceInformation:
    node = record.node
    return InstanceInformation(
        instance_id=record.instance_id,
        ping_status=record.ping_status,
        last_ping_date_time=record.last_ping_at,
        agent_version=record.agent_version,
        is_latest_version=True,
        platform_type=PlatformType(node.platform_type),
        platform_name=node.platform_name,
        platform_version=node.platform_version,
        resource_type=ResourceType.MANAGED_INSTANCE,
        registration_date=record.registered_at,
        name=node.name,
        ip_address=node.ip_address,
        computer_name=node.computer_name,
        source_id=record.instance_id,
        source_type=SourceType.MANAGED_INSTANCE,
    )


def _property(record: RegisteredNode) -> InstanceProperty:
    node = record.node
    return InstanceProperty(
        name=node.name,
        instance_id=record.instance_id,
        ip_address=node.ip_address,
        ping_status=record.ping_status,
        last_ping_date_time=record.last_ping_at,
        agent_version=record.agent_version,
        platform_type=PlatformType(node.platform_type),
        platform_name=node.platform_name,
        platform_version=node.platform_version,
        registration_date=record.registered_at,
        resource_type=ResourceType.MANAGED_INSTANCE.value,
        computer_name=node.computer_name,
        source_id=record.instance_id,
        source_type=SourceType.MANAGED_INSTANCE,
    )


OPERATIONS: Mapping[str, Operation[AgentContext]] = {
    "DescribeInstanceInformation": Operation(DescribeInstanceInformationRequest, describe_nodes),
    "DescribeInstanceProperties": Operation(DescribeInstancePropertiesRequest, describe_properties),
}
