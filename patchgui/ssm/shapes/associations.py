"""Associations of State Manager: a document on nodes at set times, such as a reboot that was put off to the night."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import ABSENT_IF_EMPTY, KNOWN, Moment, Shape
from patchgui.ssm.shapes.commands import AlarmConfiguration, AlarmStateInformation, Target
from patchgui.ssm.shapes.limits import (
    AssociationDispatchAssumeRoleArn,
    AssociationFilterValue,
    AssociationId,
    AssociationName,
    AssociationVersion,
    AutomationTargetParameterName,
    DocumentARN,
    DocumentVersion,
    ExcludeAccount,
    ExecutionRoleName,
    InstanceId,
    MaxConcurrency,
    MaxErrors,
    MaxResults,
    Parameters,
    S3BucketName,
    S3KeyPrefix,
    S3Region,
    ScheduleDurationHours,
    ScheduleExpression,
    ScheduleOffsetDays,
    TargetMaps,
)
from patchgui.ssm.shapes.statuses import AssociationStatusName
from patchgui.ssm.shapes.tags import Tag
from patchgui.ssm.shapes.vocabularies import (
    AssociationComplianceSeverity,
    AssociationFilterKey,
    AssociationSyncCompliance,
)


class S3OutputLocation(Shape):
    """The bucket that keeps the whole output."""

    output_s3_region: S3Region | None = None
    output_s3_bucket_name: S3BucketName | None = None
    output_s3_key_prefix: S3KeyPrefix | None = None


class InstanceAssociationOutputLocation(Shape):
    """Where the output of an association's executions is kept."""

    s3_location: S3OutputLocation | None = None


class TargetLocation(Shape):
    """Accounts and regions that an association of an Automation document reaches."""

    accounts: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)] | None = None
    regions: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)] | None = None
    target_location_max_concurrency: MaxConcurrency | None = None
    target_location_max_errors: MaxErrors | None = None
    execution_role_name: ExecutionRoleName | None = None
    target_location_alarm_configuration: AlarmConfiguration | None = None
    include_child_organization_units: bool | None = None
    exclude_accounts: Annotated[tuple[ExcludeAccount, ...], Field(min_length=1, max_length=5000)] | None = None
    targets: Annotated[tuple[Target, ...], Field(max_length=1)] | None = None
    targets_max_concurrency: MaxConcurrency | None = None
    targets_max_errors: MaxErrors | None = None


class _Settings(Shape):
    """What CreateAssociation and UpdateAssociation both set."""

    document_version: DocumentVersion | None = None
    parameters: Parameters | None = None
    targets: Annotated[tuple[Target, ...], Field(max_length=5)] | None = None
    schedule_expression: ScheduleExpression | None = None
    output_location: InstanceAssociationOutputLocation | None = None
    association_name: AssociationName | None = None
    automation_target_parameter_name: AutomationTargetParameterName | None = None
    max_errors: MaxErrors | None = None
    max_concurrency: MaxConcurrency | None = None
    compliance_severity: Annotated[AssociationComplianceSeverity, KNOWN] | None = None
    sync_compliance: Annotated[AssociationSyncCompliance, KNOWN] | None = None
    apply_only_at_cron_interval: bool | None = None
    calendar_names: tuple[str, ...] | None = None
    target_locations: Annotated[tuple[TargetLocation, ...], Field(min_length=1, max_length=100)] | None = None
    schedule_offset: ScheduleOffsetDays | None = None
    duration: ScheduleDurationHours | None = None
    target_maps: TargetMaps | None = None
    alarm_configuration: AlarmConfiguration | None = None
    association_dispatch_assume_role: AssociationDispatchAssumeRoleArn | None = None


class CreateAssociationRequest(_Settings):
    """Run a document on nodes by a schedule: ``cron(…)``, ``rate(…)``, or once with ``at(2026-11-27T03:00:00)``.

    Without ``apply_only_at_cron_interval`` it also runs at once.
    """

    name: DocumentARN
    instance_id: InstanceId | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=1000)] | None = None


class AssociationStatus(Shape):
    """How an association of the oldest form, on one node, stands."""

    date: Moment
    name: AssociationStatusName
    message: str
    additional_info: str | None = None


class AssociationOverview(Shape):
    """How the newest execution stands, and the nodes counted by status."""

    status: str | None = None
    detailed_status: str | None = None
    association_status_aggregated_count: dict[str, int] = Field(default_factory=dict)


class AssociationDescription(Shape):
    """One association whole."""

    name: str = ""
    instance_id: str | None = None
    association_version: str = ""
    date: Moment | None = None
    last_update_association_date: Moment | None = None
    status: AssociationStatus | None = None
    overview: AssociationOverview | None = None
    document_version: str | None = None
    automation_target_parameter_name: str | None = None
    parameters: Parameters = Field(default_factory=dict)
    association_id: str = ""
    targets: tuple[Target, ...] = ()
    schedule_expression: str | None = None
    output_location: InstanceAssociationOutputLocation | None = None
    last_execution_date: Moment | None = None
    last_successful_execution_date: Moment | None = None
    association_name: str | None = None
    max_errors: str | None = None
    max_concurrency: str | None = None
    compliance_severity: Annotated[AssociationComplianceSeverity | None, ABSENT_IF_EMPTY] = None
    sync_compliance: Annotated[AssociationSyncCompliance | None, ABSENT_IF_EMPTY] = None
    apply_only_at_cron_interval: bool | None = None
    calendar_names: tuple[str, ...] | None = None
    target_locations: tuple[TargetLocation, ...] | None = None
    schedule_offset: int | None = None
    duration: int | None = None
    target_maps: TargetMaps | None = None
    alarm_configuration: AlarmConfiguration | None = None
    triggered_alarms: tuple[AlarmStateInformation, ...] | None = None
    association_dispatch_assume_role: str | None = None


class CreateAssociationResult(Shape):
    """The association as accepted."""

    association_description: AssociationDescription


class DescribeAssociationRequest(Shape):
    """Ask for one association, by its id or, in the oldest form, by document and node."""

    name: DocumentARN | None = None
    instance_id: InstanceId | None = None
    association_id: AssociationId | None = None
    association_version: AssociationVersion | None = None


class DescribeAssociationResult(Shape):
    """The association as it stands."""

    association_description: AssociationDescription


class UpdateAssociationRequest(_Settings):
    """Change an association: a new version of it. What is not named is taken away."""

    association_id: AssociationId
    name: DocumentARN | None = None
    association_version: AssociationVersion | None = None


class UpdateAssociationResult(Shape):
    """The association as changed."""

    association_description: AssociationDescription


class DeleteAssociationRequest(Shape):
    """Take an association away; an execution that has begun goes on."""

    name: DocumentARN | None = None
    instance_id: InstanceId | None = None
    association_id: AssociationId | None = None


class DeleteAssociationResult(Shape):
    """The association is gone; there is nothing to tell."""


class AssociationFilter(Shape):
    """One condition on associations; all of a request must hold."""

    key: Annotated[AssociationFilterKey, KNOWN] = Field(alias="key")
    value: AssociationFilterValue = Field(alias="value")


class ListAssociationsRequest(Shape):
    """Ask for associations, 1 to 50 on a page."""

    association_filter_list: Annotated[tuple[AssociationFilter, ...], Field(min_length=1)] | None = None
    max_results: MaxResults | None = None
    next_token: str | None = None


class Association(Shape):
    """An association as a list shows it."""

    name: str = ""
    instance_id: str | None = None
    association_id: str = ""
    association_version: str = ""
    document_version: str | None = None
    targets: tuple[Target, ...] = ()
    last_execution_date: Moment | None = None
    overview: AssociationOverview | None = None
    schedule_expression: str | None = None
    association_name: str | None = None
    schedule_offset: int | None = None
    duration: int | None = None
    target_maps: TargetMaps | None = None


class ListAssociationsResult(Shape):
    """One page of associations."""

    associations: tuple[Association, ...] = ()
    next_token: str | None = None
