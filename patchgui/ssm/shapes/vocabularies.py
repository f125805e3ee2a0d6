"""The closed vocabularies of SSM that are no statuses."""

from patchgui.ssm.shapes.base import OpenEnum


class CommandFilterKey(OpenEnum):
    """What a list of commands or invocations may be narrowed by."""

    INVOKED_AFTER = "InvokedAfter"
    INVOKED_BEFORE = "InvokedBefore"
    STATUS = "Status"
    EXECUTION_STAGE = "ExecutionStage"
    DOCUMENT_NAME = "DocumentName"


class PlatformType(OpenEnum):
    """The family of operating systems that a node runs or a document is made for."""

    WINDOWS = "Windows"
    LINUX = "Linux"
    MAC_OS = "MacOS"


class ResourceType(OpenEnum):
    """Whether a managed node is an EC2 instance or joined by an activation."""

    MANAGED_INSTANCE = "ManagedInstance"
    EC2_INSTANCE = "EC2Instance"


class SourceType(OpenEnum):
    """Where a managed node really lives."""

    EC2_INSTANCE = "AWS::EC2::Instance"
    IOT_THING = "AWS::IoT::Thing"
    MANAGED_INSTANCE = "AWS::SSM::ManagedInstance"
    AZURE_VIRTUAL_MACHINE = "Microsoft.Compute/virtualMachines"
    GOOGLE_COMPUTE_INSTANCE = "compute.googleapis.com/Instance"


class InstanceInformationFilterKey(OpenEnum):
    """What the older form of node filter may name."""

    INSTANCE_IDS = "InstanceIds"
    AGENT_VERSION = "AgentVersion"
    PING_STATUS = "PingStatus"
    PLATFORM_TYPES = "PlatformTypes"
    ACTIVATION_IDS = "ActivationIds"
    IAM_ROLE = "IamRole"
    RESOURCE_TYPE = "ResourceType"
    ASSOCIATION_STATUS = "AssociationStatus"


class InstancePropertyFilterKey(OpenEnum):
    """What the older form of node filter of the newer call may name."""

    INSTANCE_IDS = "InstanceIds"
    AGENT_VERSION = "AgentVersion"
    PING_STATUS = "PingStatus"
    PLATFORM_TYPES = "PlatformTypes"
    DOCUMENT_NAME = "DocumentName"
    ACTIVATION_IDS = "ActivationIds"
    IAM_ROLE = "IamRole"
    RESOURCE_TYPE = "ResourceType"
    ASSOCIATION_STATUS = "AssociationStatus"


class InstancePropertyFilterOperator(OpenEnum):
    """How a node's property is compared."""

    EQUAL = "Equal"
    NOT_EQUAL = "NotEqual"
    BEGIN_WITH = "BeginWith"
    LESS_THAN = "LessThan"
    GREATER_THAN = "GreaterThan"


class ResourceTypeForTagging(OpenEnum):
    """What may carry tags."""

    DOCUMENT = "Document"
    MANAGED_INSTANCE = "ManagedInstance"
    MAINTENANCE_WINDOW = "MaintenanceWindow"
    PARAMETER = "Parameter"
    PATCH_BASELINE = "PatchBaseline"
    OPS_ITEM = "OpsItem"
    OPS_METADATA = "OpsMetadata"
    AUTOMATION = "Automation"
    ASSOCIATION = "Association"
    CLOUD_CONNECTOR = "CloudConnector"


class NotificationEvent(OpenEnum):
    """Which status changes are announced on the topic."""

    ALL = "All"
    IN_PROGRESS = "InProgress"
    SUCCESS = "Success"
    TIMED_OUT = "TimedOut"
    CANCELLED = "Cancelled"
    FAILED = "Failed"


class NotificationType(OpenEnum):
    """Whether announcements are for a command as a whole or for each node."""

    COMMAND = "Command"
    INVOCATION = "Invocation"


class ExternalAlarmState(OpenEnum):
    """What an alarm was at when the command looked."""

    UNKNOWN = "UNKNOWN"
    ALARM = "ALARM"


class DocumentFormat(OpenEnum):
    """The notation of a document's content."""

    YAML = "YAML"
    JSON = "JSON"
    TEXT = "TEXT"


class DocumentType(OpenEnum):
    """What a document is for; hooks and patch runs are of type ``Command``."""

    COMMAND = "Command"
    POLICY = "Policy"
    AUTOMATION = "Automation"
    SESSION = "Session"
    PACKAGE = "Package"
    APPLICATION_CONFIGURATION = "ApplicationConfiguration"
    APPLICATION_CONFIGURATION_SCHEMA = "ApplicationConfigurationSchema"
    DEPLOYMENT_STRATEGY = "DeploymentStrategy"
    CHANGE_CALENDAR = "ChangeCalendar"
    AUTOMATION_CHANGE_TEMPLATE = "Automation.ChangeTemplate"
    PROBLEM_ANALYSIS = "ProblemAnalysis"
    PROBLEM_ANALYSIS_TEMPLATE = "ProblemAnalysisTemplate"
    CLOUD_FORMATION = "CloudFormation"
    CONFORMANCE_PACK_TEMPLATE = "ConformancePackTemplate"
    QUICK_SETUP = "QuickSetup"
    MANUAL_APPROVAL_POLICY = "ManualApprovalPolicy"
    AUTO_APPROVAL_POLICY = "AutoApprovalPolicy"


class DocumentFilterKey(OpenEnum):
    """What the older form of document filter may name."""

    NAME = "Name"
    OWNER = "Owner"
    PLATFORM_TYPES = "PlatformTypes"
    DOCUMENT_TYPE = "DocumentType"


class DocumentHashType(OpenEnum):
    """How a document's hash was made."""

    SHA256 = "Sha256"
    SHA1 = "Sha1"


class DocumentParameterType(OpenEnum):
    """The types that the model has for a document's parameter; the service names others too, StringMap above all."""

    STRING = "String"
    STRING_LIST = "StringList"


class AttachmentsSourceKey(OpenEnum):
    """Where an attachment is taken from."""

    SOURCE_URL = "SourceUrl"
    S3_FILE_URL = "S3FileUrl"
    ATTACHMENT_REFERENCE = "AttachmentReference"


class AttachmentHashType(OpenEnum):
    """How an attachment's hash was made."""

    SHA256 = "Sha256"


class OperatingSystem(OpenEnum):
    """The operating systems that patch baselines exist for."""

    WINDOWS = "WINDOWS"
    AMAZON_LINUX = "AMAZON_LINUX"
    AMAZON_LINUX_2 = "AMAZON_LINUX_2"
    AMAZON_LINUX_2022 = "AMAZON_LINUX_2022"
    UBUNTU = "UBUNTU"
    REDHAT_ENTERPRISE_LINUX = "REDHAT_ENTERPRISE_LINUX"
    SUSE = "SUSE"
    CENTOS = "CENTOS"
    ORACLE_LINUX = "ORACLE_LINUX"
    DEBIAN = "DEBIAN"
    MACOS = "MACOS"
    RASPBIAN = "RASPBIAN"
    ROCKY_LINUX = "ROCKY_LINUX"
    ALMA_LINUX = "ALMA_LINUX"
    AMAZON_LINUX_2023 = "AMAZON_LINUX_2023"


class PatchOperationType(OpenEnum):
    """What a patch run does: look only, or install."""

    SCAN = "Scan"
    INSTALL = "Install"


class RebootOption(OpenEnum):
    """Whether a patch run may restart the node."""

    REBOOT_IF_NEEDED = "RebootIfNeeded"
    NO_REBOOT = "NoReboot"


class PatchComplianceLevel(OpenEnum):
    """How grave it is that an approved patch is missing."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNSPECIFIED = "UNSPECIFIED"


class PatchAction(OpenEnum):
    """What happens to a rejected patch that another one needs."""

    ALLOW_AS_DEPENDENCY = "ALLOW_AS_DEPENDENCY"
    BLOCK = "BLOCK"


class PatchFilterKey(OpenEnum):
    """What an approval rule may look at."""

    ARCH = "ARCH"
    ADVISORY_ID = "ADVISORY_ID"
    BUGZILLA_ID = "BUGZILLA_ID"
    PATCH_SET = "PATCH_SET"
    PRODUCT = "PRODUCT"
    PRODUCT_FAMILY = "PRODUCT_FAMILY"
    CLASSIFICATION = "CLASSIFICATION"
    CVE_ID = "CVE_ID"
    EPOCH = "EPOCH"
    MSRC_SEVERITY = "MSRC_SEVERITY"
    NAME = "NAME"
    PATCH_ID = "PATCH_ID"
    SECTION = "SECTION"
    PRIORITY = "PRIORITY"
    REPOSITORY = "REPOSITORY"
    RELEASE = "RELEASE"
    SEVERITY = "SEVERITY"
    SECURITY = "SECURITY"
    VERSION = "VERSION"


class AssociationFilterKey(OpenEnum):
    """What a list of associations may be narrowed by."""

    INSTANCE_ID = "InstanceId"
    NAME = "Name"
    ASSOCIATION_ID = "AssociationId"
    ASSOCIATION_STATUS_NAME = "AssociationStatusName"
    LAST_EXECUTED_BEFORE = "LastExecutedBefore"
    LAST_EXECUTED_AFTER = "LastExecutedAfter"
    ASSOCIATION_NAME = "AssociationName"
    RESOURCE_GROUP_NAME = "ResourceGroupName"
    CLOUD_CONNECTOR_ID = "CloudConnectorId"


class AssociationComplianceSeverity(OpenEnum):
    """How grave it is that an association failed."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    UNSPECIFIED = "UNSPECIFIED"


class AssociationSyncCompliance(OpenEnum):
    """Whether an execution's status is the compliance, or somebody reports that apart."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class AssociationExecutionFilterKey(OpenEnum):
    """What a list of executions may be narrowed by."""

    EXECUTION_ID = "ExecutionId"
    STATUS = "Status"
    CREATED_TIME = "CreatedTime"


class AssociationFilterOperatorType(OpenEnum):
    """How a property of an execution is compared."""

    EQUAL = "EQUAL"
    LESS_THAN = "LESS_THAN"
    GREATER_THAN = "GREATER_THAN"


class AssociationExecutionTargetsFilterKey(OpenEnum):
    """What a list of the nodes of an execution may be narrowed by."""

    STATUS = "Status"
    RESOURCE_ID = "ResourceId"
    RESOURCE_TYPE = "ResourceType"
