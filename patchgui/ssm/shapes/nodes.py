"""Managed nodes: what they are, whether they answer, and how to find them."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Moment, Shape
from patchgui.ssm.shapes.limits import (
    InstanceInformationFilterValue,
    InstanceInformationStringFilterKey,
    MaxResultsEC2Compatible,
)
from patchgui.ssm.shapes.statuses import PingStatus
from patchgui.ssm.shapes.vocabularies import InstanceInformationFilterKey, PlatformType, ResourceType, SourceType


class InstanceInformationFilter(Shape):
    """The older form of node filter; a call takes this form or the other, not both."""

    key: Annotated[InstanceInformationFilterKey, KNOWN] = Field(alias="key")
    value_set: Annotated[tuple[InstanceInformationFilterValue, ...], Field(min_length=1, max_length=100)] = Field(
        alias="valueSet"
    )


class InstanceInformationStringFilter(Shape):
    """One condition on nodes: ``tag:KEY``, ``tag-key``, ``PingStatus``… and the values of which any fits."""

    key: InstanceInformationStringFilterKey
    values: Annotated[tuple[InstanceInformationFilterValue, ...], Field(min_length=1, max_length=100)]


class DescribeInstanceInformationRequest(Shape):
    """Ask for managed nodes, 5 to 50 on a page; all conditions must hold."""

    instance_information_filter_list: tuple[InstanceInformationFilter, ...] | None = None
    filters: tuple[InstanceInformationStringFilter, ...] | None = None
    max_results: MaxResultsEC2Compatible | None = None
    next_token: str | None = None


class InstanceAggregatedAssociationOverview(Shape):
    """How the node's associations stand, counted by status."""

    detailed_status: str | None = None
    instance_association_status_aggregated_count: dict[str, int] = Field(default_factory=dict)


class InstanceInformation(Shape):
    """One managed node as the service knows it. ``name`` is given to nodes joined by an activation only."""

    instance_id: str = ""
    ping_status: PingStatus = PingStatus.INACTIVE
    last_ping_date_time: Moment | None = None
    agent_version: str = ""
    is_latest_version: bool | None = None
    platform_type: PlatformType | None = None
    platform_name: str = ""
    platform_version: str = ""
    activation_id: str | None = None
    iam_role: str | None = None
    registration_date: Moment | None = None
    resource_type: ResourceType | None = None
    name: str | None = None
    ip_address: str | None = Field(default=None, alias="IPAddress")
    computer_name: str | None = None
    association_status: str | None = None
    last_association_execution_date: Moment | None = None
    last_successful_association_execution_date: Moment | None = None
    association_overview: InstanceAggregatedAssociationOverview | None = None
    source_id: str | None = None
    source_type: SourceType | None = None
    source_location: str | None = None


class DescribeInstanceInformationResult(Shape):
    """One page of managed nodes."""

    instance_information_list: tuple[InstanceInformation, ...] = ()
    next_token: str | None = None
