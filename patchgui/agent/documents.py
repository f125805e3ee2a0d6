"""Documents: the built-in ones (owner Amazon) and the user's own, with their versions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from sqlite3 import Row
from typing import Any

from patchgui.agent.clock import Clock
from patchgui.agent.document_content import platforms_of, read_content
from patchgui.agent.refusal import Refusal
from patchgui.agent.store.database import Database
from patchgui.agent.stored_document import StoredDocument, built_in_documents, read_shipped
from patchgui.agent.tags import TagStore
from patchgui.ssm.shapes import DocumentFormat, DocumentType, PlatformType, ResourceTypeForTagging

MAX_VERSIONS = 1000
"""How many versions a document may have (Systems Manager quota)."""

_RESERVED_PREFIXES = ("aws", "amazon", "amzn")
_COLUMNS = """SELECT d.name, d.default_version, d.document_type, d.display_name, d.target_type,
    v.version, v.version_name, v.format, v.content, v.schema_version, v.platforms, v.created_at
    FROM document d JOIN document_version v ON v.name = d.name"""


@dataclass(frozen=True)
class NewVersion:
    """What a caller gives for a document's new version."""

    text: str
    document_format: DocumentFormat
    version_name: str | None = None
    display_name: str | None = None
    target_type: str | None = None


class DocumentStore:
    """All documents of this agent, kept in memory beside the state file: a version never changes."""

    def __init__(self, database: Database, tags: TagStore, clock: Clock, account_id: str) -> None:
        self._database = database
        self._tags = tags
        self._clock = clock
        self._account_id = account_id
        self._watchers: list[Callable[[], None]] = []
        self._built_in = {document.name: document for document in built_in_documents()}
        self._versions: dict[str, list[StoredDocument]] = {}
        rows = database.rows(f"{_COLUMNS} ORDER BY d.name, v.version")
        for name, group in groupby(rows, key=lambda row: str(row["name"])):
            self._versions[name] = self._from_rows(list(group))

    def watch(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called whenever documents are not what they were, once that is on the disk."""
        self._watchers.append(changed)

    def all(self) -> list[StoredDocument]:
        """Return the default version of every document, by name."""
        own = [self._default(name) for name in self._versions]
        return sorted([*self._built_in.values(), *own], key=lambda document: document.name)

    def get(self, name: str, version: str | None = None, *, version_name: str | None = None) -> StoredDocument:
        """Return a version of a document: ``$DEFAULT`` (also None), ``$LATEST`` or a number; ``name`` may be an ARN.

        Raises:
            Refusal: InvalidDocument, InvalidDocumentVersion.
        """
        versions = self.versions(name)
        if version_name is not None:
            found = [each for each in versions if each.version_name == version_name]
        elif version in {None, "", "$DEFAULT"}:
            found = [each for each in versions if each.is_default]
        elif version == "$LATEST":
            found = [versions[-1]]
        else:
            found = [each for each in versions if each.version == version]
        if version is not None:
            found = [each for each in found if version.startswith("$") or each.version == version]
        if not found:
            raise Refusal("InvalidDocumentVersion", "The document version is not valid or does not exist.")
        return found[0]

    def versions(self, name: str) -> Sequence[StoredDocument]:
        """Return all versions of a document, oldest first; ``name`` may be an ARN.

        Raises:
            Refusal: InvalidDocument.
        """
        short = name.rpartition(":document/")[2] if name.startswith("arn:") else name
        if short in self._built_in:
            return [self._built_in[short]]
        if short in self._versions:
            return self._versions[short]
        raise Refusal("InvalidDocument", f"Document with name {name} does not exist.")

    def tags_of(self, name: str) -> Mapping[str, str]:
        """Return a document's tags."""
        return self._tags.get(ResourceTypeForTagging.DOCUMENT, name)

    def create(
        self, name: str, given: NewVersion, document_type: DocumentType, tags: Mapping[str, str]
    ) -> StoredDocument:
        """Make a document with its first version.

        Raises:
            Refusal: DocumentAlreadyExists, InvalidDocumentContent, InvalidDocumentSchemaVersion,
                MaxDocumentSizeExceeded, ValidationException, TooManyTagsError.
        """
        if name in self._built_in or name in self._versions:
            raise Refusal("DocumentAlreadyExists", f"Document with same name {name} already exists")
        if name.lower().startswith(_RESERVED_PREFIXES):
            raise Refusal(
                "ValidationException",
                f"The document name {name} begins with a reserved prefix: {', '.join(_RESERVED_PREFIXES)}.",
            )
        content = read_content(given.text, given.document_format, document_type)
        now = self._clock().timestamp()
        with self._database.write() as db:
            db.execute(
                "INSERT INTO document VALUES (?, 1, 1, ?, ?, ?, ?)",
                (name, document_type, given.display_name, given.target_type, now),
            )
            self._insert_version(name, 1, given, content)
            self._tags.put(ResourceTypeForTagging.DOCUMENT, name, tags)
        return self._reload(name)[-1]

    def update(self, name: str, given: NewVersion, from_version: str | None) -> StoredDocument:
        """Add a version to a document; the default version stays.

        Raises:
            Refusal: InvalidDocument, InvalidDocumentVersion (only the latest version is updated),
                DuplicateDocumentContent, DuplicateDocumentVersionName, DocumentVersionLimitExceeded,
                InvalidDocumentSchemaVersion, and what `create` refuses in a content.
        """
        versions = self._own_versions(name, "UpdateDocument")
        latest = versions[-1]
        asked = self.get(name, from_version or "$LATEST")
        if asked.version != latest.version:
            raise Refusal(
                "InvalidDocumentVersion",
                f"Only the latest version of a document can be updated: {latest.version}, not {asked.version}.",
            )
        if latest.schema_version.startswith("1."):
            raise Refusal(
                "InvalidDocumentSchemaVersion",
                f"Documents of schema version {latest.schema_version} cannot be updated; 2.0 and later can.",
            )
        content = read_content(given.text, given.document_format, latest.document_type)
        if given.text == latest.text and given.document_format == latest.document_format:
            raise Refusal(
                "DuplicateDocumentContent",
                "The content of the document matches another version of it. Change the content and try again.",
            )
        if given.version_name and any(each.version_name == given.version_name for each in versions):
            raise Refusal("DuplicateDocumentVersionName", "The specified version name is a duplicate.")
        if len(versions) >= MAX_VERSIONS:
            raise Refusal("DocumentVersionLimitExceeded", f"The document has {MAX_VERSIONS} versions; delete some.")
        with self._database.write() as db:
            # Numbers of deleted versions are not given again.
            (number,) = db.execute(
                "UPDATE document SET last_number = last_number + 1, display_name = coalesce(?, display_name), "
                "target_type = coalesce(?, target_type) WHERE name = ? RETURNING last_number",
                (given.display_name, given.target_type, name),
            ).fetchone()
            self._insert_version(name, number, given, content)
        return self._reload(name)[-1]

    def set_default(self, name: str, version: str) -> StoredDocument:
        """Choose the version that runs when none is named.

        Raises:
            Refusal: InvalidDocument, InvalidDocumentVersion.
        """
        self._own_versions(name, "UpdateDocumentDefaultVersion")
        chosen = self.get(name, version)
        self._database.execute("UPDATE document SET default_version = ? WHERE name = ?", (int(version), name))
        self._reload(name)
        return replace(chosen, default_version=version)

    def delete(self, name: str, version: str | None = None, *, version_name: str | None = None) -> None:
        """Delete a document, or one version of it.

        Raises:
            Refusal: InvalidDocument, InvalidDocumentVersion, InvalidDocumentOperation (the default version).
        """
        self._own_versions(name, "DeleteDocument")
        if version is None and version_name is None:
            with self._database.write() as db:
                db.execute("DELETE FROM document WHERE name = ?", (name,))
                self._tags.forget(ResourceTypeForTagging.DOCUMENT, name)
            del self._versions[name]
            self._tell_watchers()
            return
        chosen = self.get(name, version, version_name=version_name)
        if chosen.is_default:
            raise Refusal("InvalidDocumentOperation", "The default version of the document can't be deleted.")
        with self._database.write() as db:
            db.execute("DELETE FROM document_version WHERE name = ? AND version = ?", (name, int(chosen.version)))
        self._reload(name)

    def seed(self, files: Iterable[Path]) -> None:
        """Give the user documents to begin with, once; those that were deleted do not come back."""
        if self._database.row("SELECT 1 FROM seeded") is not None:
            return
        with self._database.write() as db:
            for shipped in map(read_shipped, files):
                if shipped.name not in self._versions:
                    given = NewVersion(shipped.yaml_text, DocumentFormat.YAML)
                    self.create(shipped.name, given, shipped.document_type, {})
                db.execute("INSERT INTO seeded VALUES (?)", (shipped.name,))

    def _own_versions(self, name: str, call: str) -> Sequence[StoredDocument]:
        if name in self._built_in:
            raise Refusal(
                "AccessDeniedException",
                f"The document {name} is owned by Amazon: ssm:{call} is not allowed on it. Copy it under another name.",
            )
        return self.versions(name)

    def _default(self, name: str) -> StoredDocument:
        return next(each for each in self._versions[name] if each.is_default)

    def _insert_version(self, name: str, number: int, given: NewVersion, content: Mapping[str, Any]) -> None:
        self._database.execute(
            "INSERT INTO document_version VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                name,
                number,
                given.version_name,
                given.document_format,
                given.text,
                content["schemaVersion"],
                " ".join(platforms_of(content)),
                self._clock().timestamp(),
            ),
        )

    def _reload(self, name: str) -> Sequence[StoredDocument]:
        rows = self._database.rows(f"{_COLUMNS} WHERE d.name = ? ORDER BY v.version", (name,))
        self._versions[name] = self._from_rows(rows)
        self._tell_watchers()
        return self._versions[name]

    def _tell_watchers(self) -> None:
        for changed in self._watchers:
            changed()

    def _from_rows(self, rows: Sequence[Row]) -> list[StoredDocument]:
        latest = str(rows[-1]["version"])
        return [
            StoredDocument(
                name=row["name"],
                version=str(row["version"]),
                text=row["content"],
                document_format=DocumentFormat(row["format"]),
                owner=self._account_id,
                document_type=DocumentType(row["document_type"]),
                schema_version=row["schema_version"],
                platform_types=tuple(PlatformType(platform) for platform in row["platforms"].split()),
                created_at=datetime.fromtimestamp(row["created_at"], UTC),
                version_name=row["version_name"],
                default_version=str(row["default_version"]),
                latest_version=latest,
                target_type=row["target_type"],
                display_name=row["display_name"],
            )
            for row in rows
        ]
