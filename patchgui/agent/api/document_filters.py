"""The filters of ListDocuments."""

from collections.abc import Callable, Iterable, Sequence

from patchgui.agent.context import Shelf
from patchgui.agent.refusal import Refusal
from patchgui.agent.stored_document import StoredDocument

_Condition = tuple[str, Sequence[str]]
_OWNERS = frozenset({"All", "Amazon", "Private", "Public", "Self", "ThirdParty"})


def _is_owned(document: StoredDocument, owner: str) -> bool:
    match owner:
        case "All":
            return True
        case "Self":
            return not document.is_built_in
        case "Amazon" | "Public":
            return document.is_built_in
        case _:
            return False


# What a value of each key asks of a document; a name is asked for by its beginning (API reference).
_TESTS: dict[str, Callable[[StoredDocument, str], bool]] = {
    "DocumentType": lambda document, value: document.document_type == value,
    "Name": lambda document, value: document.name.startswith(value),
    "Owner": _is_owned,
    "PlatformTypes": lambda document, value: any(value == platform for platform in document.platform_types),
    "SchemaVersion": lambda document, value: document.schema_version == value,
    "SearchKeyword": lambda document, value: value.lower() in document.name.lower(),
    "TargetType": lambda document, value: document.target_type == value,
}


def matching(context: Shelf, conditions: Iterable[_Condition]) -> list[StoredDocument]:
    """Return the documents for which every condition has a value that fits.

    Raises:
        Refusal: InvalidFilterKey, ValidationException.
    """
    chosen = context.documents.all()
    for key, values in conditions:
        _check(key, values)
        chosen = [document for document in chosen if _fits(context, document, key, values)]
    return chosen


def _check(key: str, values: Sequence[str]) -> None:
    if not key.startswith("tag:") and key != "tag-key" and key not in _TESTS:
        raise Refusal("InvalidFilterKey", f"The specified filter key {key} isn't valid.")
    if key == "Owner":
        if len(values) != 1:
            raise Refusal("ValidationException", "Only one Owner can be specified in a request.")
        if values[0] not in _OWNERS:
            raise Refusal(
                "ValidationException", f"The owner {values[0]} isn't valid; valid owners: {', '.join(sorted(_OWNERS))}."
            )


def _fits(context: Shelf, document: StoredDocument, key: str, values: Sequence[str]) -> bool:
    if key.startswith("tag:"):
        return context.documents.tags_of(document.name).get(key.removeprefix("tag:")) in values
    if key == "tag-key":
        return any(value in context.documents.tags_of(document.name) for value in values)
    return any(_TESTS[key](document, value) for value in values)
