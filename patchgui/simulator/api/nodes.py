"""Managed nodes, by the older call (50 on a page) and the newer one (1,000)."""

from collections.abc import Mapping
from typing import Any

from patchgui.agent.api.node_filters import compared, condition, property_filters
from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.simulator.answer import Written, text_of, written_page
from patchgui.simulator.dice import Dice
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.population import LATEST_AGENT, SyntheticNode
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    DescribeInstancePropertiesRequest,
    InstancePropertyFilterOperator,
    SourceType,
)

_DEFAULT_PAGE = 10
"""Nodes on a page when the caller does not say (API reference)."""
_DAY_S = 86400.0
_OLDER, _NEWER = 0, 1
_PURPOSE = 7
_TYPES = ((0.4, "t3.medium"), (0.3, "m5.large"), (0.2, "c6i.xlarge"), (0.1, "r6g.2xlarge"))


async def describe_nodes(parts: FleetParts, request: DescribeInstanceInformationRequest) -> Written:
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
    return written_page("InstanceInformationList", (_information(parts, index, now) for index in indices), token)


async def describe_properties(parts: FleetParts, request: DescribeInstancePropertiesRequest) -> Written:
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
    return written_page("InstanceProperties", (_properties(parts, index, now) for index in indices), token)


def _information(parts: FleetParts, index: int, now: float) -> str:
    node = parts.fleet.population.node(index)
    written = parts.node_texts.get((index, _OLDER))
    if written is None:
        members: dict[str, Any] = {"IsLatestVersion": node.agent_version == LATEST_AGENT}
        if node.is_hybrid:
            members |= {"Name": node.name, "RegistrationDate": joined_at(parts, index)}
        written = parts.node_texts.put((index, _OLDER), text_of(_common(node) | members))
    return f"{_heard(parts, node, now)}{written[1:]}"


def _properties(parts: FleetParts, index: int, now: float) -> str:
    node = parts.fleet.population.node(index)
    written = parts.node_texts.get((index, _NEWER))
    if written is None:
        joined, instance_type = joined_at(parts, index), instance_type_of(parts.settings.seed, index)
        members = {"RegistrationDate": joined} if node.is_hybrid else _instance(parts, node, instance_type, joined)
        written = parts.node_texts.put((index, _NEWER), text_of(_common(node) | {"Name": node.name} | members))
    return f"{_heard(parts, node, now)}{written[1:]}"


def _instance(parts: FleetParts, node: SyntheticNode, instance_type: str, launched_at: float) -> dict[str, Any]:
    return {
        "InstanceType": instance_type,
        "InstanceState": "running",
        "Architecture": "arm64" if "g." in instance_type else "x86_64",
        "LaunchTime": launched_at,
        "AvailabilityZone": zone_of(parts.settings.region, node.index),
    }


def _heard(parts: FleetParts, node: SyntheticNode, now: float) -> str:
    """Return the beginning of a node's text: what changes from one look to the next."""
    heard = parts.fleet.heard(node, now)
    return f'{{"PingStatus":"{heard.ping}","LastPingDateTime":{parts.fleet.clock.shown(heard.at):.3f},'


def _common(node: SyntheticNode) -> dict[str, Any]:
    """Return what both calls tell of a node, and what never changes."""
    return {
        "InstanceId": node.instance_id,
        "AgentVersion": node.agent_version,
        "PlatformType": node.platform_type,
        "PlatformName": node.platform_name,
        "PlatformVersion": node.platform_version,
        "ResourceType": node.resource_type,
        "IPAddress": node.ip_address,
        "ComputerName": node.computer_name,
        "SourceId": node.instance_id,
        "SourceType": SourceType.MANAGED_INSTANCE if node.is_hybrid else SourceType.EC2_INSTANCE,
    }


def joined_at(parts: FleetParts, index: int) -> float:
    """Return when a node was launched or registered, in epoch seconds."""
    return parts.fleet.began_at - (1 + index * 37 % 700) * _DAY_S


def instance_type_of(seed: int, index: int) -> str:
    """Return the type of an instance, such as ``m5.large``."""
    return Dice(seed, index, _PURPOSE).pick(_TYPES)


def zone_of(region: str, index: int) -> str:
    """Return the availability zone of an instance."""
    return f"{region}{'abc'[index % 3]}"


OPERATIONS: Mapping[str, Operation[FleetParts]] = {
    "DescribeInstanceInformation": Operation(DescribeInstanceInformationRequest, describe_nodes),
    "DescribeInstanceProperties": Operation(DescribeInstancePropertiesRequest, describe_properties),
}
