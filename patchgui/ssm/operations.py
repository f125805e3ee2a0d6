"""The calls of the service that this product makes and serves: their shapes, and which of them come in pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from patchgui.ssm import shapes
from patchgui.ssm.shapes.base import Shape


@dataclass(frozen=True)
class OperationShape:
    """One call: its name as in ``X-Amz-Target``, what it takes and what it answers.

    ``page_member`` is the attribute of the result that holds the items of a page, or empty for a call without pages.
    """

    name: str
    request: type[Shape]
    result: type[Shape]
    page_member: str = ""

    @property
    def is_paginated(self) -> bool:
        """Whether the answer may be one page of several, continued with ``next_token``."""
        return bool(self.page_member)


def _operation(name: str, page_member: str = "") -> OperationShape:
    return OperationShape(name, getattr(shapes, f"{name}Request"), getattr(shapes, f"{name}Result"), page_member)


_ALL = (
    _operation("AddTagsToResource"),
    _operation("CancelCommand"),
    _operation("CreateDocument"),
    _operation("DeleteDocument"),
    _operation("DescribeDocument"),
    _operation("DescribeInstanceInformation", "instance_information_list"),
    _operation("DescribeInstancePatchStates", "instance_patch_states"),
    _operation("DescribeInstancePatches", "patches"),
    _operation("DescribePatchBaselines", "baseline_identities"),
    _operation("GetCommandInvocation"),
    _operation("GetDefaultPatchBaseline"),
    _operation("GetDocument"),
    _operation("GetPatchBaseline"),
    _operation("ListCommandInvocations", "command_invocations"),
    _operation("ListCommands", "commands"),
    _operation("ListDocumentVersions", "document_versions"),
    _operation("ListDocuments", "document_identifiers"),
    _operation("ListTagsForResource"),
    _operation("RemoveTagsFromResource"),
    _operation("SendCommand"),
    _operation("UpdateDocument"),
    _operation("UpdateDocumentDefaultVersion"),
)

OPERATIONS: Mapping[str, OperationShape] = MappingProxyType({operation.name: operation for operation in _ALL})
"""The calls to Systems Manager by name. GetCallerIdentity is STS's, and not among them."""
