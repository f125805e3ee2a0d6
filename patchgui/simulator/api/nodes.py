"""Managed nodes, by the older call (50 on a page) and the newer one (1,000)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from patchgui.agent.api.node_filters import compared, condition, property_filters
from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.simulator.dice import Dice
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.population import LATEST_AGENT
from patchgui.simulator.selections import SeenNode
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    DescribeInstanceInformationResult,
    DescribeInstancePropertiesRequest,
    DescribeInstancePropertiesResult,
    InstanceInformation,
    InstanceProperty,
    InstancePropertyFilterOperator,
    ResourceType,
    SourceType,
)

_DEFAULT_PAGE = 10
"""Nodes on a page when the caller does not say (API reference)."""
_DAY_S = 86400.0
_PURPOSE = 7
_TYPES = ((0.4, "t3.medium"), (0.3, "m5.large"), (0.2, "c6i.xlarge"), (0.1, "r6g.2xlarge"))


async def describe_nodes(
    parts: FleetParts, request: DescribeInstanceInformationRequest
) -> DescribeInstanceInformationResult:
    """Return a page of the nodes that every filter lets through."""
    filters = [(each.key.value, each.value_set) for each in request.instance_information_filter_list or ()]
    filters += [(each.key, each.values) for each in request.filters or ()]
    tests = [condition(parts.selections.tags_of, key, values) for key, values in filters]
    ids = next((values for key, values in filters if key == "InstanceIds"), None)
    indices, token = page(
        parts.selections.chosen(repr(filters), tests, ids),
        request,
        max_results=request.max_results,
        next_token=request.next_token,
        default=_DEFAULT_PAGE,
    )
    now = parts.fleet.clock.now()
    found = tuple(_information(parts, index, now) for index in indices)
    return DescribeInstanceInformationResult.model_construct(instance_information_list=found, next_token=token)


async def describe_properties(
    parts: FleetParts, request: DescribeInstancePropertiesRequest
) -> DescribeInstancePropertiesResult:
    """Return a page of the nodes that every filter lets through, with what EC2 knows of them."""
    filters = property_filters(request)
    tests = [compared(parts.selections.tags_of, key, values, operator) for key, values, operator in filters]
    equal = InstancePropertyFilterOperator.EQUAL
    ids = next((values for key, values, operator in filters if key == "InstanceIds" and operator == equal), None)
    indices, token = page(
        parts.selections.chosen(repr(filters), tests, ids),
        request,
        max_results=request.max_results,
        next_token=request.next_token,
        default=_DEFAULT_PAGE,
    )
    now = parts.fleet.clock.now()
    found = tuple(_properties(parts, index, now) for index in indices)
    return DescribeInstancePropertiesResult.model_construct(instance_properties=found, next_token=token)


def _information(parts: FleetParts, index: int, now: float) -> InstanceInformation:
    seen = SeenNode(parts.fleet, parts.fleet.population.node(index), now)
    node, heard = seen.node, seen.heard
    return InstanceInformation.model_construct(
        instance_id=node.instance_id,
        ping_status=heard.ping,
        last_ping_date_time=_moment(parts, heard.at),
        agent_version=node.agent_version,
        is_latest_version=node.agent_version == LATEST_AGENT,
        platform_type=node.platform_type,
        platform_name=node.platform_name,
        platform_version=node.platform_version,
        resource_type=seen.resource_type,
        registration_date=_moment(parts, _registered_at(parts, index)) if node.is_hybrid else None,
        name=node.name if node.is_hybrid else None,
        ip_address=node.ip_address,
        computer_name=node.computer_name,
        source_id=node.instance_id,
        source_type=_source(seen),
    )


def _properties(parts: FleetParts, index: int, now: float) -> InstanceProperty:
    seen = SeenNode(parts.fleet, parts.fleet.population.node(index), now)
    node, heard = seen.node, seen.heard
    joined = _moment(parts, _registered_at(parts, index))
    instance_type = Dice(parts.settings.seed, index, _PURPOSE).pick(_TYPES)
    return InstanceProperty.model_construct(
        name=node.name,
        instance_id=node.instance_id,
        instance_type=None if node.is_hybrid else instance_type,
        instance_state=None if node.is_hybrid else "running",
        architecture=None if node.is_hybrid else "arm64" if "g." in instance_type else "x86_64",
        ip_address=node.ip_address,
        launch_time=None if node.is_hybrid else joined,
        ping_status=heard.ping,
        last_ping_date_time=_moment(parts, heard.at),
        agent_version=node.agent_version,
        platform_type=node.platform_type,
        platform_name=node.platform_name,
        platform_version=node.platform_version,
        registration_date=joined if node.is_hybrid else None,
        resource_type=seen.resource_type,
        computer_name=node.computer_name,
        source_id=node.instance_id,
        source_type=_source(seen),
        availability_zone=None if node.is_hybrid else f"{parts.settings.region}{'abc'[index % 3]}",
    )


def _source(seen: SeenNode) -> SourceType:
    is_hybrid = seen.resource_type is ResourceType.MANAGED_INSTANCE
    return SourceType.MANAGED_INSTANCE if is_hybrid else SourceType.EC2_INSTANCE


def _registered_at(parts: FleetParts, index: int) -> float:
    return parts.fleet.began_at - (1 + index * 37 % 700) * _DAY_S


def _moment(parts: FleetParts, fleet_at: float) -> datetime:
    return datetime.fromtimestamp(parts.fleet.clock.shown(fleet_at), UTC)


OPERATIONS: Mapping[str, Operation[FleetParts]] = {
    "DescribeInstanceInformation": Operation(DescribeInstanceInformationRequest, describe_nodes),
    "DescribeInstanceProperties": Operation(DescribeInstancePropertiesRequest, describe_properties),
}
