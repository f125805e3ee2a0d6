"""Documents: the built-in ones (owner Amazon) and the user's own, with their versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class StoredDocument:
    """One version of a document, as it was given and as it was understood.

    ``text`` is the content as it was written, in ``document_format`` (JSON or YAML); ``content`` is the same, loaded.
    """

    name: str
    version: str
    text: str
    document_format: str
    content: dict[str, Any]
    owner: str
    document_type: str
    schema_version: str
    platform_types: tuple[str, ...]
    created_at: datetime
    sha256: str
    version_name: str | None = None
    is_default: bool = True
    default_version: str = "1"
    latest_version: str = "1"
    target_type: str | None = None
    display_name: str | None = None


class DocumentStore:
    """All documents of this agent."""

    def get(self, name: str, version: str | None = None) -> StoredDocument:
        """Return a version of a document; ``$DEFAULT`` (also None), ``$LATEST`` or a number; ``name`` may be an ARN.

        Raises:
            Refusal: InvalidDocument, InvalidDocumentVersion.
        """
        raise NotImplementedError
