"""Documents: what a command runs, and reading it."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Moment, Shape
from patchgui.ssm.shapes.limits import (
    DocumentARN,
    DocumentFilterValue,
    DocumentKeyValuesFilterKey,
    DocumentKeyValuesFilterValue,
    DocumentVersion,
    DocumentVersionName,
    MaxResults,
    RequireType,
)
from patchgui.ssm.shapes.statuses import DocumentStatus, ReviewStatus
from patchgui.ssm.shapes.tags import Tag
from patchgui.ssm.shapes.vocabularies import (
    AttachmentHashType,
    DocumentFilterKey,
    DocumentFormat,
    DocumentHashType,
    DocumentParameterType,
    DocumentType,
    PlatformType,
)


class DocumentFilter(Shape):
    """The older form of document filter; a call takes this form or the other, not both."""

    key: Annotated[DocumentFilterKey, KNOWN] = Field(alias="key")
    value: DocumentFilterValue = Field(alias="value")


class DocumentKeyValuesFilter(Shape):
    """One condition on documents: ``Owner``, ``Name``, ``DocumentType``, ``tag:KEY``… and values, any of which fits."""

    key: DocumentKeyValuesFilterKey = ""
    values: tuple[DocumentKeyValuesFilterValue, ...] = ()


class ListDocumentsRequest(Shape):
    """Ask for documents, 1 to 50 on a page; all conditions must hold."""

    document_filter_list: Annotated[tuple[DocumentFilter, ...], Field(min_length=1)] | None = None
    filters: Annotated[tuple[DocumentKeyValuesFilter, ...], Field(max_length=6)] | None = None
    max_results: MaxResults | None = None
    next_token: str | None = None


class DocumentRequires(Shape):
    """Another document that a document needs."""

    name: DocumentARN
    version: DocumentVersion | None = None
    require_type: RequireType | None = None
    version_name: DocumentVersionName | None = None


class DocumentIdentifier(Shape):
    """A document as a list shows it."""

    name: str = ""
    created_date: Moment | None = None
    display_name: str | None = None
    owner: str = ""
    version_name: str | None = None
    platform_types: tuple[PlatformType, ...] = ()
    document_version: str = ""
    document_type: DocumentType | None = None
    schema_version: str = ""
    document_format: DocumentFormat | None = None
    target_type: str | None = None
    tags: tuple[Tag, ...] = ()
    requires: tuple[DocumentRequires, ...] | None = None
    review_status: ReviewStatus | None = None
    author: str | None = None


class ListDocumentsResult(Shape):
    """One page of documents."""

    document_identifiers: tuple[DocumentIdentifier, ...] = ()
    next_token: str | None = None


class DescribeDocumentRequest(Shape):
    """Ask for everything about one version of a document but its content."""

    name: DocumentARN
    document_version: DocumentVersion | None = None
    version_name: DocumentVersionName | None = None


class DocumentParameter(Shape):
    """A parameter that the document declares; a default that is no string is given as JSON."""

    name: str = ""
    type: DocumentParameterType | None = None
    description: str | None = None
    default_value: str | None = None


class AttachmentInformation(Shape):
    """An attachment by its name."""

    name: str | None = None


class ReviewInformation(Shape):
    """What became of one review of a change template."""

    reviewed_time: Moment | None = None
    status: ReviewStatus | None = None
    reviewer: str | None = None


class DocumentDescription(Shape):
    """One version of a document, without its content. ``status_information`` says why a status is ``Failed``."""

    sha1: str | None = None
    hash: str | None = None
    hash_type: DocumentHashType | None = None
    name: str = ""
    display_name: str | None = None
    version_name: str | None = None
    owner: str = ""
    created_date: Moment | None = None
    status: DocumentStatus | None = None
    status_information: str | None = None
    document_version: str = ""
    description: str | None = None
    parameters: tuple[DocumentParameter, ...] = ()
    platform_types: tuple[PlatformType, ...] = ()
    document_type: DocumentType | None = None
    schema_version: str = ""
    latest_version: str = ""
    default_version: str = ""
    document_format: DocumentFormat | None = None
    target_type: str | None = None
    tags: tuple[Tag, ...] = ()
    attachments_information: tuple[AttachmentInformation, ...] = ()
    requires: tuple[DocumentRequires, ...] | None = None
    author: str | None = None
    review_information: tuple[ReviewInformation, ...] | None = None
    approved_version: str | None = None
    pending_review_version: str | None = None
    review_status: ReviewStatus | None = None
    category: tuple[str, ...] = ()
    category_enum: tuple[str, ...] = ()


class DescribeDocumentResult(Shape):
    """The document described."""

    document: DocumentDescription


class GetDocumentRequest(Shape):
    """Ask for the content of one version of a document, by default in the notation it was made in."""

    name: DocumentARN
    version_name: DocumentVersionName | None = None
    document_version: DocumentVersion | None = None
    document_format: Annotated[DocumentFormat, KNOWN] | None = None


class AttachmentContent(Shape):
    """An attachment: its size in bytes, its hash and where to fetch it."""

    name: str | None = None
    size: int | None = None
    hash: str | None = None
    hash_type: AttachmentHashType | None = None
    url: str | None = None


class GetDocumentResult(Shape):
    """One version of a document with its content."""

    name: str = ""
    created_date: Moment | None = None
    display_name: str | None = None
    version_name: str | None = None
    document_version: str = ""
    status: DocumentStatus | None = None
    status_information: str | None = None
    content: str = ""
    document_type: DocumentType | None = None
    document_format: DocumentFormat | None = None
    requires: tuple[DocumentRequires, ...] | None = None
    attachments_content: tuple[AttachmentContent, ...] = ()
    review_status: ReviewStatus | None = None


class ListDocumentVersionsRequest(Shape):
    """Ask for the versions of a document, newest first, 1 to 50 on a page."""

    name: DocumentARN
    max_results: MaxResults | None = None
    next_token: str | None = None


class DocumentVersionInfo(Shape):
    """One version of a document as a list shows it."""

    name: str = ""
    display_name: str | None = None
    document_version: str = ""
    version_name: str | None = None
    created_date: Moment | None = None
    is_default_version: bool = False
    document_format: DocumentFormat | None = None
    status: DocumentStatus | None = None
    status_information: str | None = None
    review_status: ReviewStatus | None = None


class ListDocumentVersionsResult(Shape):
    """One page of versions."""

    document_versions: tuple[DocumentVersionInfo, ...] = ()
    next_token: str | None = None
