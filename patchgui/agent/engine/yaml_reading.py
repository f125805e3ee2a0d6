"""The members of a YAML mapping, as leniently typed as Go's yaml.v2 reads them into a document (engine.md §1.4)."""

from typing import Any, Self

import yaml

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.reading import Fields
from patchgui.agent.engine.yaml_text import YamlInvalid, compose, pairs, text_of, value_of


class YamlFields(Fields):
    """Members of a YAML mapping: names by exact case, any scalar where a text is due."""

    @classmethod
    def of(cls, node: yaml.Node | None, where: str, names: tuple[str, ...]) -> Self:
        """Return the members that have one of the names.

        Raises:
            DocumentInvalid: when the node is no mapping.
        """
        if not isinstance(node, yaml.MappingNode):
            raise DocumentInvalid(f"{where or 'The document'} must be a mapping, not {_kind(node)}.")
        return cls({key: item for key, item in pairs(node) if key in names}, where)

    def child(self, raw: Any, where: str, names: tuple[str, ...]) -> Self:
        """Return the members of an object inside this one."""
        return self.of(raw, where, names)

    def value(self, name: str) -> Any:
        """Return a member of whatever type."""
        return value_of(self._members.get(name))

    def text(self, name: str) -> str:
        """Return a text member; empty when absent or null."""
        node = self._members.get(name)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            raise DocumentInvalid(f"{self.place(name)} must be a text, not {_kind(node)}.")
        return text_of(node) or ""

    def number_text(self, name: str) -> str:
        """Return a number member as text."""
        return self.text(name)

    def check_whole_number(self, name: str) -> None:
        """Check a member that must be a whole number."""
        value = self.value(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise DocumentInvalid(f"{self.place(name)} must be a whole number, not {_kind(self._members[name])}.")

    def raw_members(self, name: str) -> dict[str, Any]:
        """Return the members of an object member."""
        node = self._members.get(name)
        if value_of(node) is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise DocumentInvalid(f"{self.place(name)} must be a mapping, not {_kind(node)}.")
        return dict(pairs(node))

    def raw_items(self, name: str) -> list[Any]:
        """Return the items of a list member."""
        node = self._members.get(name)
        if value_of(node) is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise DocumentInvalid(f"{self.place(name)} must be a list, not {_kind(node)}.")
        return list(node.value)

    def texts(self, raw: Any, where: str) -> tuple[str, ...]:
        """Return a raw list of texts."""
        items = raw if isinstance(raw, list) else getattr(raw, "value", None)
        if isinstance(raw, yaml.ScalarNode) and value_of(raw) is None:
            return ()
        if not isinstance(items, list) or isinstance(raw, yaml.MappingNode):
            raise DocumentInvalid(f"{where} must be a list of texts, not {_kind(raw)}.")
        for item in items:
            if not isinstance(item, yaml.ScalarNode):
                raise DocumentInvalid(f"{where} must be a list of texts, and {_kind(item)} is in it.")
        return tuple(text_of(item) or "" for item in items)


def yaml_fields(text: str, names: tuple[str, ...]) -> YamlFields:
    """Return the members of the mapping that a YAML text is.

    Raises:
        DocumentInvalid: when it is no YAML, or no mapping.
    """
    try:
        return YamlFields.of(compose(text), "", names)
    except YamlInvalid as error:
        raise DocumentInvalid(f"It is not valid JSON or YAML: {error}.") from error


def _kind(node: Any) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode | list):
        return "a list"
    return "nothing" if node is None else "a plain value"
