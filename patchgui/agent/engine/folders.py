"""Where the files of a step lie."""

import os
from pathlib import Path


def without_colons(name: str) -> str:
    """Return a step's name as it stands in paths."""
    return name.replace(":", "")


def below(folder: Path, *names: str) -> Path:
    """Return the folder for a step; an empty name adds nothing, a name with slashes several levels.

    Unlike on the real agent, no name leads out of the folder: ``..`` goes up no further than to where the name begins.
    """
    path = os.fspath(folder)
    for name in names:
        path += os.path.normpath(f"/{without_colons(name).lstrip('/')}") if name else ""
    return Path(path)


def downloads_beside(step_folder: Path, step_name: str) -> str:
    """Return the downloads folder that a step sees.

    The real agent finds it by cutting the step's name off its folder, which a colon in the name defeats
    (engine.md §4.5).
    """
    folder = os.fspath(step_folder).removesuffix(step_name)
    return f"{os.path.normpath(folder)}/downloads"


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for the owner only (engine.md §9.1).

    Raises:
        OSError: when it can't be made.
        ValueError: when the path holds a zero byte.
    """
    try:
        os.mkdir(folder, 0o700)  # noqa: PTH102 - two of these are half the cost of a step's files
    except FileExistsError:
        if not folder.is_dir():
            raise
    except FileNotFoundError:
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
