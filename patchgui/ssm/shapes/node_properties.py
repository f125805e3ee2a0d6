"""Managed nodes by the newer call: 1,000 on a page, with what EC2 knows of an instance."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import ABSENT_IF_EMPTY, KNOWN, Moment, Shape
from patchgui.ssm.shapes.limits import (
    DescribeInstancePropertiesMaxResults,
    InstancePropertyFilterValue,
    InstancePropertyStringFilterKey,
)
from patchgui.ssm.shapes.nodes import InstanceAggregatedAssociationOverview
from patchgui.ssm.shapes.statuses import PingStatus
from patchgui.ssm.shapes.vocabularies import (
    InstancePropertyFilterKey,
    InstancePropertyFilterOperator,
    PlatformType,
    SourceType,
)

_ValueSet = Annotated[tuple[InstancePropertyFilterValue, ...], Field(min_length=1, max_length=40)]


class InstancePropertyFilter(Shape):
    """The older form of node filter; a call takes this form or the other, not both."""

    key: Annotated[InstancePropertyFilterKey, KNOWN] = Field(alias="key")
    value_set: _ValueSet = Field(alias="valueSet")


class InstancePropertyStringFilter(Shape):
    """One condition on nodes: any of the values fits, compared by ``operator`` (``Equal`` unless said)."""

    key: InstancePropertyStringFilterKey
    values: _ValueSet
    operator: Annotated[InstancePropertyFilterOperator, KNOWN] | None = None


class DescribeInstancePropertiesRequest(Shape):
    """Ask for managed nodes, 5 to 1,000 on a page; all conditions must hold."""

    instance_property_filter_list: (
        Annotated[tuple[InstancePropertyFilter, ...], Field(min_length=1, max_length=40)] | None
    ) = None
    filters_with_operator: (
        Annotated[tuple[InstancePropertyStringFilter, ...], Field(min_length=1, max_length=40)] | None
    ) = None
    max_results: DescribeInstancePropertiesMaxResults | None = None
    next_token: str | None = None


class InstanceProperty(Shape):
    """One managed node. ``name`` is the Name tag of an EC2 instance, or what an activation called the node."""

    name: str | None = None
    instance_id: str = ""
    instance_type: str | None = None
    instance_role: str | None = None
    key_name: str | None = None
    instance_state: str | None = None
    architecture: str | None = None
    ip_address: str | None = Field(default=None, alias="IPAddress")
    launch_time: Moment | None = None
    ping_status: PingStatus = PingStatus.INACTIVE
    last_ping_date_time: Moment | None = None
    agent_version: str = ""
    platform_type: Annotated[PlatformType | None, ABSENT_IF_EMPTY] = None
    platform_name: str = ""
    platform_version: str = ""
    activation_id: str | None = None
    iam_role: str | None = None
    registration_date: Moment | None = None
    resource_type: str | None = None
    computer_name: str | None = None
    association_status: str | None = None
    last_association_execution_date: Moment | None = None
    last_successful_association_execution_date: Moment | None = None
    association_overview: InstanceAggregatedAssociationOverview | None = None
    source_id: str | None = None
    source_type: Annotated[SourceType | None, ABSENT_IF_EMPTY] = None
    source_location: str | None = None
    availability_zone: str | None = None


class DescribeInstancePropertiesResult(Shape):
    """One page of managed nodes."""

    instance_properties: tuple[InstanceProperty, ...] = ()
    next_token: str | None = None
