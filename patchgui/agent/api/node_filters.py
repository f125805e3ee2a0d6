"""The filters that choose among nodes, for both calls that list them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    DescribeInstancePropertiesRequest,
    InstancePropertyFilterOperator,
    PingStatus,
    PlatformType,
    ResourceType,
    SourceType,
)


class Seen(Protocol):
    """A node as filters see it."""

    @property
    def instance_id(self) -> str:
        """The node's id."""

    @property
    def agent_version(self) -> str:
        """The release of the agent on it."""

    @property
    def ping_status(self) -> PingStatus:
        """Whether the service hears from it."""

    @property
    def platform_type(self) -> str:
        """The kind of its system."""

    @property
    def resource_type(self) -> ResourceType:
        """What it is to the service."""


TagsOf = Callable[[str], Mapping[str, str]]
"""Tells a node's tags by its id."""

# What a node answers to each filter key; None where no node has such a property.
_PROPERTIES: Mapping[str, Callable[[Seen], str | None]] = {
    "ActivationIds": lambda _: None,
    "AgentVersion": lambda record: record.agent_version,
    "AssociationStatus": lambda _: None,
    "IamRole": lambda _: None,
    "InstanceIds": lambda record: record.instance_id,
    "PingStatus": lambda record: record.ping_status.value,
    "PlatformTypes": lambda record: record.platform_type,
    "ResourceType": lambda record: record.resource_type.value,
    "SourceIds": lambda record: record.instance_id,
    "SourceTypes": lambda record: _SOURCES[record.resource_type],
}
_SOURCES: Mapping[str, str] = {
    ResourceType.MANAGED_INSTANCE: SourceType.MANAGED_INSTANCE.value,
    ResourceType.EC2_INSTANCE: SourceType.EC2_INSTANCE.value,
}
_CLOSED = {
    "PingStatus": frozenset(status.value for status in PingStatus),
    "PlatformTypes": frozenset(platform.value for platform in PlatformType),
    "ResourceType": frozenset(kind.value for kind in ResourceType),
}


def property_filters(
    request: DescribeInstancePropertiesRequest,
) -> list[tuple[str, tuple[str, ...], InstancePropertyFilterOperator]]:
    """Return the filters of the newer call, in either form, with what each compares by.

    Raises:
        Refusal: ValidationException.
    """
    if request.instance_property_filter_list and request.filters_with_operator:
        raise Refusal("ValidationException", "Give InstancePropertyFilterList or FiltersWithOperator, not both.")
    equal = InstancePropertyFilterOperator.EQUAL
    filters = [(each.key.value, each.value_set, equal) for each in request.instance_property_filter_list or ()]
    filters += [(each.key, each.values, each.operator or equal) for each in request.filters_with_operator or ()]
    return filters


def compared(
    tags_of: TagsOf, key: str, values: Sequence[str], operator: InstancePropertyFilterOperator
) -> Callable[[Seen], bool]:
    """Return the test that one filter of DescribeInstanceProperties makes.

    Raises:
        Refusal: InvalidFilterKey, InvalidInstancePropertyFilterValue.
    """
    if operator in {InstancePropertyFilterOperator.EQUAL, InstancePropertyFilterOperator.NOT_EQUAL}:
        try:
            equals = condition(tags_of, key, values)
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


def condition(tags_of: TagsOf, key: str, values: Sequence[str]) -> Callable[[Seen], bool]:
    """Return the test that one filter makes: any of its values fits.

    Raises:
        Refusal: InvalidFilterKey, InvalidInstanceInformationFilterValue.
    """
    wanted = set(values)
    if key.startswith("tag:"):
        tag = key.removeprefix("tag:")
        return lambda record: tags_of(record.instance_id).get(tag) in wanted
    if key == "tag-key":
        return lambda record: not wanted.isdisjoint(tags_of(record.instance_id))
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
