"""The statuses of commands, invocations, steps, nodes and documents, in SSM's exact strings."""

from typing import Final

from patchgui.ssm.shapes.base import OpenEnum

_FINAL: Final = frozenset({"Success", "Cancelled", "Failed", "TimedOut"})


class CommandStatus(OpenEnum):
    """Where a whole command stands."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    SUCCESS = "Success"
    CANCELLED = "Cancelled"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    CANCELLING = "Cancelling"

    @property
    def is_final(self) -> bool:
        """Whether it can change no more; an unknown status is taken for one that can."""
        return self._value_ in _FINAL


class CommandInvocationStatus(OpenEnum):
    """Where a command stands on one node."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    DELAYED = "Delayed"
    SUCCESS = "Success"
    CANCELLED = "Cancelled"
    TIMED_OUT = "TimedOut"
    FAILED = "Failed"
    CANCELLING = "Cancelling"

    @property
    def is_final(self) -> bool:
        """Whether it can change no more; an unknown status is taken for one that can."""
        return self._value_ in _FINAL


class CommandPluginStatus(OpenEnum):
    """Where one step stands on one node. SSM reports a skipped step as ``Success``: its output tells."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    SUCCESS = "Success"
    TIMED_OUT = "TimedOut"
    CANCELLED = "Cancelled"
    FAILED = "Failed"

    @property
    def is_final(self) -> bool:
        """Whether it can change no more; an unknown status is taken for one that can."""
        return self._value_ in _FINAL


class StatusDetails(OpenEnum):
    """The finer status beside a status. SSM types it as free text; these are the texts it documents."""

    PENDING = "Pending"
    IN_PROGRESS = "In Progress"
    DELAYED = "Delayed"
    SUCCESS = "Success"
    DELIVERY_TIMED_OUT = "Delivery Timed Out"
    EXECUTION_TIMED_OUT = "Execution Timed Out"
    FAILED = "Failed"
    CANCELED = "Canceled"
    UNDELIVERABLE = "Undeliverable"
    TERMINATED = "Terminated"
    INVALID_PLATFORM = "Invalid Platform"
    ACCESS_DENIED = "Access Denied"
    INCOMPLETE = "Incomplete"
    RATE_EXCEEDED = "Rate Exceeded"
    NO_INSTANCES_IN_TAG = "No Instances In Tag"


class PingStatus(OpenEnum):
    """Whether the service hears from a node's agent."""

    ONLINE = "Online"
    CONNECTION_LOST = "ConnectionLost"
    INACTIVE = "Inactive"


class AssociationStatusName(OpenEnum):
    """Where an association of the oldest form stands."""

    PENDING = "Pending"
    SUCCESS = "Success"
    FAILED = "Failed"


class DocumentStatus(OpenEnum):
    """Where a document stands between being created and deleted."""

    CREATING = "Creating"
    ACTIVE = "Active"
    UPDATING = "Updating"
    DELETING = "Deleting"
    FAILED = "Failed"

    @property
    def is_final(self) -> bool:
        """Whether the service has finished the work on the document."""
        return self._value_ in {"Active", "Failed"}


class ReviewStatus(OpenEnum):
    """Where a change template's review stands."""

    APPROVED = "APPROVED"
    NOT_REVIEWED = "NOT_REVIEWED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"


class PatchComplianceDataState(OpenEnum):
    """What a node says of one patch."""

    INSTALLED = "INSTALLED"
    INSTALLED_OTHER = "INSTALLED_OTHER"
    INSTALLED_PENDING_REBOOT = "INSTALLED_PENDING_REBOOT"
    INSTALLED_REJECTED = "INSTALLED_REJECTED"
    MISSING = "MISSING"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    FAILED = "FAILED"
    AVAILABLE_SECURITY_UPDATE = "AVAILABLE_SECURITY_UPDATE"


class PatchComplianceStatus(OpenEnum):
    """Whether a node with security updates that the baseline does not approve still counts as compliant."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
