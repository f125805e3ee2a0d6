"""Tags on nodes, documents and patch baselines."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Shape
from patchgui.ssm.shapes.limits import TagKey, TagValue
from patchgui.ssm.shapes.vocabularies import ResourceTypeForTagging


class Tag(Shape):
    """A key and its value; a resource has at most 50 of them."""

    key: TagKey
    value: TagValue


class AddTagsToResourceRequest(Shape):
    """Set tags on a resource; keys that it has already get the new value."""

    resource_type: Annotated[ResourceTypeForTagging, KNOWN]
    resource_id: str
    tags: Annotated[tuple[Tag, ...], Field(max_length=1000)]


class AddTagsToResourceResult(Shape):
    """The tags are set; there is nothing to tell."""


class RemoveTagsFromResourceRequest(Shape):
    """Take tags off a resource by their keys."""

    resource_type: Annotated[ResourceTypeForTagging, KNOWN]
    resource_id: str
    tag_keys: tuple[TagKey, ...]


class RemoveTagsFromResourceResult(Shape):
    """The tags are gone; there is nothing to tell."""


class ListTagsForResourceRequest(Shape):
    """Ask for the tags of one resource."""

    resource_type: Annotated[ResourceTypeForTagging, KNOWN]
    resource_id: str


class ListTagsForResourceResult(Shape):
    """All tags of the resource: this call has no pages."""

    tag_list: tuple[Tag, ...] = ()
