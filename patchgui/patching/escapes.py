"""The escape sequences that programs write for a terminal: colours, movements of the cursor, titles."""

import re
from typing import Final

ESCAPES: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""Any of them, by the grammar of ECMA-48."""


def without_escapes(text: str) -> str:
    """Return what is left to read."""
    return ESCAPES.sub("", text)
