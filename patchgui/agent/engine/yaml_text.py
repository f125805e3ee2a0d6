"""YAML 1.1 as the real agent's parser (Go's yaml.v2) reads it.

It differs from PyYAML: no sexagesimal numbers, dates stay texts, and a text field takes a scalar of any type as it
is written. So only the node tree comes from PyYAML, and the values are made here.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from patchgui.agent.engine.values import DEEPEST, YamlMap, clean

# Aliases may multiply a small text into a giant ("YAML bomb"); a 64 KB document without them has far fewer nodes.
_MOST_NODES = 200_000

_WORDS: dict[str, Any] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True)
    | dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False)
)
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

# What Go's integers can't hold is a float to yaml.v2, and what no float holds is a text.
_LEAST, _MOST = -(2**63), 2**64 - 1
_LONGEST = len("-0b") + 64

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlInvalid(ValueError):
    """The text is no YAML that could be a document."""


def compose(text: str) -> yaml.Node | None:
    """Return the node tree of the first YAML document in the text; None when it is empty.

    Raises:
        YamlInvalid: when it is no YAML, is nested too deeply or multiplies itself with aliases.
    """
    try:
        _check_depth(text)
        node = next(yaml.compose_all(text, Loader=_Loader), None)
        _guard(node)
    except yaml.YAMLError as error:
        raise YamlInvalid(" ".join(str(error).split())) from error
    return node


def value_of(node: yaml.Node | None) -> Any:
    """Return what a node holds, where any type is welcome. Keys of mappings are as written, if they are scalars."""
    if node is None:
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item) for item in node.value]
    return YamlMap((key, value_of(item)) for key, item in pairs(node))


def text_of(node: yaml.Node) -> str | None:
    """Return a scalar as it is written, whatever its type; None for a null and for what is no scalar."""
    if not isinstance(node, yaml.ScalarNode) or _scalar(node) is None:
        return None
    return clean(node.value)


def pairs(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """Yield keys and values of a mapping, merged ones (``<<``) first; keys that are no scalars are left out."""
    assert isinstance(node, yaml.MappingNode)
    for key, item in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value == "<<" and not key.style:
            sources = item.value if isinstance(item, yaml.SequenceNode) else [item]
            for source in reversed(sources):
                if isinstance(source, yaml.MappingNode):
                    yield from pairs(source)
    for key, item in node.value:
        if isinstance(key, yaml.ScalarNode) and not (key.value == "<<" and not key.style):
            yield clean(key.value), item


def version_as_text(node: yaml.Node | None, content: Any) -> Any:
    """Return a document's content with its schemaVersion as written: 2.2 without quotes is a number to YAML."""
    if isinstance(node, yaml.MappingNode) and isinstance(content, dict):
        for key, item in pairs(node):
            if key == "schemaVersion":
                content[key] = text_of(item)
    return content


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:  # quoted or a block: a text whatever it looks like
        return clean(text)
    if text in _WORDS:
        return _WORDS[text]
    bare = text.replace("_", "")
    if _INTEGER.match(bare) and len(bare) <= _LONGEST and _LEAST <= (whole := _integer(bare)) <= _MOST:
        return whole
    if _FLOAT.match(bare) and math.isfinite(number := float(bare)):
        return number
    return clean(text)


def _integer(text: str) -> int:
    digits = text.lstrip("+-").lower()
    sign = -1 if text.startswith("-") else 1
    for prefix, base in (("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)):
        if digits.startswith(prefix) and len(digits) > len(prefix):
            return sign * int(digits[len(prefix) :], base)
    return sign * int(digits)


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the composer, which is recursive, meets it: in C it would crash the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise YamlInvalid("it is nested too deeply")


def _guard(root: yaml.Node | None) -> None:
    """Refuse a tree that is endless, or giant once its aliases are written out."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        if isinstance(node, yaml.ScalarNode):
            return 1
        if id(node) in open_nodes:
            raise YamlInvalid("an alias stands inside what it stands for")
        if id(node) not in sizes:
            open_nodes.add(id(node))
            children = (part for item in node.value for part in (item if isinstance(item, tuple) else (item,)))
            sizes[id(node)] = 1 + sum(size(child) for child in children)
            open_nodes.discard(id(node))
            if sizes[id(node)] > _MOST_NODES:
                raise YamlInvalid("its aliases multiply it beyond measure")
        return sizes[id(node)]

    if root is not None:
        size(root)
