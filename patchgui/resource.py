"""Where the files that ship with the program lie: icons, documents, the sandbox's packages."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder() -> Path:
    """Return the folder of the shipped files.

    A wheel carries it inside the package; a checkout has it beside the package.
    """
    packaged = _PACKAGE / "resources"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "resources"
