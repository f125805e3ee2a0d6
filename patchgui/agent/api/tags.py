"""AddTagsToResource, RemoveTagsFromResource, ListTagsForResource."""

from collections.abc import Mapping

from patchgui.agent.api.operation import Operation
from patchgui.agent.baselines import find_baseline
from patchgui.agent.context import Shelf
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    AddTagsToResourceRequest,
    AddTagsToResourceResult,
    ListTagsForResourceRequest,
    ListTagsForResourceResult,
    RemoveTagsFromResourceRequest,
    RemoveTagsFromResourceResult,
    ResourceTypeForTagging,
    Tag,
)


async def add_tags(context: Shelf, request: AddTagsToResourceRequest) -> AddTagsToResourceResult:
    """Add tags to a resource, or give those it has a new value."""
    resource_id = _existing(context, request.resource_type, request.resource_id)
    tags = {tag.key: tag.value for tag in request.tags}
    reserved = [key for key in tags if key.lower().startswith("aws:")]
    if reserved:
        raise Refusal("ValidationException", f"The tag key {reserved[0]} begins with aws:, which is reserved.")
    context.tags.put(request.resource_type, resource_id, tags)
    return AddTagsToResourceResult()


async def remove_tags(context: Shelf, request: RemoveTagsFromResourceRequest) -> RemoveTagsFromResourceResult:
    """Take tags away from a resource."""
    resource_id = _existing(context, request.resource_type, request.resource_id)
    context.tags.remove(request.resource_type, resource_id, request.tag_keys)
    return RemoveTagsFromResourceResult()


async def list_tags(context: Shelf, request: ListTagsForResourceRequest) -> ListTagsForResourceResult:
    """Return a resource's tags."""
    resource_id = _existing(context, request.resource_type, request.resource_id)
    tags = context.tags.get(request.resource_type, resource_id)
    return ListTagsForResourceResult(tag_list=tuple(Tag(key=key, value=value) for key, value in tags.items()))


def _existing(context: Shelf, resource_type: ResourceTypeForTagging, resource_id: str) -> str:
    """Return the key under which a resource's tags are kept.

    Raises:
        Refusal: InvalidResourceId when there is no such resource, InvalidResourceType for what this agent has none of.
    """
    found = False
    if resource_type == ResourceTypeForTagging.MANAGED_INSTANCE:
        found = resource_id in context.nodes
    elif resource_type == ResourceTypeForTagging.DOCUMENT:
        found = any(document.name == resource_id for document in context.documents.all())
    elif resource_type == ResourceTypeForTagging.MAINTENANCE_WINDOW:
        found = resource_id in context.window_ids
    elif resource_type == ResourceTypeForTagging.PATCH_BASELINE:
        baseline = find_baseline(resource_id, context.settings.region)
        if baseline is not None:
            return baseline.baseline_id
    else:
        raise Refusal(
            "InvalidResourceType",
            f"This agent has no resources of type {resource_type}: "
            "tags go on ManagedInstance, MaintenanceWindow, Document and PatchBaseline.",
        )
    if not found:
        raise Refusal("InvalidResourceId", f"There is no {resource_type} {resource_id}.")
    return resource_id


OPERATIONS: Mapping[str, Operation[Shelf]] = {
    "AddTagsToResource": Operation(AddTagsToResourceRequest, add_tags),
    "ListTagsForResource": Operation(ListTagsForResourceRequest, list_tags),
    "RemoveTagsFromResource": Operation(RemoveTagsFromResourceRequest, remove_tags),
}
