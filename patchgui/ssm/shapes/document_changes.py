"""Making, changing and deleting documents."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Shape
from patchgui.ssm.shapes.documents import DocumentDescription, DocumentRequires
from patchgui.ssm.shapes.limits import (
    AttachmentIdentifier,
    AttachmentsSourceValue,
    DocumentContent,
    DocumentDisplayName,
    DocumentName,
    DocumentVersion,
    DocumentVersionName,
    DocumentVersionNumber,
    TargetType,
)
from patchgui.ssm.shapes.tags import Tag
from patchgui.ssm.shapes.vocabularies import AttachmentsSourceKey, DocumentFormat, DocumentType


class AttachmentsSource(Shape):
    """Files to be kept with a document."""

    key: Annotated[AttachmentsSourceKey, KNOWN] | None = None
    values: Annotated[tuple[AttachmentsSourceValue, ...], Field(min_length=1, max_length=1)] | None = None
    name: AttachmentIdentifier | None = None


class CreateDocumentRequest(Shape):
    """Make a document; its content is at most 64 KB of JSON or YAML. The notation is JSON unless said."""

    content: DocumentContent
    name: DocumentName
    requires: Annotated[tuple[DocumentRequires, ...], Field(min_length=1)] | None = None
    attachments: Annotated[tuple[AttachmentsSource, ...], Field(max_length=20)] | None = None
    display_name: DocumentDisplayName | None = None
    version_name: DocumentVersionName | None = None
    document_type: Annotated[DocumentType, KNOWN] | None = None
    document_format: Annotated[DocumentFormat, KNOWN] | None = None
    target_type: TargetType | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=1000)] | None = None


class CreateDocumentResult(Shape):
    """The document as made."""

    document_description: DocumentDescription


class UpdateDocumentRequest(Shape):
    """Add a version to a document, made from ``document_version``; the default version stays what it was."""

    content: DocumentContent
    name: DocumentName
    attachments: Annotated[tuple[AttachmentsSource, ...], Field(max_length=20)] | None = None
    display_name: DocumentDisplayName | None = None
    version_name: DocumentVersionName | None = None
    document_version: DocumentVersion | None = None
    document_format: Annotated[DocumentFormat, KNOWN] | None = None
    target_type: TargetType | None = None


class UpdateDocumentResult(Shape):
    """The new version as made."""

    document_description: DocumentDescription


class UpdateDocumentDefaultVersionRequest(Shape):
    """Choose the version that runs when none is named."""

    name: DocumentName
    document_version: DocumentVersionNumber


class DocumentDefaultVersionDescription(Shape):
    """Which version is the default now."""

    name: str = ""
    default_version: str = ""
    default_version_name: str | None = None


class UpdateDocumentDefaultVersionResult(Shape):
    """The choice as made."""

    description: DocumentDefaultVersionDescription


class DeleteDocumentRequest(Shape):
    """Delete a document, or one version of it."""

    name: DocumentName
    document_version: DocumentVersion | None = None
    version_name: DocumentVersionName | None = None
    force: bool | None = None


class DeleteDocumentResult(Shape):
    """The document is gone; there is nothing to tell."""
