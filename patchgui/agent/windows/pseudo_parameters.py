"""The words in double braces that a task's parameters may hold for what is only known when it runs.

They are those of the user guide, “About pseudo parameters”. Any other word in braces is left for the document.
"""

import re
from collections.abc import Mapping
from typing import Any

_WORD = re.compile(r"\{\{\s*([A-Z_]+)\s*\}\}")
_OF_A_NODE = frozenset({"TARGET_ID", "RESOURCE_ID"})


def is_per_node(given: Any) -> bool:
    """Whether parameters name the node: each node needs a command of its own then."""
    return any(word in _OF_A_NODE for text in _texts(given) for word in _WORD.findall(text))


def substituted(given: Any, values: Mapping[str, str]) -> Any:
    """Return parameters with the words replaced."""
    match given:
        case str():
            return _WORD.sub(lambda match: values.get(match[1], match[0]), given)
        case dict():
            return {name: substituted(value, values) for name, value in given.items()}
        case list():
            return [substituted(value, values) for value in given]
        case _:
            return given


def _texts(given: Any) -> list[str]:
    match given:
        case str():
            return [given]
        case dict():
            return [text for value in given.values() for text in _texts(value)]
        case list():
            return [text for value in given for text in _texts(value)]
        case _:
            return []
