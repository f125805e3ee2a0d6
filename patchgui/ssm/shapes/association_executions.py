"""What became of an association: its executions, and the nodes of each."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Moment, Shape
from patchgui.ssm.shapes.commands import AlarmConfiguration, AlarmStateInformation
from patchgui.ssm.shapes.limits import AssociationExecutionId, AssociationFilterValue, AssociationId, MaxResults
from patchgui.ssm.shapes.vocabularies import (
    AssociationExecutionFilterKey,
    AssociationExecutionTargetsFilterKey,
    AssociationFilterOperatorType,
)


class AssociationExecutionFilter(Shape):
    """One condition on executions, such as ``CreatedTime`` ``GREATER_THAN`` a moment."""

    key: Annotated[AssociationExecutionFilterKey, KNOWN]
    value: AssociationFilterValue
    type: Annotated[AssociationFilterOperatorType, KNOWN]


class DescribeAssociationExecutionsRequest(Shape):
    """Ask for the executions of one association, newest first, 1 to 50 on a page."""

    association_id: AssociationId
    filters: Annotated[tuple[AssociationExecutionFilter, ...], Field(min_length=1)] | None = None
    max_results: MaxResults | None = None
    next_token: str | None = None


class AssociationExecution(Shape):
    """One execution; ``resource_count_by_status`` is text, as in ``{Success=2, Failed=1}``."""

    association_id: str = ""
    association_version: str = ""
    execution_id: str = ""
    status: str = ""
    detailed_status: str = ""
    created_time: Moment | None = None
    last_execution_date: Moment | None = None
    resource_count_by_status: str = ""
    alarm_configuration: AlarmConfiguration | None = None
    triggered_alarms: tuple[AlarmStateInformation, ...] | None = None


class DescribeAssociationExecutionsResult(Shape):
    """One page of executions."""

    association_executions: tuple[AssociationExecution, ...] = ()
    next_token: str | None = None


class AssociationExecutionTargetsFilter(Shape):
    """One condition on the nodes of an execution."""

    key: Annotated[AssociationExecutionTargetsFilterKey, KNOWN]
    value: AssociationFilterValue


class DescribeAssociationExecutionTargetsRequest(Shape):
    """Ask for the nodes of one execution, 1 to 50 on a page."""

    association_id: AssociationId
    execution_id: AssociationExecutionId
    filters: Annotated[tuple[AssociationExecutionTargetsFilter, ...], Field(min_length=1)] | None = None
    max_results: MaxResults | None = None
    next_token: str | None = None


class OutputSource(Shape):
    """What ran it: ``output_source_id`` is the id of a command where ``output_source_type`` is ``RunCommand``."""

    output_source_id: str = ""
    output_source_type: str = ""


class AssociationExecutionTarget(Shape):
    """One node of an execution."""

    association_id: str = ""
    association_version: str = ""
    execution_id: str = ""
    resource_id: str = ""
    resource_type: str = ""
    status: str = ""
    detailed_status: str = ""
    last_execution_date: Moment | None = None
    output_source: OutputSource | None = None


class DescribeAssociationExecutionTargetsResult(Shape):
    """One page of the nodes of an execution."""

    association_execution_targets: tuple[AssociationExecutionTarget, ...] = ()
    next_token: str | None = None
