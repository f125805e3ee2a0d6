"""Removing what a node has written: links are never followed, folders without rights are no obstacle."""

import os
import shutil
from pathlib import Path


def remove(folder: Path) -> None:
    """Remove a folder with all below it, if there is one."""
    if not folder.is_dir():
        return
    folder.chmod(0o700)
    for top, names, _ in os.walk(folder):
        for path in (Path(top, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder)


def empty(folder: Path) -> None:
    """Remove everything below a folder."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            remove(entry)
        else:
            entry.unlink()
