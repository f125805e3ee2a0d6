"""One version of a document, and those versions that come with the agent."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from textwrap import dedent
from typing import Any

from patchgui import resource
from patchgui.agent.engine import load_document
from patchgui.ssm.shapes import DocumentFormat, DocumentType, PlatformType

AMAZON = "Amazon"
"""The owner of the built-in documents, as Systems Manager names it."""


@dataclass(frozen=True)
class StoredDocument:
    """One version of a document; ``text`` is its content as it was given, in ``document_format``."""

    name: str
    version: str
    text: str
    document_format: DocumentFormat
    owner: str
    document_type: DocumentType
    schema_version: str
    platform_types: tuple[PlatformType, ...]
    created_at: datetime
    version_name: str | None = None
    default_version: str = "1"
    latest_version: str = "1"
    target_type: str | None = None
    display_name: str | None = None

    @cached_property
    def content(self) -> dict[str, Any]:
        """The content, loaded."""
        return load_document(self.text)

    @cached_property
    def sha256(self) -> str:
        """The hash of the text, as DescribeDocument shows it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def is_default(self) -> bool:
        """Whether this is the version that runs when none is named."""
        return self.version == self.default_version

    @property
    def is_built_in(self) -> bool:
        """Whether the document came with the agent, so that nobody changes it."""
        return self.owner == AMAZON


@dataclass(frozen=True)
class ShippedDocument:
    """A document as its file in ``resources`` describes it; ``yaml_text`` is the content as it stands there."""

    name: str
    version: str
    document_type: DocumentType
    platform_types: tuple[PlatformType, ...]
    content: dict[str, Any]
    yaml_text: str


def read_shipped(path: Path) -> ShippedDocument:
    """Read a file in which a document's content stands last, below what the service says of the document."""
    import yaml

    # libyaml reads the files ten times as fast; it is not in every build of PyYAML.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = path.read_text(encoding="utf-8")
    described = yaml.load(text, loader)  # noqa: S506 - one of the two safe loaders
    return ShippedDocument(
        name=described["name"],
        version=described.get("document_version", "1"),
        document_type=DocumentType(described["document_type"]),
        platform_types=tuple(PlatformType(platform) for platform in described["platform_types"]),
        content=described["content"],
        yaml_text=dedent(text.partition("\ncontent:\n")[2]),
    )


def built_in_documents() -> Iterator[StoredDocument]:
    """Yield the documents of ``resources/documents``: YAML for those who write them, JSON for those who ask."""
    for path in sorted((resource.folder() / "documents").glob("*.yaml")):
        shipped = read_shipped(path)
        yield StoredDocument(
            name=shipped.name,
            version=shipped.version,
            text=json.dumps(shipped.content, indent=2, ensure_ascii=False),
            document_format=DocumentFormat.JSON,
            owner=AMAZON,
            document_type=shipped.document_type,
            schema_version=shipped.content["schemaVersion"],
            platform_types=shipped.platform_types,
            created_at=datetime.fromtimestamp(int(path.stat().st_mtime), UTC),
            default_version=shipped.version,
            latest_version=shipped.version,
        )
