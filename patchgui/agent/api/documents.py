"""Documents: list, read, make, change, delete."""

from collections.abc import Mapping

from patchgui.agent.api.document_filters import matching
from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.context import Shelf
from patchgui.agent.document_content import in_format, parameters_of
from patchgui.agent.documents import NewVersion
from patchgui.agent.refusal import Refusal
from patchgui.agent.stored_document import StoredDocument
from patchgui.ssm.shapes import (
    CreateDocumentRequest,
    CreateDocumentResult,
    DeleteDocumentRequest,
    DeleteDocumentResult,
    DescribeDocumentRequest,
    DescribeDocumentResult,
    DocumentDefaultVersionDescription,
    DocumentDescription,
    DocumentFormat,
    DocumentHashType,
    DocumentIdentifier,
    DocumentStatus,
    DocumentType,
    DocumentVersionInfo,
    GetDocumentRequest,
    GetDocumentResult,
    ListDocumentsRequest,
    ListDocumentsResult,
    ListDocumentVersionsRequest,
    ListDocumentVersionsResult,
    Tag,
    UpdateDocumentDefaultVersionRequest,
    UpdateDocumentDefaultVersionResult,
    UpdateDocumentRequest,
    UpdateDocumentResult,
)


async def list_documents(context: Shelf, request: ListDocumentsRequest) -> ListDocumentsResult:
    """Return a page of the documents that every filter lets through, each in its default version."""
    if request.document_filter_list and request.filters:
        raise Refusal("ValidationException", "Give either Filters or DocumentFilterList, not both.")
    conditions = [(each.key, each.values) for each in request.filters or ()]
    conditions += [(each.key.value, (each.value,)) for each in request.document_filter_list or ()]
    documents, next_token = page(
        matching(context, conditions), request, max_results=request.max_results, next_token=request.next_token
    )
    identifiers = tuple(_identifier(context, document) for document in documents)
    return ListDocumentsResult(document_identifiers=identifiers, next_token=next_token)


async def describe_document(context: Shelf, request: DescribeDocumentRequest) -> DescribeDocumentResult:
    """Return everything of a version but its text."""
    document = context.documents.get(request.name, request.document_version, version_name=request.version_name)
    return DescribeDocumentResult(document=_description(context, document, DocumentStatus.ACTIVE))


async def get_document(context: Shelf, request: GetDocumentRequest) -> GetDocumentResult:
    """Return a version's text, as JSON unless another form is asked for (API reference)."""
    document = context.documents.get(request.name, request.document_version, version_name=request.version_name)
    wanted = request.document_format or DocumentFormat.JSON
    return GetDocumentResult(
        name=document.name,
        created_date=document.created_at,
        display_name=document.display_name,
        version_name=document.version_name,
        document_version=document.version,
        status=DocumentStatus.ACTIVE,
        content=in_format(document.text, document.content, document.document_format, wanted),
        document_type=document.document_type,
        document_format=wanted,
    )


async def list_versions(context: Shelf, request: ListDocumentVersionsRequest) -> ListDocumentVersionsResult:
    """Return a page of a document's versions, newest first."""
    versions = list(reversed(context.documents.versions(request.name)))
    shown, next_token = page(versions, request, max_results=request.max_results, next_token=request.next_token)
    return ListDocumentVersionsResult(
        document_versions=tuple(_version(document) for document in shown), next_token=next_token
    )


async def create_document(context: Shelf, request: CreateDocumentRequest) -> CreateDocumentResult:
    """Make a document."""
    if request.attachments or request.requires:
        raise Refusal("ValidationException", "This agent keeps documents without Attachments and Requires.")
    tags = {tag.key: tag.value for tag in request.tags or ()}
    document = context.documents.create(
        request.name, _new_version(request), request.document_type or DocumentType.COMMAND, tags
    )
    return CreateDocumentResult(document_description=_description(context, document, DocumentStatus.CREATING))


async def update_document(context: Shelf, request: UpdateDocumentRequest) -> UpdateDocumentResult:
    """Add a version to a document."""
    if request.attachments:
        raise Refusal("ValidationException", "This agent keeps documents without Attachments.")
    document = context.documents.update(request.name, _new_version(request), request.document_version)
    return UpdateDocumentResult(document_description=_description(context, document, DocumentStatus.UPDATING))


async def update_default_version(
    context: Shelf, request: UpdateDocumentDefaultVersionRequest
) -> UpdateDocumentDefaultVersionResult:
    """Choose the version that runs when none is named."""
    document = context.documents.set_default(request.name, request.document_version)
    description = DocumentDefaultVersionDescription(
        name=document.name, default_version=document.version, default_version_name=document.version_name
    )
    return UpdateDocumentDefaultVersionResult(description=description)


async def delete_document(context: Shelf, request: DeleteDocumentRequest) -> DeleteDocumentResult:
    """Delete a document, or one version of it."""
    context.documents.delete(request.name, request.document_version, version_name=request.version_name)
    return DeleteDocumentResult()


def _new_version(request: CreateDocumentRequest | UpdateDocumentRequest) -> NewVersion:
    """Return what both calls give of a version; JSON is the format where none is named."""
    return NewVersion(
        request.content,
        request.document_format or DocumentFormat.JSON,
        request.version_name,
        request.display_name,
        request.target_type,
    )


def _tags(context: Shelf, document: StoredDocument) -> tuple[Tag, ...]:
    return tuple(Tag(key=key, value=value) for key, value in context.documents.tags_of(document.name).items())


def _identifier(context: Shelf, document: StoredDocument) -> DocumentIdentifier:
    return DocumentIdentifier(
        name=document.name,
        created_date=document.created_at,
        display_name=document.display_name,
        owner=document.owner,
        version_name=document.version_name,
        platform_types=document.platform_types,
        document_version=document.version,
        document_type=document.document_type,
        schema_version=document.schema_version,
        document_format=document.document_format,
        target_type=document.target_type,
        tags=_tags(context, document),
    )


def _version(document: StoredDocument) -> DocumentVersionInfo:
    return DocumentVersionInfo(
        name=document.name,
        display_name=document.display_name,
        document_version=document.version,
        version_name=document.version_name,
        created_date=document.created_at,
        is_default_version=document.is_default,
        document_format=document.document_format,
        status=DocumentStatus.ACTIVE,
    )


def _description(context: Shelf, document: StoredDocument, status: DocumentStatus) -> DocumentDescription:
    description = document.content.get("description")
    return DocumentDescription(
        hash=document.sha256,
        hash_type=DocumentHashType.SHA256,
        name=document.name,
        display_name=document.display_name,
        version_name=document.version_name,
        owner=document.owner,
        created_date=document.created_at,
        status=status,
        document_version=document.version,
        description=description if isinstance(description, str) else None,
        parameters=parameters_of(document.content),
        platform_types=document.platform_types,
        document_type=document.document_type,
        schema_version=document.schema_version,
        latest_version=document.latest_version,
        default_version=document.default_version,
        document_format=document.document_format,
        target_type=document.target_type,
        tags=_tags(context, document),
    )


OPERATIONS: Mapping[str, Operation[Shelf]] = {
    "CreateDocument": Operation(CreateDocumentRequest, create_document),
    "DeleteDocument": Operation(DeleteDocumentRequest, delete_document),
    "DescribeDocument": Operation(DescribeDocumentRequest, describe_document),
    "GetDocument": Operation(GetDocumentRequest, get_document),
    "ListDocumentVersions": Operation(ListDocumentVersionsRequest, list_versions),
    "ListDocuments": Operation(ListDocumentsRequest, list_documents),
    "UpdateDocument": Operation(UpdateDocumentRequest, update_document),
    "UpdateDocumentDefaultVersion": Operation(UpdateDocumentDefaultVersionRequest, update_default_version),
}
