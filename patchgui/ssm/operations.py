"""The calls of the service that this product makes and serves: their shapes, and which of them come in pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from patchgui.ssm import shapes
from patchgui.ssm.shapes import maintenance_windows
from patchgui.ssm.shapes.base import Shape


@dataclass(frozen=True)
class OperationShape:
    """One call: its name as in ``X-Amz-Target``, what it takes and what it answers.

    Attributes:
        page_member: the attribute of the result that holds the items of a page; empty for a call without pages.
        page_size: the most items that a page may hold; 0 where the service sets no limit.
        is_repeatable: whether making the call twice does no more than making it once.
    """

    name: str
    request: type[Shape]
    result: type[Shape]
    page_member: str = ""
    page_size: int = 0
    is_repeatable: bool = True

    @property
    def is_paginated(self) -> bool:
        """Whether the answer may be one page of several, continued with ``next_token``."""
        return bool(self.page_member)


def _operation(name: str) -> OperationShape:
    where = maintenance_windows if "MaintenanceWindow" in name else shapes
    return OperationShape(name, getattr(where, f"{name}Request"), getattr(where, f"{name}Result"))


def _list(name: str, page_member: str, page_size: int) -> OperationShape:
    return replace(_operation(name), page_member=page_member, page_size=page_size)


def _once(name: str) -> OperationShape:
    return replace(_operation(name), is_repeatable=False)


_ALL = (
    _operation("AddTagsToResource"),
    _operation("CancelCommand"),
    _operation("CancelMaintenanceWindowExecution"),
    _once("CreateAssociation"),
    _once("CreateDocument"),
    _once("CreateMaintenanceWindow"),
    _once("DeleteAssociation"),
    _once("DeleteDocument"),
    _once("DeleteMaintenanceWindow"),
    _once("DeregisterTargetFromMaintenanceWindow"),
    _once("DeregisterTaskFromMaintenanceWindow"),
    _operation("DescribeAssociation"),
    _list("DescribeAssociationExecutionTargets", "association_execution_targets", 50),
    _list("DescribeAssociationExecutions", "association_executions", 50),
    _operation("DescribeDocument"),
    _list("DescribeInstanceInformation", "instance_information_list", 50),
    _list("DescribeInstancePatchStates", "instance_patch_states", 100),
    _list("DescribeInstancePatches", "patches", 100),
    _list("DescribeInstanceProperties", "instance_properties", 1000),
    _list("DescribeMaintenanceWindowExecutionTaskInvocations", "window_execution_task_invocation_identities", 100),
    _list("DescribeMaintenanceWindowExecutionTasks", "window_execution_task_identities", 100),
    _list("DescribeMaintenanceWindowExecutions", "window_executions", 100),
    _list("DescribeMaintenanceWindowSchedule", "scheduled_window_executions", 0),
    _list("DescribeMaintenanceWindowTargets", "targets", 100),
    _list("DescribeMaintenanceWindowTasks", "tasks", 100),
    _list("DescribeMaintenanceWindows", "window_identities", 100),
    _list("DescribeMaintenanceWindowsForTarget", "window_identities", 0),
    _list("DescribePatchBaselines", "baseline_identities", 100),
    _operation("GetCommandInvocation"),
    _operation("GetDefaultPatchBaseline"),
    _operation("GetDocument"),
    _operation("GetMaintenanceWindow"),
    _operation("GetMaintenanceWindowExecution"),
    _operation("GetMaintenanceWindowExecutionTask"),
    _operation("GetMaintenanceWindowExecutionTaskInvocation"),
    _operation("GetMaintenanceWindowTask"),
    _operation("GetPatchBaseline"),
    _list("ListAssociations", "associations", 50),
    _list("ListCommandInvocations", "command_invocations", 50),
    _list("ListCommands", "commands", 50),
    _list("ListDocumentVersions", "document_versions", 50),
    _list("ListDocuments", "document_identifiers", 50),
    _operation("ListTagsForResource"),
    _once("RegisterTargetWithMaintenanceWindow"),
    _once("RegisterTaskWithMaintenanceWindow"),
    _operation("RemoveTagsFromResource"),
    _once("SendCommand"),
    _once("UpdateAssociation"),
    _once("UpdateDocument"),
    _operation("UpdateDocumentDefaultVersion"),
    _once("UpdateMaintenanceWindow"),
    _once("UpdateMaintenanceWindowTarget"),
    _once("UpdateMaintenanceWindowTask"),
)

OPERATIONS: Mapping[str, OperationShape] = MappingProxyType({operation.name: operation for operation in _ALL})
"""The calls to Systems Manager by name. GetCallerIdentity is STS's, and not among them."""
