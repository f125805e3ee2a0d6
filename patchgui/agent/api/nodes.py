"""DescribeInstanceInformation and DescribeInstanceProperties: the nodes, and the filters that choose among them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.context import AgentContext
from patchgui.agent.nodes import NodeRegistry, RegisteredNode
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    DescribeInstanceInformationResult,
    DescribeInstancePropertiesRequest,
    DescribeInstancePropertiesResult,
    InstanceInformation,
    InstanceProperty,
    InstancePropertyFilterOperator,
    PingStatus,
    PlatformType,
    ResourceType,
    SourceType,
)

_DEFAULT_PAGE = 10
"""Nodes on a page when the caller does not say (API reference)."""

# What a node answers to each filter key; None where no node here has such a property.
_PROPERTIES: dict[str, Callable[[RegisteredNode], str | None]] = {
    "ActivationIds": lambda _: None,
    "AgentVersion": lambda record: record.agent_version,
    "AssociationStatus": lambda _: None,
    "IamRole": lambda _: None,
    "InstanceIds": lambda record: record.instance_id,
    "PingStatus": lambda record: record.ping_status.value,
    "PlatformTypes": lambda record: record.node.platform_type,
    "ResourceType": lambda _: ResourceType.MANAGED_INSTANCE.value,
    "SourceIds": lambda record: record.instance_id,
    "SourceTypes": lambda _: SourceType.MANAGED_INSTANCE.value,
}
_CLOSED = {
    "PingStatus": frozenset(status.value for status in PingStatus),
    "PlatformTypes": frozenset(platform.value for platform in PlatformType),
    "ResourceType": frozenset(kind.value for kind in ResourceType),
}


async def describe_nodes(
    context: AgentContext, request: DescribeInstanceInformationRequest
) -> DescribeInstanceInformationResult:
    """Return a page of the nodes that every filter lets through."""
    filters = [(each.key.value, each.value_set) for each in request.instance_information_filter_list or ()]
    filters += [(each.key, each.values) for each in request.filters or ()]
    chosen: Iterable[RegisteredNode] = context.nodes
    for key, values in filters:
        fits = condition(context.nodes, key, values)
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
    if request.instance_property_filter_list and request.filters_with_operator:
        raise Refusal("ValidationException", "Give InstancePropertyFilterList or FiltersWithOperator, not both.")
    equal = InstancePropertyFilterOperator.EQUAL
    filters = [(each.key.value, each.value_set, equal) for each in request.instance_property_filter_list or ()]
    filters += [(each.key, each.values, each.operator or equal) for each in request.filters_with_operator or ()]
    chosen: Iterable[RegisteredNode] = context.nodes
    for key, values, operator in filters:
        fits = _compared(context.nodes, key, values, operator)
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


def _compared(
    nodes: NodeRegistry, key: str, values: Sequence[str], operator: InstancePropertyFilterOperator
) -> Callable[[RegisteredNode], bool]:
    """Return the test that one filter of DescribeInstanceProperties makes.

    Raises:
        Refusal: InvalidFilterKey, InvalidInstancePropertyFilterValue.
    """
    if operator in {InstancePropertyFilterOperator.EQUAL, InstancePropertyFilterOperator.NOT_EQUAL}:
        try:
            equals = condition(nodes, key, values)
        except Refusal as refusal:
            # The newer call has a name of its own for the same mistake.
            code = refusal.code.replace("InstanceInformationFilter", "InstancePropertyFilter")
            raise Refusal(code, refusal.message) from refusal
        return equals if operator is InstancePropertyFilterOperator.EQUAL else lambda record: not equals(record)
    property_of = _PROPERTIES.get(key)
    if property_of is None:
        raise Refusal("InvalidFilterKey", f"The filter key {key} can't be compared by {operator}.")
    if operator is InstancePropertyFilterOperator.BEGIN_WITH:
        return lambda record: (property_of(record) or "").startswith(tuple(values))
    bounds = [_comparable(value) for value in values]
    if operator is InstancePropertyFilterOperator.LESS_THAN:
        return lambda record: any(_comparable(property_of(record) or "") < bound for bound in bounds)
    return lambda record: any(_comparable(property_of(record) or "") > bound for bound in bounds)


def _comparable(value: str) -> tuple[list[int], str]:
    """Return what orders versions by their numbers, and other values by their letters."""
    parts = value.split(".")
    return ([int(part) for part in parts], "") if all(part.isdecimal() for part in parts) else ([], value)


def condition(nodes: NodeRegistry, key: str, values: Sequence[str]) -> Callable[[RegisteredNode], bool]:
    """Return the test that one filter makes: any of its values fits.

    Raises:
        Refusal: InvalidFilterKey, InvalidInstanceInformationFilterValue.
    """
    wanted = set(values)
    if key.startswith("tag:"):
        tag = key.removeprefix("tag:")
        return lambda record: nodes.tags_of(record.instance_id).get(tag) in wanted
    if key == "tag-key":
        return lambda record: not wanted.isdisjoint(nodes.tags_of(record.instance_id))
    if key not in _PROPERTIES:
        raise Refusal("InvalidFilterKey", f"The specified filter key {key} isn't valid.")
    unknown = sorted(wanted - _CLOSED.get(key, wanted))
    if unknown:
        allowed = ", ".join(sorted(_CLOSED[key]))
        raise Refusal(
            "InvalidInstanceInformationFilterValue",
            f"The value {unknown[0]} isn't valid for the filter {key}; valid values: {allowed}.",
        )
    property_of = _PROPERTIES[key]
    return lambda record: property_of(record) in wanted


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
