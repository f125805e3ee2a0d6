"""SSM's limits on the simple values of a request: lengths, patterns and ranges, as its service model states them.

The names are the service model's own. A pattern must match the whole value, as the service does it.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

AlarmName = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"\S")]

AssociationDispatchAssumeRoleArn = Annotated[
    str, StringConstraints(min_length=1, max_length=512, pattern=r"^arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+$")
]

AssociationExecutionId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
]

AssociationFilterValue = Annotated[str, StringConstraints(min_length=1)]

AssociationId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
]
"""The GUID that CreateAssociation gave the association."""

AssociationName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_\-.]{3,128}$")]

AssociationVersion = Annotated[str, StringConstraints(pattern=r"^(([$]LATEST)|([1-9][0-9]*))$")]

AttachmentIdentifier = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_\-.]{3,128}$")]

AttachmentsSourceValue = Annotated[str, StringConstraints(min_length=1, max_length=1024)]

AutomationTargetParameterName = Annotated[str, StringConstraints(min_length=1, max_length=50)]

BaselineId = Annotated[str, StringConstraints(min_length=20, max_length=128, pattern=r"^[a-zA-Z0-9_\-:/]{20,128}$")]
"""The id or the ARN of a patch baseline."""

CloudWatchLogGroupName = Annotated[str, StringConstraints(min_length=1, max_length=512)]

CommandFilterValue = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A status, a moment in ISO 8601, an execution stage or a document name."""

CommandId = Annotated[str, StringConstraints(min_length=36, max_length=36)]
"""The GUID that SendCommand gave the command."""

CommandPluginName = Annotated[str, StringConstraints(min_length=4)]
"""The name of a step in a document."""

Comment = Annotated[str, StringConstraints(max_length=100)]
"""Free text of whoever sent the command; the run id travels here."""

DocumentARN = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_\-.:/]{3,128}$")]
"""The name of a document, or the ARN of a shared one."""

DocumentContent = Annotated[str, StringConstraints(min_length=1)]

DocumentDisplayName = Annotated[str, StringConstraints(max_length=1024, pattern=r"^[\w\.\-\:\/ ]*$")]

DocumentFilterValue = Annotated[str, StringConstraints(min_length=1)]

DocumentHash = Annotated[str, StringConstraints(max_length=256)]

DocumentKeyValuesFilterKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]

DocumentKeyValuesFilterValue = Annotated[str, StringConstraints(min_length=1, max_length=256)]

DocumentName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_\-.]{3,128}$")]
"""The name of an own document."""

DocumentVersion = Annotated[str, StringConstraints(pattern=r"^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$")]
"""A version number, ``$LATEST`` or ``$DEFAULT``."""

DocumentVersionName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_\-.]{1,128}$")]

DocumentVersionNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*$")]
"""A version number; neither ``$LATEST`` nor ``$DEFAULT``."""

ExcludeAccount = Annotated[
    str,
    StringConstraints(min_length=6, max_length=68, pattern=r"^((ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})|(\d{12}))$"),
]

ExecutionRoleName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w+=,.@/-]+$")]

# A word character is one of ASCII, as in Java: of all of Unicode the pattern takes 30 ms to compile.
InstanceId = Annotated[str, StringConstraints(pattern=r"(^i-((?-u:\w){8}|(?-u:\w){17})$)|(^mi-(?-u:\w){17}$)")]
"""An EC2 instance (``i-``) or a node joined by an activation or by the local agent (``mi-``)."""

InstanceInformationFilterValue = Annotated[str, StringConstraints(min_length=1)]

InstanceInformationStringFilterKey = Annotated[str, StringConstraints(min_length=1)]

InstancePropertyFilterValue = Annotated[str, StringConstraints(min_length=1, max_length=100_000, pattern=r"^.+$")]

InstancePropertyStringFilterKey = Annotated[str, StringConstraints(min_length=1, max_length=100_000, pattern=r"^.+$")]

MaxConcurrency = Annotated[
    str, StringConstraints(min_length=1, max_length=7, pattern=r"^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$")
]
"""How many nodes run at one time: a count, or a share as in ``10%``."""

MaxErrors = Annotated[
    str, StringConstraints(min_length=1, max_length=7, pattern=r"^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$")
]
"""After how many errors no more nodes are started: a count, or a share as in ``10%``."""

PatchOrchestratorFilterKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]

PatchOrchestratorFilterValue = Annotated[str, StringConstraints(min_length=1, max_length=256)]

RequireType = Annotated[str, StringConstraints(max_length=128, pattern=r"^[a-zA-Z0-9_\-.]{1,128}$")]

S3BucketName = Annotated[str, StringConstraints(min_length=3, max_length=63)]

S3KeyPrefix = Annotated[str, StringConstraints(max_length=500)]

S3Region = Annotated[str, StringConstraints(min_length=3, max_length=20)]

ScheduleExpression = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""``cron(…)``, ``rate(…)`` or ``at(…)``."""

TagKey = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
"""The key of a tag."""

TagValue = Annotated[str, StringConstraints(max_length=256, pattern=r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
"""The value of a tag; may be empty."""

TargetKey = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=163,
        pattern=r"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$",
    ),
]
"""``InstanceIds``, ``tag:KEY``, ``tag-key`` or a property of a resource group."""

TargetType = Annotated[str, StringConstraints(max_length=200, pattern=r"^\/[\w\.\-\:\/]*$")]

DescribeInstancePropertiesMaxResults = Annotated[int, Field(ge=5, le=1000)]
"""The size of a page of nodes of the newer call."""

CommandMaxResults = Annotated[int, Field(ge=1, le=50)]

MaxResults = Annotated[int, Field(ge=1, le=50)]

MaxResultsEC2Compatible = Annotated[int, Field(ge=5, le=50)]
"""The size of a page of nodes."""

PatchBaselineMaxResults = Annotated[int, Field(ge=1, le=100)]

PatchComplianceMaxResults = Annotated[int, Field(ge=10, le=100)]

ScheduleDurationHours = Annotated[int, Field(ge=1, le=24)]

ScheduleOffsetDays = Annotated[int, Field(ge=1, le=6)]

TimeoutSeconds = Annotated[int, Field(ge=30, le=2_592_000)]
"""How long a command may wait to be delivered, in seconds: 30 seconds to 30 days."""

InstanceIdList = Annotated[tuple[InstanceId, ...], Field(max_length=50)]
"""The nodes of one call; a larger fleet takes several calls, or targets."""

Parameters = dict[str, tuple[str, ...]]
"""Parameters of a document by name; every value travels as a list of strings."""

_TargetMapKey = Annotated[str, StringConstraints(min_length=1, max_length=50)]
_TargetMapValues = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=50)], ...], Field(max_length=25)
]
TargetMaps = Annotated[tuple[dict[_TargetMapKey, _TargetMapValues], ...], Field(max_length=300)]
"""Parameters of an Automation document, one map per run of it."""
