"""Fetches documents: the list to choose hooks from, and one document with its content read."""

import json
from collections.abc import Mapping
from typing import Any

from patchgui.console.rows import DocumentDetail
from patchgui.ssm.client import SsmClient
from patchgui.ssm.shapes import (
    DescribeDocumentRequest,
    DocumentIdentifier,
    DocumentKeyValuesFilter,
    GetDocumentRequest,
    ListDocumentsRequest,
)
from patchgui.ssm.validation import checked

_ARN_COLONS = 5


async def command_documents(client: SsmClient) -> tuple[DocumentIdentifier, ...]:
    """Return all documents of type Command that the operator may run, by name, own ones before Amazon's."""
    wanted = DocumentKeyValuesFilter(key="DocumentType", values=("Command",))
    found: list[DocumentIdentifier] = []
    async for page in client.pages(client.list_documents, ListDocumentsRequest(filters=(wanted,))):
        found.extend(page.document_identifiers)
    return tuple(sorted(found, key=lambda each: (each.owner == "Amazon", each.name.lower())))


def split_version(reference: str) -> tuple[str, str | None]:
    """Split ``Name:3`` into name and version; an ARN has colons of its own before its name."""
    head, colon, tail = reference.rpartition(":")
    if not colon:
        return reference, None
    is_pinned = not reference.startswith("arn:") or head.count(":") >= _ARN_COLONS
    return (head, tail) if is_pinned and tail else (reference, None)


async def fetch_document(client: SsmClient, reference: str, version: str | None = None) -> DocumentDetail:
    """Return one version of a document, with its content read.

    Raises:
        NotFound: there is no such document or version.
        InvalidInput: no document can have such a name.
    """
    name, pinned = split_version(reference)
    version = version or pinned
    with checked():
        wanted = DescribeDocumentRequest(name=name, document_version=version)
    described = (await client.describe_document(wanted)).document
    got = await client.get_document(
        GetDocumentRequest(name=name, document_version=version or described.document_version or None)
    )
    return DocumentDetail(
        name=name,
        version=got.document_version or described.document_version,
        content_text=got.content,
        content=read_content(got.content),
        description=described.description or "",
        platforms=tuple(str(platform) for platform in described.platform_types),
        owner=described.owner,
        document_type=str(described.document_type or got.document_type or ""),
        schema_version=described.schema_version,
    )


async def fetch_content(client: SsmClient, name: str, version: str | None) -> Mapping[str, Any]:
    """Return only the content of a document, read: enough to know its phases. Raises NotFound."""
    with checked():
        wanted = GetDocumentRequest(name=name, document_version=version or None)
    got = await client.get_document(wanted)
    return read_content(got.content)


def read_content(text: str) -> Mapping[str, Any]:
    """Parse a document, JSON first, then YAML; nothing when it is neither."""
    try:
        content = json.loads(text)
    except ValueError:
        content = _read_yaml(text)
    return content if isinstance(content, Mapping) else {}


def _read_yaml(text: str) -> object:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except yaml.YAMLError:
        return {}
