"""Document texts: JSON first, YAML 1.1 when it is none."""

from typing import Any


def load_document(text: str) -> dict[str, Any]:
    """Return the content of a document text.

    Raises:
        DocumentInvalid: when it is neither JSON nor YAML, or no mapping.
    """
    raise NotImplementedError
