"""The checks on a document that CreateDocument makes."""

from collections.abc import Mapping
from typing import Any


def validate_document(content: Mapping[str, Any]) -> None:
    """Check a document before it is stored.

    Raises:
        DocumentInvalid: naming what is wrong and where.
    """
    raise NotImplementedError
