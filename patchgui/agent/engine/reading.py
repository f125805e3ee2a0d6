"""Reading a document's structure, strictly from JSON values or leniently from YAML nodes (engine.md §1.4)."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

from patchgui.agent.engine.document import Declaration, Document, WrittenStep
from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.values import kind, plain

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?\Z", re.ASCII)

_DOCUMENT = ("schemaVersion", "description", "parameters", "mainSteps", "runtimeConfig")
_PLUGIN = ("settings", "properties", "description")
_STEP = ("action", "name", "inputs", "settings", "precondition", "maxAttempts", "onFailure", "timeoutSeconds")
_DECLARATION = (
    *("type", "description", "default", "allowedValues", "allowedPattern"),
    *("minItems", "maxItems", "minChars", "maxChars", "interpolationType"),
)


class Fields(ABC):
    """The known members of one object in a document; unknown ones are ignored.

    ``raw`` members are left as the source has them, to be read by `child`.
    """

    def __init__(self, members: dict[str, Any], where: str) -> None:
        self._members = members
        self._where = where

    @abstractmethod
    def child(self, raw: Any, where: str, names: tuple[str, ...]) -> Self:
        """Return the members of an object inside this one; the real agent breaks on a null there, we refuse it."""

    @abstractmethod
    def value(self, name: str) -> Any:
        """Return a member of whatever type."""

    @abstractmethod
    def text(self, name: str) -> str:
        """Return a text member; empty when absent or null."""

    @abstractmethod
    def number_text(self, name: str) -> str:
        """Return a number member as text; a number in quotes is one too."""

    @abstractmethod
    def check_whole_number(self, name: str) -> None:
        """Check a member that must be a whole number though nobody uses it."""

    @abstractmethod
    def raw_members(self, name: str) -> dict[str, Any]:
        """Return the members of an object member; empty when absent or null."""

    @abstractmethod
    def raw_items(self, name: str) -> list[Any]:
        """Return the items of a list member; empty when absent or null."""

    @abstractmethod
    def texts(self, raw: Any, where: str) -> tuple[str, ...]:
        """Return a raw list of texts, nulls being empty ones."""

    def place(self, name: str) -> str:
        """Return how messages call a member."""
        return f"{self._where}.{name}" if self._where else name


class JsonFields(Fields):
    """Members of a JSON object: names regardless of case, types enforced."""

    @classmethod
    def of(cls, value: Any, where: str, names: tuple[str, ...]) -> Self:
        """Return the members that have one of the names.

        Raises:
            DocumentInvalid: when the value is no object.
        """
        if not isinstance(value, Mapping):
            raise DocumentInvalid(f"{where or 'The document'} must be an object, not {kind(value)}.")
        known = {name.lower(): name for name in names}
        return cls({known[key.lower()]: item for key, item in value.items() if key.lower() in known}, where)

    def child(self, raw: Any, where: str, names: tuple[str, ...]) -> Self:
        """Return the members of an object inside this one."""
        return self.of(raw, where, names)

    def value(self, name: str) -> Any:
        """Return a member of whatever type."""
        return self._members.get(name)

    def text(self, name: str) -> str:
        """Return a text member; empty when absent or null."""
        return self._typed(name, str, "a string") or ""

    def number_text(self, name: str) -> str:
        """Return a number member as text."""
        value = self._members.get(name)
        if value is None:
            return ""
        text = str(value)
        if isinstance(value, bool) or not isinstance(value, int | float | str) or not _NUMBER.match(text):
            raise DocumentInvalid(f"{self.place(name)} must be a number, not {kind(value)}.")
        return text

    def check_whole_number(self, name: str) -> None:
        """Check a member that must be a whole number."""
        value = self._members.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise DocumentInvalid(f"{self.place(name)} must be a whole number, not {kind(value)}.")

    def raw_members(self, name: str) -> dict[str, Any]:
        """Return the members of an object member."""
        return dict(self._typed(name, Mapping, "an object") or {})

    def raw_items(self, name: str) -> list[Any]:
        """Return the items of a list member."""
        return list(self._typed(name, list, "a list") or [])

    def texts(self, raw: Any, where: str) -> tuple[str, ...]:
        """Return a raw list of texts."""
        if raw is None:
            return ()
        if not isinstance(raw, list):
            raise DocumentInvalid(f"{where} must be a list of strings, not {kind(raw)}.")
        for item in raw:
            if item is not None and not isinstance(item, str):
                raise DocumentInvalid(f"{where} must be a list of strings, and {kind(item)} is in it.")
        return tuple(item or "" for item in raw)

    def _typed(self, name: str, wanted: type, called: str) -> Any:
        value = self._members.get(name)
        if value is not None and not isinstance(value, wanted):
            raise DocumentInvalid(f"{self.place(name)} must be {called}, not {kind(value)}.")
        return value


def read_document(content: Mapping[str, Any]) -> Document:
    """Return a document from JSON values.

    Raises:
        DocumentInvalid: when a member has a wrong type, or a null stands where the real agent would break.
    """
    try:
        values = plain(content)
    except (TypeError, ValueError, RecursionError) as error:
        raise DocumentInvalid(f"The document can't be read: {error}.") from error
    return _document(JsonFields.of(values, "", _DOCUMENT))


def read_declarations(declared: Mapping[str, Any]) -> dict[str, Declaration]:
    """Return the parameters that a document declares, from the JSON value of its ``parameters``.

    Raises:
        DocumentInvalid: when a member has a wrong type.
    """
    fields = JsonFields({"parameters": plain(declared)}, "")
    return _declarations(fields)


def read_document_text(text: str) -> Document:
    """Return a document from a file or from the service: JSON, or else YAML, whatever it is called.

    Raises:
        DocumentInvalid: as `read_document`, or when the text is neither.
    """
    from patchgui.agent.engine.text import read_json

    try:
        content = read_json(text)
    except ValueError:
        content = None
    if isinstance(content, dict):
        try:
            return read_document(content)
        except DocumentInvalid as wrong:
            # What breaks a rule as JSON gets its second chance as YAML, where types are lenient (engine.md §1.1).
            return _read_yaml_document(text, wrong)
    return _read_yaml_document(text, None)


def _read_yaml_document(text: str, wrong_as_json: DocumentInvalid | None) -> Document:
    from patchgui.agent.engine.yaml_reading import yaml_fields

    try:
        return _document(yaml_fields(text, _DOCUMENT))
    except DocumentInvalid as wrong_as_yaml:
        raise (wrong_as_json or wrong_as_yaml) from wrong_as_yaml


def _document(fields: Fields) -> Document:
    fields.text("description")
    plugins = fields.raw_members("runtimeConfig").items()
    return Document(
        schema_version=fields.text("schemaVersion"),
        parameters=_declarations(fields),
        main_steps=tuple(
            _step(fields.child(raw, f"mainSteps[{i}]", _STEP)) for i, raw in enumerate(fields.raw_items("mainSteps"))
        ),
        runtime_config=tuple(
            _plugin(name, fields.child(raw, f"runtimeConfig.{name}", _PLUGIN)) for name, raw in plugins
        ),
    )


def _declarations(fields: Fields) -> dict[str, Declaration]:
    members = fields.raw_members("parameters").items()
    return {name: _declaration(fields.child(raw, f"parameters.{name}", _DECLARATION)) for name, raw in members}


def _declaration(fields: Fields) -> Declaration:
    fields.text("description")
    allowed = fields.raw_items("allowedValues")
    interpolation = fields.value("interpolationType")
    return Declaration(
        type=fields.text("type"),
        default=fields.value("default"),
        allowed_values=fields.texts(allowed, fields.place("allowedValues")) if allowed else (),
        allowed_pattern=fields.text("allowedPattern"),
        min_items=fields.number_text("minItems"),
        max_items=fields.number_text("maxItems"),
        min_chars=fields.number_text("minChars"),
        max_chars=fields.number_text("maxChars"),
        # Unknown to agent 3.3.0.0, so a wrong type must not break a document.
        interpolation=interpolation if isinstance(interpolation, str) else "",
    )


def _step(fields: Fields) -> WrittenStep:
    fields.check_whole_number("maxAttempts")
    fields.text("onFailure")
    fields.check_whole_number("timeoutSeconds")
    return WrittenStep(
        name=fields.text("name"),
        action=fields.text("action"),
        inputs=fields.value("inputs"),
        settings=fields.value("settings"),
        precondition={
            operator: fields.texts(operands, fields.place(f"precondition.{operator}"))
            for operator, operands in fields.raw_members("precondition").items()
        },
    )


def _plugin(name: str, fields: Fields) -> WrittenStep:
    fields.text("description")
    return WrittenStep(name=name, action=name, inputs=fields.value("properties"), settings=fields.value("settings"))
